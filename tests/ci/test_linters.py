"""Files of other programs are held to those programs' rules: recipe, scripts, hooks."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from reconciler import __version__
from tests.ci.pipelines import taken

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
    judged("shellcheck", "--severity=style", ".ci/run", *sorted(ROOT.glob(".github/**/*.sh")))


WORKFLOWS = [*sorted(ROOT.glob(".github/workflows/*.yml")), *sorted(ROOT.glob("examples/github*/*.yml"))]
ACTIONS = sorted(ROOT.glob(".github/actions/*/action.yml"))


def test_workflows_and_actions_let_nobody_in() -> None:
    """zizmor has nothing to say, at its most pedantic: no injection, no pin that moves, no right too many."""
    assert (len(WORKFLOWS), len(ACTIONS)) == (6, 1)
    judged("zizmor", "--offline", "--persona=pedantic", "--no-progress", "--quiet", *WORKFLOWS, *ACTIONS)


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.github-actions", ACTIONS),
        ("vendor.gitlab-ci", sorted(ROOT.glob("examples/gitlab*/*.yml"))),
    ],
    ids=["workflows", "actions", "GitLab"],
)
def test_files_of_pipelines_validate_against_their_schemas(schema: str, files: list[Path]) -> None:
    """No key that GitHub or GitLab does not know."""
    transform = ["--data-transform", "gitlab-ci"] if schema.endswith("gitlab-ci") else []
    judged("check-jsonschema", "--builtin-schema", schema, *transform, *files)


def test_one_version_of_an_action_is_used_everywhere() -> None:
    """Pinned by commit, with the version beside it; nothing that is not GitHub's or ours."""
    pins: dict[str, set[str]] = {}
    for file in [*WORKFLOWS, *ACTIONS]:
        for name, pin in re.findall(r"uses: ([^@\n]+)@(.*)", file.read_text(encoding="utf-8")):
            pins.setdefault(name, set()).add(pin)
    assert all(re.fullmatch(r"[0-9a-f]{40} # v\d+\.\d+\.\d+", pin) for found in pins.values() for pin in found)
    assert {name: len(found) for name, found in pins.items()} == {
        "acme/reconciler/.github/actions/reconcile": 1,
        "actions/checkout": 1,
        "actions/setup-python": 1,
        "actions/upload-artifact": 1,
    }


def test_the_examples_name_the_version_that_they_come_with() -> None:
    """Whoever copies them gets what they were tested with."""
    for name, written in {
        "github/portal-plan.yml": f"# v{__version__}\n",
        "gitlab/.gitlab-ci.yml": f"reconciler:{__version__} ",
        "gitlab-fleet/reconcile.yml": f"reconciler:{__version__}\n",
        "jenkins/Jenkinsfile": f"reconciler:{__version__}'",
        "kubernetes/base/kustomization.yaml": f"newTag: {__version__}\n",
    }.items():
        assert written in (ROOT / "examples" / name).read_text(encoding="utf-8"), name


# .pre-commit-hooks.yaml


def test_the_hook_of_pre_commit_is_a_command_of_ours() -> None:
    """What pre-commit runs is taken by the command line; a workspace is checked as a whole, not file by file."""
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    program, *words = [*shlex.split(hook["entry"]), *hook["args"]]
    assert (hook["id"], hook["language"], hook["pass_filenames"], program) == (
        "validate",
        "python",
        False,
        "reconciler",
    )
    assert taken(words).params["paths"] == ("access/",)
    assert {"id", "name", "description", "entry", "language", "pass_filenames", "files", "args"} == set(hook)
