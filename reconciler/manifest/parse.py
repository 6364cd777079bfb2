"""One manifest file's text, read strictly into a document; no I/O."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import yaml
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from reconciler.finding import Finding
from reconciler.manifest.build import Builder, place_of, vetted
from reconciler.manifest.text import after, decode
from reconciler.manifest.tree import Document, place
from reconciler.manifest.words import found
from reconciler.model.origin import Origin

LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where it is there, else the same in Python, some twenty times slower."""


def parse(text: str | bytes, file: str, *, inside: str = "") -> tuple[Document | None, list[Finding]]:
    """The document that this text is, with everything that is wrong with how it is written.

    None where it could not be read to its end: then the findings say why, and nothing more is known of the file.
    """
    plain, findings = decode(text, file)
    if plain is None or findings:
        return None, findings
    builder = Builder(file)
    with without_garbage_collection():
        try:
            document = _document(plain, builder, inside)
        except MarkedYAMLError as error:
            document = None
            _note_syntax(error, plain, builder)
        except YAMLError as error:
            document = None
            builder.findings.append(Finding("yaml-syntax", "error", str(error), _HINT, Origin(file)))
    return document, builder.findings


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Half as long again is spent looking for garbage among what is being built, where there is none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _document(text: str, builder: Builder, inside: str) -> Document | None:
    events: Iterator[Event] = iter(LOADER(text).get_event, None)
    if any(mark in text for mark in "&*!\\"):
        events = vetted(events, builder)
    start = next(event for event in events if not isinstance(event, (StreamStartEvent, DocumentStartEvent)))
    if not isinstance(start, MappingStartEvent):
        _note_no_mapping(start, builder)
        return None
    root = builder.mapping(start, events)
    if root is None:
        return None
    second = next((event for event in events if isinstance(event, DocumentStartEvent)), None)
    if second is not None:
        message = "a second document begins here; nothing of it is read"
        builder.note("second-document", place_of(second), message, "remove the ---, or move what follows to a file")
    return Document(builder.file, root, inside)


def _note_no_mapping(start: Event, builder: Builder) -> None:
    if isinstance(start, StreamEndEvent) or (isinstance(start, ScalarEvent) and start.value in ("", "~", "null")):
        hint = "write `developers: []` if it shall list nobody, or remove the file"
        builder.note("empty-file", place(1, 1), "the file says nothing", hint)
    elif not isinstance(start, AliasEvent):
        value = start.value if isinstance(start, ScalarEvent) else []
        message = f"a manifest is a mapping with keys such as `developers`, found {found(value)}"
        builder.note("wrong-type", place_of(start), message, "begin with a key, such as `developers:`")


_HINT = "look at the indentation, brackets, colons and quotes on this line and above it"
_HINTS = {
    "\t": "indent with spaces; YAML allows no tabs there",
    "*": "put a value that begins with * in quotes",
    "&": "put a value that begins with & in quotes",
    "!": "put a value that begins with ! in quotes",
    "@": "put a value that begins with @ in quotes",
    "`": "put a value that begins with ` in quotes",
    "%": "put a value that begins with % in quotes",
}


def _note_syntax(error: MarkedYAMLError, text: str, builder: Builder) -> None:
    """Where reading ended, or began to go wrong if it ended at the end; what stands there tells what was meant."""
    marks = [mark for mark in (error.problem_mark, error.context_mark) if mark is not None]
    inside = [mark for mark in marks if mark.index < len(text.rstrip())]
    context = error.context_mark
    since = f" {error.context} that began on line {context.line + 1}:" if error.context and context else ""
    at = place(inside[0].line + 1, inside[0].column + 1) if inside else after(text.rstrip())
    hint = next((_HINTS[text[mark.index]] for mark in reversed(inside) if text[mark.index] in _HINTS), _HINT)
    builder.note("yaml-syntax", at, f"this is not YAML:{since} {error.problem}", hint)
