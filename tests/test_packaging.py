"""What is built is what is used: the wheel and the editable checkout, each in a clean environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from reconciler import __version__
from reconciler.cli.start import CIS

ROOT = Path(__file__).parents[1]
SCHEMAS = sorted((ROOT / "schemas").glob("*.schema.json"))


def run(*command: str | Path, cwd: Path) -> str:
    """The stdout of a command that succeeds, run without our environment's Python settings."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environ, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout without changing it."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module", params=["wheel", "editable"])
def scripts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of a clean environment, in which the project is installed as a wheel or as an editable checkout."""
    folder = tmp_path_factory.mktemp(request.param)
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    found = folder / "venv" / "bin"
    what = [request.getfixturevalue("wheel")] if request.param == "wheel" else ["-e", ROOT]
    options = ["--disable-pip-version-check", "--no-input", "-q"]
    run(found / "python", "-m", "pip", "install", *options, *what, cwd=folder)
    return found


def test_the_command_starts_and_says_its_version(scripts: Path, tmp_path: Path) -> None:
    """The console script works, away from the checkout."""
    assert run(scripts / "reconciler", "--version", cwd=tmp_path) == f"reconciler, version {__version__}\n"


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.name)
def test_the_schemas_come_along(scripts: Path, tmp_path: Path, schema: Path) -> None:
    """schemas/ reach both, byte for byte; that of several reports with those that it refers to."""
    which = schema.name.removesuffix(".schema.json")
    printed, text = run(scripts / "reconciler", "schema", which, cwd=tmp_path), schema.read_text(encoding="utf-8")
    if which == "reports":
        parts = {part.name.removesuffix(".schema.json"): json.loads(part.read_text("utf-8")) for part in SCHEMAS}
        assert json.loads(printed) == {
            **json.loads(text),
            "$defs": {name: parts[name] for name in ("plan", "report")},
        }
    else:
        assert printed == text


def test_a_workspace_to_start_from_comes_along(scripts: Path, tmp_path: Path) -> None:
    """examples/ reach both, as far as `init` writes them."""
    run(scripts / "reconciler", "init", "--ci", "github", cwd=tmp_path)
    run(scripts / "reconciler", "validate", "access", cwd=tmp_path)
    written = tmp_path / ".github" / "workflows" / "portal-drift.yml"
    assert written.read_bytes() == (ROOT / "examples" / "github" / "portal-drift.yml").read_bytes()


def test_the_main_job_runs(scripts: Path, tmp_path: Path) -> None:
    """The dependencies that the wheel names are all that the main job needs; run again, nothing is left to do."""
    example = ROOT / "examples" / "company"
    state = tmp_path / "sandbox.sqlite"
    command = [scripts / "reconciler"]
    run(*command, "sandbox", "seed", example / "portal.yaml", "--state", state, cwd=tmp_path)
    script = tmp_path / "main-job"
    script.write_text(
        f'export XDG_STATE_HOME="{tmp_path}/state" && mkdir -p "$XDG_STATE_HOME/reconciler" && '
        f'cp "{state}" "$XDG_STATE_HOME/reconciler/sandbox.sqlite" && '
        f'{scripts}/reconciler apply "{example}/access" --server sandbox --yes && '
        f'{scripts}/reconciler apply "{example}/access" --server sandbox --yes\n',
        encoding="utf-8",
    )
    assert "Nothing to do" in run("sh", script, cwd=tmp_path).splitlines()[-1]


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    """No tests, no caches; the marker for type checkers, the licence, the sandbox page's looks, what init writes."""
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"reconciler", f"reconciler-{__version__}.dist-info"}
    assert "reconciler/py.typed" in names
    assert {f"reconciler/sandbox/web/page/page.{kind}" for kind in ("css", "js")} <= set(names)
    assert {f"reconciler/report/html/{name}" for name in ("page.css", "table.js", "matrix.js", "page.js")} <= set(
        names
    )
    assert f"reconciler-{__version__}.dist-info/licenses/LICENSE" in names
    assert {name for name in names if name.startswith("reconciler/schemas/")} == {
        f"reconciler/schemas/{path.name}" for path in SCHEMAS
    }
    examples = {f"reconciler/examples/{template}" for ci in CIS.values() for template in ci.files}
    assert {name for name in names if name.startswith("reconciler/examples/")} == examples
    assert [name for name in names if "__pycache__" in name or name.endswith(".pyc")] == []
