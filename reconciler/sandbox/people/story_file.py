"""A story in a YAML file, with the line of every step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reconciler.sandbox.people.story import Story, StoryError, read


def read_file(path: str | Path) -> Story:
    """The story in a YAML file. StoryError."""
    import yaml  # here, so that a sandbox without a story starts without it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        content = Path(path).read_text(encoding="utf-8")
        root = yaml.compose(content, Loader=loader)
        document = yaml.load(content, Loader=loader)  # noqa: S506 - safe
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise StoryError(f"{path}: {error}") from error
    steps = _steps(root)
    for mapping in _mappings([root, *steps]):
        _refuse_repeated(path, mapping)
    return read(document, str(path), [_line(step) for step in steps])


def _steps(root: Any) -> list[Any]:
    """The nodes of the steps; none in a document that has not the form of a story."""
    pairs = root.value if root is not None and root.id == "mapping" else ()
    found = [value.value for key, value in pairs if key.value == "story" and value.id == "sequence"]
    return found[-1] if found else []


def _mappings(nodes: list[Any]) -> Iterator[Any]:
    """These nodes and what stands right in them, as far as they are mappings."""
    for node in nodes:
        if node is not None and node.id == "mapping":
            yield node
            yield from (value for _, value in node.value if value.id == "mapping")


def _refuse_repeated(path: str | Path, mapping: Any) -> None:
    """YAML keeps the last of two equal keys, and a move would silently not be made."""
    seen = set()
    for key, _ in mapping.value:
        if key.id == "scalar" and key.value in seen:
            raise StoryError(f"{path}:{_line(key)}: the key {key.value!r} stands here twice")
        seen.add(str(key.value))


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1
