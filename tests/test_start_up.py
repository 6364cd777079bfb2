"""Starting is quick: a command imports what it needs, and no more (CONTRIBUTING)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PORTAL = "portal: {name: acme-partners, region: eu}\n"


def imported_by(*arguments: str, cwd: Path) -> tuple[int, set[str]]:
    """The exit code of a command line, and the top-level names of all modules that were imported for it."""
    code = (
        "import sys\n"
        "from reconciler.cli.main import main\n"
        f"code = main({list(arguments)!r})\n"
        "print(code, *sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "HOME": str(cwd)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    exit_code, *names = done.stderr.splitlines()[-1].split()
    return int(exit_code), set(names)


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--version"]])
def test_help_and_version_import_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    """Neither what speaks HTTP, nor what reads YAML, nor what judges schemas."""
    code, names = imported_by(*arguments, cwd=tmp_path)
    assert (code, names & {"requests", "urllib3", "jsonschema", "jsonschema_rs", "yaml", "sqlite3"}) == (0, set())


@pytest.mark.parametrize("command", ["validate", "plan", "apply", "drift", "init", "schema", "sandbox", "help"])
def test_the_help_of_a_command_imports_nothing_that_speaks_http(tmp_path: Path, command: str) -> None:
    """A command's help is read more often than the command is run."""
    code, names = imported_by(command, "--help", cwd=tmp_path)
    assert (code, names & {"requests", "urllib3", "jsonschema"}) == (0, set())


def test_validating_a_valid_workspace_imports_neither_http_nor_the_slow_validator(tmp_path: Path) -> None:
    """jsonschema explains what is wrong; where nothing is, the quick validator says so."""
    (tmp_path / "access.yaml").write_text(PORTAL + "developers: [ada@partner.example]\n", encoding="utf-8")
    code, names = imported_by("validate", "access.yaml", cwd=tmp_path)
    assert (code, names & {"requests", "urllib3", "jsonschema", "sqlite3"}) == (0, set())
