"""From bytes to text that looks the same to a reviewer as to a machine."""

from __future__ import annotations

import re

from reconciler.finding import Finding
from reconciler.manifest.tree import Place, origin_at, place
from reconciler.model.origin import Origin

LARGEST = 50_000_000
"""Bytes in one manifest file."""

_INVISIBLE = re.compile(
    "[^\t\n\r -~\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"  # what YAML cannot hold, and surrogates
    "|\r(?!\n)"  # a line break to YAML, none to most viewers of a diff
    "|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"  # turn around the direction of what follows
    "|[\u2028\u2029\ufeff]"  # line breaks to some; a byte order mark inside the text
)
_ASCII = bytes([9, 10, 13, *range(32, 127)])


def decode(content: str | bytes, file: str) -> tuple[str | None, list[Finding]]:
    """The text of a file without its byte order mark; None, with the reason, where nobody should read on."""
    if len(content) > LARGEST:
        return None, [too_large(len(content), file)]
    if isinstance(content, bytes):
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            return None, [_not_utf8(content, error.start, file)]
    else:
        text = content
    text = text.removeprefix("\ufeff")
    return text, [] if _plain_ascii(content) else _invisible(text, file)


def too_large(size: int, file: str) -> Finding:
    """That a file of that many bytes is more than a manifest may be."""
    message = f"the file has {size:,} bytes, more than the {LARGEST:,} that a manifest may have"
    return Finding("too-large", "error", message, "split it into several files of the workspace", Origin(file))


def _plain_ascii(content: str | bytes) -> bool:
    """A quick yes for what needs no search, letter by letter."""
    if not content.isascii():
        return False
    raw = content if isinstance(content, bytes) else content.encode("ascii")
    return not raw.translate(None, _ASCII) and raw.count(b"\r") == raw.count(b"\r\n")


def _not_utf8(content: bytes, start: int, file: str) -> Finding:
    at = after(content[:start].decode("utf-8").removeprefix("\ufeff"))
    message = f"byte 0x{content[start]:02x} is not UTF-8"
    return Finding("not-utf8", "error", message, "save the file as UTF-8", origin_at(file, at))


def _invisible(text: str, file: str) -> list[Finding]:
    """One finding a character that hides or moves text, at most twenty of them."""
    findings: list[Finding] = []
    for match in _INVISIBLE.finditer(text):
        if len(findings) == _ENOUGH:
            break
        code = ord(match[0])
        hint = f'remove it, or write it in double quotes as "{_escape(code)}"'
        origin = origin_at(file, after(text[: match.start()]))
        message = f"character U+{code:04X} is invisible or changes how the text around it looks"
        findings.append(Finding("control-character", "error", message, hint, origin))
    return findings


_ENOUGH = 20


def _escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def after(text: str) -> Place:
    """The place of the character that follows this text."""
    return place(text.count("\n") + 1, len(text) - text.rfind("\n"))
