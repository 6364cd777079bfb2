"""This room's place in the house: what it may import, and that it reads no environment."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import reconciler.portal

ROOM = Path(reconciler.portal.__file__).parent
OURS = ("reconciler.model", "reconciler.errors", "reconciler.finding", "reconciler.secret", "reconciler.portal")


def imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("file", sorted(ROOM.glob("*.py")), ids=lambda file: file.name)
def test_it_imports_only_what_lies_below_and_reads_no_environment(file: Path) -> None:
    named = imports(file)
    assert {name for name in named if name.startswith("reconciler") and not name.startswith(OURS)} == set()
    assert named & {"os", "pathlib", "subprocess", "click", "yaml", "logging"} == set()
    assert not any(name.startswith(("requests", "urllib3")) for name in named) or file.name == "wire.py"
