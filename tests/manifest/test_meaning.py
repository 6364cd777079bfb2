"""What manifests mean, value by value: the company's workspace, which uses every key, as the plan gets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

from reconciler.manifest.check import check
from reconciler.manifest.parse import parse
from reconciler.manifest.resolve import resolve
from reconciler.manifest.sound import sound
from reconciler.model.origin import Origin

COMPANY = Path(__file__).parents[2] / "examples" / "company" / "access"
ANOTHER = Path(__file__).parent / "cases" / "another.yaml"


def words(value: Any) -> str:
    """A value with all that it holds; places as file:line:column."""
    if isinstance(value, Origin):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        inner = ", ".join(f"{each.name}={words(getattr(value, each.name))}" for each in fields(value))
        return f"{type(value).__name__}({inner})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {words(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(words, value)) + ")"
    return repr(sorted(value)) if isinstance(value, frozenset) else repr(value)


def lines(desired: Any) -> Iterator[str]:
    """Each field of what git says; of a list each item on a line of its own."""
    for each in fields(desired):
        value = getattr(desired, each.name)
        items = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else [value]
        yield from (f"{each.name}: {words(item)}" for item in items)


def meaning(files: dict[str, str]) -> str:
    read = [parse(text, name, inside=name) for name, text in files.items()]
    documents = [document for document, _ in read if document is not None]
    findings = [*(each for _, found in read for each in found), *check(documents, complete=True)]
    assert [str(each) for each in findings if each.severity == "error"] == []
    desired, found = resolve(sound(documents, findings), date(2026, 11, 15))
    assert desired is not None, found
    return "\n".join([*lines(desired), "", *map(str, found)]) + "\n"


def test_the_companys_workspace_means_what_it_meant(golden: Callable[[str, str], None]) -> None:
    paths = sorted(COMPANY.rglob("*.yaml"))
    files = {path.relative_to(COMPANY).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    golden("company.txt", meaning(files))


def test_another_workspace_means_what_it_meant(golden: Callable[[str, str], None]) -> None:
    """Nearest first: what stands on the item, the application, the person, the file's defaults."""
    golden("another.txt", meaning({"access.yaml": ANOTHER.read_text(encoding="utf-8")}))
