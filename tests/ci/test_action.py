"""The action's shell steps: what is installed, and how the job ends."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.ci.github.runner import ACTION, ROOT

PYTHON = """#!/bin/sh
# A Python that makes environments which write down what they are asked.
mkdir -p "$3/bin"
printf '#!/bin/sh\\nprintf "%%s\\\\n" "$@" >"$0.asked"\\n' >"$3/bin/python"
chmod +x "$3/bin/python"
"""


def installed(folder: Path, action: Path, install: str) -> subprocess.CompletedProcess[str]:
    """Run the step that installs, with a Python that only writes down what it is asked."""
    (folder / "bin").mkdir()
    (folder / "bin" / "python").write_text(PYTHON, encoding="utf-8")
    (folder / "bin" / "python").chmod(0o755)
    environ = {"PATH": f"{folder / 'bin'}:/usr/bin:/bin", "INSTALL": install, "GITHUB_ACTION_PATH": str(action)}
    environ |= {"GITHUB_PATH": str(folder / "path"), "RUNNER_TEMP": str(folder)}
    return subprocess.run(["bash", ACTION / "install.sh"], env=environ, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("install", "given"), [("", str(ROOT)), ("./reconciler-0.1.0.whl", "./reconciler-0.1.0.whl")]
)
def test_the_action_installs_the_checkout_that_it_is_part_of_or_what_it_is_told(
    tmp_path: Path, install: str, given: str
) -> None:
    """Its pinned commit is the code that runs; the command is on the PATH of the steps that follow."""
    done = installed(tmp_path, ACTION, install)
    assert done.returncode == 0, done.stderr
    asked = (tmp_path / "reconciler" / "bin" / "python.asked").read_text(encoding="utf-8").splitlines()
    assert asked == ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--", given]
    assert (tmp_path / "path").read_text(encoding="utf-8") == f"{tmp_path}/reconciler/bin\n"


def test_a_copy_of_the_action_wants_to_be_told_what_to_install(tmp_path: Path) -> None:
    """Without our checkout around it there is nothing to install, and no index is asked for a name."""
    folder = tmp_path / "a" / "b" / "c"
    folder.mkdir(parents=True)
    done = installed(tmp_path, folder, "")
    assert (done.returncode, "say `install`" in done.stderr) == (3, True)
    assert not (tmp_path / "path").exists()


@pytest.mark.parametrize(("code", "accept", "result"), [("0", "", 0), ("2", "2", 0), ("2", "", 2), ("7", "2, 6", 7)])
def test_the_job_ends_as_the_command_did_unless_that_is_accepted(code: str, accept: str, result: int) -> None:
    environ = {"PATH": "/usr/bin:/bin", "EXIT_CODE": code, "ACCEPT": accept}
    assert subprocess.run(["bash", ACTION / "judge.sh"], env=environ, check=False, timeout=60).returncode == result
