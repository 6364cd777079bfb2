"""The sandbox stands alone: it shares no code with the client, so that they cannot be wrong together."""

import ast
import subprocess
import sys
from pathlib import Path

import reconciler.sandbox

ROOM = Path(reconciler.sandbox.__file__).parent


FLOORS = (
    ("__init__",),
    ("running",),
    ("sandbox",),
    ("web",),
    ("people", "faults"),
    ("seeds",),
    ("records",),
    ("protocol",),
    ("state",),
    ("switches",),
)
"""Rooms and files from top to bottom; what stands in one row does not import each other."""


def imports(path: Path) -> set[str]:
    """Every module that a file imports, in full."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            found.add(node.module or "")
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
    return found


def test_the_sandbox_imports_nothing_of_the_rest() -> None:
    foreign = set()
    for path in ROOM.rglob("*.py"):
        for name in imports(path):
            own = name == "reconciler.sandbox" or name.startswith("reconciler.sandbox.")
            if not own and name.partition(".")[0] not in {*sys.stdlib_module_names, "yaml"}:
                foreign.add(f"{path.relative_to(ROOM)}: {name}")
    assert foreign == set()


def test_arrows_inside_the_sandbox_point_down() -> None:
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    wrong = set()
    for path in ROOM.rglob("*.py"):
        own = path.relative_to(ROOM).parts[0].removesuffix(".py")
        for name in imports(path):
            if name.startswith("reconciler.sandbox."):
                other = name.split(".")[2]
                if other != own and floor[other] <= floor[own]:
                    wrong.add(f"{path.relative_to(ROOM)} imports {name}")
    assert wrong == set()


def test_yaml_is_imported_only_when_a_seed_file_is_read() -> None:
    code = "import sys, reconciler.sandbox as s; s.Sandbox().close(); print('yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
