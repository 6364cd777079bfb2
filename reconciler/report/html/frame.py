"""The frame of every page: styles and scripts within it, under a policy that lets nothing else in."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files

from reconciler.report.html.markup import shown


def framed(name: str, main: str, *, before: str = "", after: str = "", scripts: Sequence[str] = ()) -> str:
    """The whole page of that name (plain text): `main` is what it is about, `before` and `after` stand around it."""
    style, script = _file("page.css"), "".join(_file(each) for each in scripts)
    runs = f"script-src '{_hash(script)}'; " if script else ""
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; {runs}base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{shown(name)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#main">Skip to the report</a>\n'
        f'<header><p class="brand">reconciler</p><h1>{shown(name)}</h1></header>\n{before}<main id="main">\n'
        f"{main}</main>\n{after}{f'<script>{script}</script>' if script else ''}\n</body>\n</html>\n"
    )


@cache
def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
