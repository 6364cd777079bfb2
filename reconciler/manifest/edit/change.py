"""One manifest's text edited: changed, read again, and held against what was meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reconciler.errors import EditError
from reconciler.manifest.edit import emit
from reconciler.manifest.edit.diff import unified
from reconciler.manifest.edit.nodes import nodes_of
from reconciler.manifest.edit.splices import splices_of
from reconciler.manifest.edit.text import Splice, spliced
from reconciler.manifest.edit.working import WorkingMap, plain, working_copy
from reconciler.manifest.parse import parse, without_garbage_collection
from reconciler.manifest.tree import Map

BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Edited:
    """A manifest before and after; `diff` is what `diff -u` would show, `root` what is read afterwards."""

    file: str
    before: str
    after: str
    diff: str
    root: Map


def edited(text: str, file: str, change: Callable[[dict[str, Any]], object]) -> Edited:
    """The manifest after `change` has been made to the data in it, which it gets as a working copy of the root.

    Every line that the change does not concern stays as it is, byte for byte; a text that is blank becomes a new
    manifest. Raises EditError where that cannot be done, or the text has errors.
    """
    with without_garbage_collection():
        return _edited(text, file, change)


def _edited(text: str, file: str, change: Callable[[dict[str, Any]], object]) -> Edited:
    bare = text.removeprefix(BOM)
    if not bare.strip():
        root: Any = {}
        change(root)
        splices = [Splice(0, 0, "\n".join(emit.mapping_lines(root, 0, emit.Indents(), top=True)) + "\n")]
    else:
        root = working_copy(_sound(bare, file), nodes_of(bare))
        change(root)
        splices = _splices(bare, file, root)
    made = _made(bare, file, splices)
    read = _sound(made, file)
    if plain(read) != plain(root):
        raise EditError(f"{file} is written in a way that this change cannot be made in", "make it by hand")
    return Edited(file, text, text[: len(text) - len(bare)] + made, unified(bare, splices, file), read)


def _splices(text: str, file: str, root: WorkingMap) -> list[Splice]:
    try:
        return splices_of(text, root)
    except EditError as error:
        raise EditError(f"{file}: {error.message}", error.hint) from error


def _made(text: str, file: str, splices: list[Splice]) -> str:
    try:
        return spliced(text, splices)
    except ValueError as error:
        raise EditError(f"{file}: {error}", "make the changes one at a time") from error


def _sound(text: str, file: str) -> Map:
    """The root mapping of a text that can be read without an error."""
    document, findings = parse(text, file)
    if document is None or findings:
        raise EditError(f"{file} cannot be edited: {findings[0]}", "put that right first")
    return document.root
