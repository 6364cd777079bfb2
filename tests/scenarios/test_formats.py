"""Every format from the command line: on stdout, in files, and what GitHub takes besides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.report.formats import FORMATS
from tests.scenarios.conftest import Start
from tests.scenarios.story import Story

MANIFEST = """
    developers:
      - {email: ada@partner.example, teams: [partners]}
      - {email: bob@partner.example, status: revoked}
    teams: [{name: partners, roles: [{role: API Consumer, api: payments}]}]
"""


SEED = """
    apis: [{name: payments, version: v1}]
    portals:
      - name: acme-partners
        publications: [{api: payments}]
        developers:
          - {email: ada@partner.example, full_name: Ada, status: pending}
          - {email: bob@partner.example, full_name: Bob, status: approved}
    """

pytestmark = pytest.mark.in_process


@pytest.fixture
def story(portal: Start) -> Story:
    told = portal(SEED)
    told.git(MANIFEST)
    return told


@pytest.mark.parametrize("command", ["validate", "plan", "drift", "doctor"])
def test_every_command_speaks_every_format_the_same_on_stdout_and_in_a_file(
    story: Story, tmp_path: Path, command: str
) -> None:
    """And the format does not change the exit code."""
    files = [arg for format_ in FORMATS for arg in ("--report", f"{format_}={tmp_path / format_}")]
    code = story.run(command, str(story.folder), *files).code
    for format_ in FORMATS:
        ran = story.run(command, str(story.folder), "--format", format_)
        assert (ran.code, ran.out) == (code, (tmp_path / format_).read_text(encoding="utf-8"))


def test_apply_speaks_every_format(story: Story, tmp_path: Path) -> None:
    files = [arg for format_ in FORMATS for arg in ("--report", f"{format_}={tmp_path / format_}")]
    assert story.run("apply", str(story.folder), "--yes", *files).code == 0
    assert all((tmp_path / format_).stat().st_size for format_ in FORMATS)


def test_for_github_outputs_and_summary_are_appended_where_it_wants_them(story: Story, tmp_path: Path) -> None:
    """Only for the format `github`, however it is asked for; what other steps wrote stays."""
    output, summary = tmp_path / "output", tmp_path / "summary.md"
    output.write_text("earlier=1\n", encoding="utf-8")
    story.environ |= {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)}
    story.run("plan", str(story.folder), "--report", f"json={tmp_path / 'plan.json'}")
    assert not summary.exists()
    ran = story.run("plan", str(story.folder), "--report", f"github={tmp_path / 'log'}")
    told = dict(line.split("=", 1) for line in output.read_text(encoding="utf-8").splitlines())
    assert (told["earlier"], told["command"], told["exit_code"]) == ("1", "plan", str(ran.code))
    assert (told["grants"], told["removals"], told["refused"]) == ("3", "1", "false")
    assert summary.read_text(encoding="utf-8").startswith("<!-- reconciler:plan:")


def test_a_file_that_github_names_and_nobody_can_write_is_an_error_that_says_so(story: Story, tmp_path: Path) -> None:
    story.environ["GITHUB_OUTPUT"] = str(tmp_path / "no" / "folder")
    ran = story.run("plan", str(story.folder), "--format", "github")
    assert ran.code == 3
    assert "GITHUB_OUTPUT" in ran.err


def test_manifest_lines_are_named_as_the_repository_names_them(story: Story, tmp_path: Path) -> None:
    """Wherever the checkout is, and whatever folder the command is run in."""
    story.environ |= {
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(story.folder.parent),
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "acme/access",
        "GITHUB_SHA": "3f2a1b0",
        "GITHUB_RUN_ID": "7",
    }
    name = story.folder.name
    sarif, comment = tmp_path / "r.sarif", tmp_path / "c.md"
    files = ("--report", f"sarif={sarif}", "--report", f"markdown={comment}")
    ran = story.run("plan", str(story.folder), "--format", "github", *files)
    assert f"::notice file={name}/access.yaml,line=5,col=" in ran.out
    [run] = json.loads(sarif.read_text(encoding="utf-8"))["runs"]
    assert {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]} == {
        f"{name}/access.yaml"
    }
    link = f"https://github.com/acme/access/blob/3f2a1b0/{name}/access.yaml#L5"
    assert f"[`{name}/access.yaml:5`]({link})" in comment.read_text(encoding="utf-8")


def test_a_format_that_tells_of_access_reads_more_and_plans_the_same(portal: Start, tmp_path: Path) -> None:
    """The roles of all teams are read for it; no limit, count or change of the plan depends on the format."""
    team = "teams: [{name: partners, roles: [{role: API Consumer, api: payments, version: v1, region: eu}]}]"
    story = portal(f"{SEED.rstrip()}\n        {team}\n")
    story.git(MANIFEST.replace(", roles: [{role: API Consumer, api: payments}]", ""))

    def planned(*more: str) -> tuple[int, dict[str, Any]]:
        story.server.requests.clear()
        plan = tmp_path / "plan.json"
        ran = story.run("plan", str(story.folder), "--report", f"json={plan}", *more)
        assert ran.code == 0, ran
        read = sum("assigned-roles" in path for _, path, _ in story.server.requests)
        return read, json.loads(plan.read_text(encoding="utf-8"))

    (few, before), (many, after) = planned(), planned("--report", f"markdown={tmp_path / 'comment.md'}")
    assert (few, many) == (0, 1)
    assert before == after
    comment = (tmp_path / "comment.md").read_text(encoding="utf-8")
    assert "  - register applications for `payments v1`, through team `partners`" in comment.splitlines()


def test_apply_tells_what_people_can_do_now(story: Story) -> None:
    ran = story.run("apply", str(story.folder), "--yes", "--format", "markdown")
    assert "- `ada@partner.example` gains:\n  - sign in to the portal\n" in ran.out
    assert "- `bob@partner.example` loses:\n  - sign in to the portal\n" in ran.out
