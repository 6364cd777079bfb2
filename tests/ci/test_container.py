"""The image's recipe, as far as it can be tried without a daemon: its steps are run here, on paths of our own."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler import __version__

ROOT = Path(__file__).parents[2]
RECIPE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
IGNORED = [line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]


@dataclass(frozen=True)
class Step:
    """An instruction of the recipe: its stage, counted from 0, its word, and what it is told."""

    stage: int
    word: str
    rest: str


def steps() -> list[Step]:
    """The recipe without its comments, continued lines joined."""
    found: list[Step] = []
    stage = -1
    text = re.sub(r"^#.*\n", "", RECIPE, flags=re.MULTILINE).replace("\\\n", "")
    for line in filter(None, text.splitlines()):
        word, _, rest = line.partition(" ")
        stage += word == "FROM"
        found.append(Step(stage, word, " ".join(rest.split())))
    return found


def said(word: str, stage: int) -> list[str]:
    """What every instruction of that word says in a stage."""
    return [step.rest for step in steps() if (step.word, step.stage) == (word, stage)]


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `COPY . .` brings: of everything ignored, only what is named."""
    named = [line.removeprefix("!") for line in IGNORED if line.startswith("!")]
    assert [line for line in IGNORED if not line.startswith("!")] == ["*", "**/__pycache__"]
    source = tmp_path_factory.mktemp("image") / "src"
    source.mkdir()
    for name in named:
        here, there = ROOT / name, source / name
        there.parent.mkdir(parents=True, exist_ok=True)
        if here.is_dir():
            shutil.copytree(here, there, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(here, there)
    return source


@pytest.fixture(scope="module")
def image(context: Path) -> Path:
    """What the build stage leaves in /opt/reconciler: its steps, with their paths moved below a folder of ours."""
    folder = context.parent
    moved = {"/wheels": folder / "wheels", "/opt/reconciler": folder / "opt", "python -m": f"{sys.executable} -m"}
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    for step in said("RUN", 0):
        for old, new in moved.items():
            step = step.replace(old, str(new))
        done = subprocess.run(step, shell=True, cwd=context, env=environ, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
    return folder / "opt"


def test_what_the_build_stage_installs_starts(image: Path, tmp_path: Path) -> None:
    """Built from the wheel alone, without an index: the command is there, and validates a workspace."""
    command = image / "bin" / "reconciler"
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout == f"reconciler, version {__version__}\n"
    subprocess.run([command, "validate", ROOT / "examples" / "company" / "access"], check=True, cwd=tmp_path)


def test_the_image_has_neither_tests_nor_tools(image: Path) -> None:
    """Only what the wheel asks for: no pip, no pytest, no linters."""
    [packages] = image.glob("lib/python*/site-packages")
    there = {path.name for path in packages.iterdir()}
    assert {"reconciler", "click"} <= there
    assert {"pip", "pytest", "mypy", "hypothesis"} & there == set()


def test_the_recipe_ends_without_root() -> None:
    """By number, so that a cluster can tell; nothing is run or copied after it."""
    last = [step for step in steps() if step.stage == 1]
    at = next(index for index, step in enumerate(last) if step.word == "USER")
    assert re.fullmatch("[1-9][0-9]*:[1-9][0-9]*", last[at].rest)
    assert {step.word for step in last[at:]} == {"USER", "WORKDIR", "ENTRYPOINT", "CMD"}


def test_the_last_stage_takes_the_environment_and_starts_the_command() -> None:
    """It is copied to where it was made, for an environment cannot move; the command is found on the PATH."""
    assert said("COPY", 1) == ["--from=build /opt/reconciler /opt/reconciler"]
    assert "PATH=/opt/reconciler/bin:$PATH" in shlex.split(said("ENV", 1)[0])
    assert said("ENTRYPOINT", 1) == ['["reconciler"]']


def test_both_stages_stand_on_one_base_of_a_named_version() -> None:
    """What is built for one Python runs on that Python; `latest` is no version."""
    assert [said("FROM", stage)[0].split()[0] for stage in (0, 1)] == ["${BASE}", "${BASE}"]
    assert re.fullmatch(r"BASE=python:3\.\d+-alpine3\.\d+", said("ARG", -1)[0])
