"""Lines whose access was stopped on the portal: they get the status that it has there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.errors import EditError
from reconciler.manifest.edit.working import as_mapping
from reconciler.manifest.tree import Document, Seq
from reconciler.model.origin import Origin

_GONE = ("teams", "applications", "invite", "reinstated", "expires")
"""What an entry does not say any more once it says that access is taken away."""

Path = tuple[str | int, ...]


def path_of(document: Document, origin: Origin) -> Path:
    """Where in the file the item stands that begins there. Raises EditError if none does."""
    for path, at in _items(document.root, ()):
        if document.origin(at) == origin:
            return path
    raise EditError(f"{origin}: no entry begins there", "change the line by hand")


def stop(root: dict[str, Any], path: Path, status: str) -> None:
    """Let the item there say that status; a person's entry lists nothing any more."""
    here: Any = root
    for step in path[:-1]:
        here = here[step]
    index = path[-1]
    assert isinstance(index, int)  # noqa: S101 - the path of an item
    person = path[-2] == "developers"
    item = as_mapping(here, index, "email" if person else "name")
    for key in _GONE if person else ("reinstated", "register"):
        item.pop(key, None)
    item["status"] = status


def _items(value: Any, path: Path) -> Iterator[tuple[Path, int]]:
    if isinstance(value, Seq):
        for index, (item, at) in enumerate(value.placed()):
            yield (*path, index), at
            yield from _items(item, (*path, index))
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _items(each, (*path, key))
