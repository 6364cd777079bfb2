"""Files of other programs are held to those programs' rules: recipe, scripts, hooks."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import click
import yaml

from reconciler.cli.main import cli

ROOT = Path(__file__).parents[2]


def judged(tool: str, *arguments: str | Path) -> None:
    """Run a linter of the test environment; what it has to say is the failure."""
    command = [str(Path(sys.executable).parent / tool), *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_recipe_of_the_image_is_clean() -> None:
    """hadolint has nothing to say; an exception stands in the recipe."""
    judged("hadolint", "Dockerfile")


def test_shell_scripts_are_clean() -> None:
    """shellcheck has nothing to say, not even on style."""
    judged("shellcheck", "--severity=style", *sorted(ROOT.glob(".ci/*run")))


# .pre-commit-hooks.yaml


def test_the_hook_of_pre_commit_is_a_command_of_ours() -> None:
    """What pre-commit runs is taken by the command line; a workspace is checked as a whole, not file by file."""
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    program, name, *rest = [*shlex.split(hook["entry"]), *hook["args"]]
    assert (hook["id"], hook["language"], hook["pass_filenames"], program) == (
        "validate",
        "python",
        False,
        "reconciler",
    )
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    command.parse_args(click.Context(command), rest)
    assert {"id", "name", "description", "entry", "language", "pass_filenames", "files", "args"} == set(hook)
