"""docs/ci.md: its commands are run as a reader would, and its tables are the files'."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.ci.github.runner import ACTION, BIN, ROOT
from tests.ci.pipelines import commands, taken

TEXT = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
BY_HAND, _, REST = TEXT.partition("## On GitHub")


def blocks(kind: str, text: str) -> list[str]:
    """The texts of every block of that kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_a_reader_who_follows_the_page_sees_what_it_shows(tmp_path: Path) -> None:
    """From an empty folder to an approval by pull request, and what happens after: every block, in one shell."""
    checkout = tmp_path / "reconciler"
    (checkout / ".venv").mkdir(parents=True)
    (checkout / ".venv" / "bin").symlink_to(BIN)
    (checkout / "examples").symlink_to(ROOT / "examples")
    script = "\n".join(re.findall(r"<!-- try -->\n```sh\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
    who = {f"GIT_{role}_{what}": "jo@acme.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **who}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=checkout,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    shown = blocks("text", BY_HAND)
    assert len(shown) == BY_HAND.count("<!-- try -->") - 1
    assert [each for each in shown if each not in done.stdout.replace(f"{each.strip()}: ", each)] == []


def test_what_is_shown_and_not_run_is_taken_by_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands for GitLab's, Jenkins' and every other shell."""
    monkeypatch.chdir(tmp_path)
    found = [words for block in blocks("sh", REST) for words in commands(block)]
    assert len(found) == 5
    for words in found:
        taken(words)


def test_the_inputs_and_outputs_are_the_actions() -> None:
    """Each with its meaning and its default, word for word."""
    action = yaml.safe_load((ACTION / "action.yml").read_text(encoding="utf-8"))
    for name, about in action["inputs"].items():
        default = f"`{about['default']}`" if about.get("default") else "required" if about.get("required") else ""
        assert f"| `{name}` | {about['description'].strip()} | {default} |\n" in TEXT
    assert f"Its outputs are {', '.join(f'`{name}`' for name in action['outputs'])}." in TEXT


def test_the_workflows_and_their_tokens_are_the_files() -> None:
    """Which token a workflow is given, and the environment that holds the one that writes."""
    rows = dict(re.findall(r"^\| `(portal-\w+\.yml)` \|.*\| `(\w+)`[^|]*\|$", TEXT, re.MULTILINE))
    assert set(rows) == {path.name for path in (ROOT / "examples" / "github").iterdir()}
    for name, token in rows.items():
        text = (ROOT / "examples" / "github" / name).read_text(encoding="utf-8")
        assert set(re.findall(r"secrets\.(KONNECT_\w+)", text)) == {token}
        assert ("environment: portal-access" in text) == (token == "KONNECT_TOKEN")


def test_the_checks_to_require_are_the_jobs_of_the_plan() -> None:
    """A check of another name would never come, and nothing could be merged."""
    workflow = yaml.safe_load((ROOT / "examples" / "github" / "portal-plan.yml").read_text(encoding="utf-8"))
    [told] = re.findall(r"the checks \*([^*]+)\* and \*([^*]+)\*", TEXT)
    assert list(told) == [job["name"] for job in workflow["jobs"].values()]


def test_the_hook_that_is_shown_is_ours() -> None:
    shown = yaml.safe_load(next(block for block in blocks("yaml", TEXT) if "hooks:" in block))
    ours = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [each["id"] for each in shown["repos"][0]["hooks"]] == [each["id"] for each in ours]


def test_the_action_that_is_shown_has_inputs_that_there_are() -> None:
    [step] = yaml.safe_load(next(block for block in blocks("yaml", TEXT) if "uses:" in block))
    action = yaml.safe_load((ACTION / "action.yml").read_text(encoding="utf-8"))
    assert set(step["with"]) <= set(action["inputs"])
    assert shlex.split(step["uses"])[0] in (ROOT / "examples" / "github" / "portal-plan.yml").read_text(
        encoding="utf-8"
    )
