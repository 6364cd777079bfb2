"""The house: arrows point down, and the core does no I/O (CONTRIBUTING)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import reconciler

HOUSE = Path(reconciler.__file__).parent

FLOORS = (
    ("__main__",),
    ("cli",),
    ("onboard",),
    ("applying", "reconcile", "sandbox"),
    ("survey", "workspace"),
    (
        "apply",
        "doctor",
        "forge",
        "history",
        "journal",
        "manifest",
        "pending",
        "portal",
        "report",
        "snapshot",
        "worktree",
    ),
    ("git", "plan", "settings"),
    ("model",),
    ("finding",),
    ("model.origin",),
    ("actor", "secret", "shipped"),
    ("errors",),
)
"""Top to bottom; rooms on one floor do not import each other. A place in a file is told apart from the other nouns:
findings have one, and plans have findings.
"""

PURE = ("model", "model.origin", "finding", "errors", "plan", "report", "doctor", "pending")
PURE_MODULES = tuple(
    f"manifest.{name}" for name in ("resolve", "collect", "entries", "crosscheck", "policy", "sound", "tree")
) + tuple(f"history.{name}" for name in ("blamed", "commits", "mainline"))
WORLD = {
    "requests",
    "click",
    "yaml",
    "os",
    "pathlib",
    "time",
    "subprocess",
    "io",
    "socket",
    "shutil",
    "sys",
    "random",
}
"""What a pure module does not import; some more than the house asks for."""


def modules() -> dict[str, ast.Module]:
    """Every module of the package as `room.module`, the package's own name left out."""
    found = {}
    for path in sorted(HOUSE.rglob("*.py")):
        parts = path.relative_to(HOUSE).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = ast.parse(path.read_text(encoding="utf-8"))
    return found


MODULES = modules()


def imports(name: str) -> Iterator[str]:
    """The full names that a module imports anywhere, within functions too: `reconciler.plan.make`, `os.path`."""
    package = ["reconciler", *name.split(".")]
    if not (HOUSE / Path(*name.split(".")) / "__init__.py").exists():
        package = package[:-1]
    for node in ast.walk(MODULES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{start}.{alias.name}" for alias in node.names)


def room(name: str) -> str:
    """The room of a module, or the module itself where it has a floor of its own."""
    return "model.origin" if name.startswith("model.origin") else name.split(".")[0]


def ours(name: str) -> Iterator[str]:
    """The rooms of ours that a module imports from, its own aside."""
    for imported in imports(name):
        first, _, rest = imported.partition(".")
        if first == "reconciler" and room(rest) not in (room(name), "__version__"):
            yield room(rest)


def test_every_module_has_its_floor() -> None:
    """A new room must be given a place in the house."""
    rooms = {room(name) for name in MODULES if name}
    assert "model.origin" in rooms
    assert rooms == {each for floor in FLOORS for each in floor}


@pytest.mark.parametrize("name", [name for name in MODULES if name])
def test_arrows_point_down(name: str) -> None:
    """A module imports only from floors below its own; a neighbour, or the floor above, never."""
    below = {each for floor in FLOORS[floor_of(room(name)) + 1 :] for each in floor}
    assert set(ours(name)) - below == set()


def floor_of(name: str) -> int:
    return next(index for index, floor in enumerate(FLOORS) if name in floor)


@pytest.mark.parametrize("name", [name for name in MODULES if room(name) == "sandbox"])
def test_the_sandbox_imports_nothing_of_ours(name: str) -> None:
    """Portal and client share no code, so that they cannot be wrong together."""
    assert set(ours(name)) == set()


@pytest.mark.parametrize("name", [name for name in MODULES if name and room(name) not in ("cli", "sandbox")])
def test_only_the_command_line_knows_the_sandbox(name: str) -> None:
    """The reconciler speaks to every portal alike."""
    assert "sandbox" not in ours(name)


@pytest.mark.parametrize("name", [n for n in MODULES if room(n) in PURE or n in PURE_MODULES])
def test_the_core_does_no_io(name: str) -> None:
    """What plans, judges and renders gets values and gives values."""
    assert {room(imported) for imported in imports(name)} & WORLD == set()


@pytest.mark.parametrize("name", [name for name in MODULES if name and room(name) != "sandbox"])
def test_one_room_speaks_http_one_reads_yaml_one_asks_the_user(name: str) -> None:
    """requests in portal, yaml in manifest, click in cli; the sandbox reads its own seeds."""
    owners = {"requests": "portal", "urllib3": "portal", "yaml": "manifest", "click": "cli"}
    foreign = {room(imported) for imported in imports(name)} & set(owners)
    assert {owners[each] for each in foreign} <= {room(name)}


@pytest.mark.parametrize("name", [name for name in MODULES if name and name != "settings"])
def test_only_the_settings_read_the_environment(name: str) -> None:
    """One reader of os.environ; everybody else is told."""
    words = ("environ", "environb", "getenv", "getenvb")
    used = {f"{ast.unparse(node)}" for node in ast.walk(MODULES[name]) if reads(node, "os", words)}
    assert used | {each for each in imports(name) if each in {f"os.{word}" for word in words}} == set()


def reads(node: ast.AST, module: str, names: tuple[str, ...]) -> bool:
    """Whether a node is `module.name`."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr in names
        and isinstance(node.value, ast.Name)
        and node.value.id == module
    )


@pytest.mark.parametrize(
    "name", [n for n in MODULES if n and n != "cli.runtime" and room(n) not in ("portal", "sandbox")]
)
def test_only_the_runtime_and_the_portal_read_a_clock(name: str) -> None:
    """Time enters as a parameter: `time` is not imported, and neither `now` nor `today` is called."""
    assert "time" not in {room(imported) for imported in imports(name)}
    clocks = [
        ast.unparse(node)
        for node in ast.walk(MODULES[name])
        if reads(node, "datetime", ("now", "utcnow", "today")) or reads(node, "date", ("today",))
    ]
    assert clocks == []
