"""`--policy-from REF` judges by the policy of that commit: a pull request cannot loosen its own limits."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.conftest import Start
from tests.scenarios.story import HEADER, Ran, Story

SEED = """
apis: [{name: payments}]
portals:
  - name: acme-partners
    developers:
      - {email: ada@partner.example, status: approved}
      - {email: bob@partner.example, status: approved}
      - {email: robot@acme.example, status: approved}
"""
STRICT = "policy: {limits: {removals: {floor: 0, max: 0}}}\n"
LOOSE = "policy: {limits: {removals: {floor: 9, max: 9}}}\n"
EVERYBODY = "developers: [ada@partner.example, bob@partner.example, robot@acme.example]\n"
BOB_GOES = """
developers:
  - ada@partner.example
  - {email: bob@partner.example, status: revoked}
  - robot@acme.example
"""


def git(folder: Path, *arguments: str) -> str:
    said = ("-c", "user.name=Ada", "-c", "user.email=ada@acme.example", "-c", "init.defaultBranch=main")
    ran = subprocess.run(["git", *said, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def commit(story: Story) -> str:
    """Commit the workspace as it is; its commit."""
    top = story.folder.parent
    git(top, "add", "--all", "access")
    git(top, "commit", "--quiet", "--allow-empty", "--message", "change access")
    return git(top, "rev-parse", "HEAD")


@pytest.fixture
def story(portal: Start) -> Story:
    """A repository whose main has the strict policy, and a branch that loosens it and takes Bob's access away."""
    story = portal(SEED)
    git(story.folder.parent, "init", "--quiet")
    story.git(STRICT + EVERYBODY)
    commit(story)
    git(story.folder.parent, "checkout", "--quiet", "-b", "change")
    story.git(LOOSE + BOB_GOES)
    commit(story)
    return story


def run(story: Story, command: str, *more: str | Path, ref: str = "main") -> Ran:
    yes = ["--yes"] if command == "apply" else []
    return story.run(command, story.folder, "--format", "json", "--policy-from", ref, *yes, *more)


def rules(ran: Ran) -> list[str]:
    return [each["rule"] for each in ran.json["refusals"]]


def test_the_policy_of_the_commit_judges_the_plan_and_the_apply(story: Story) -> None:
    """By its own policy the change passes, by main's it is refused, wherever it is planned."""
    assert story.run("plan", story.folder).code == 0
    main = git(story.folder.parent, "rev-parse", "main")
    for command, code in (("plan", 4), ("apply", 4), ("drift", 2)):
        ran = run(story, command)
        assert (ran.code, rules(ran)) == (code, ["removals.developers"])
        assert ran.json["policy_from"] == {"ref": "main", "commit": main}
        assert [(each["rule"], each["severity"]) for each in ran.json["findings"]] == [("policy-differs", "note")]
    assert story.writes() == []
    assert f"policy: of main, commit {main[:12]}" in story.run("plan", story.folder, "--policy-from", "main").out


def test_a_saved_plan_says_where_its_policy_came_from(story: Story) -> None:
    file = story.folder.parent / "plan.json"
    assert run(story, "plan", "--out", file, ref="HEAD").code == 0
    ran = story.run("apply", "--plan", file, "--yes", "--format", "json")
    head = git(story.folder.parent, "rev-parse", "HEAD")
    assert (ran.code, ran.json["policy_from"], ran.json["commit"]) == (0, {"ref": "HEAD", "commit": head}, head)


PARTS: dict[str, tuple[str, str, Callable[[dict[str, Any]], object], object]] = {
    "unlisted": (
        "policy: {scope: {developers: ['*']}, unlisted: {developers: report}}\n",
        "policy: {scope: {developers: ['*']}, unlisted: {developers: revoke}}\ndevelopers: [ada@partner.example]\n",
        lambda plan: len(plan["changes"]),
        0,
    ),
    "scope": (
        "policy: {scope: {developers: ['*@partner.example']}}\n",
        "policy: {}\ndevelopers: [ada@partner.example]\n",
        lambda plan: [each["subject"]["developer"]["name"] for each in plan["unlisted"]],
        ["bob@partner.example"],
    ),
    "protected": (
        "policy: {protected: {developers: [bob@partner.example]}}\n",
        BOB_GOES,
        lambda plan: [each["rule"] for each in plan["refusals"]],
        ["protected"],
    ),
    "allow": (
        STRICT,
        STRICT.replace(
            "policy: {", "policy: {allow: [{rule: removals.developers, max: 9, until: 2027-01-01, reason: x}], "
        )
        + BOB_GOES,
        lambda plan: [each["rule"] for each in plan["refusals"]],
        ["removals.developers"],
    ),
    "no policy": (
        "developers: []\n",
        "policy: {limits: {grants: {count: 0}}, reinstate: always}\n" + BOB_GOES,
        lambda plan: len(plan["refusals"]),
        0,
    ),
}


@pytest.mark.parametrize(("base", "change", "look", "expected"), PARTS.values(), ids=PARTS)
def test_all_of_the_policy_is_taken(
    story: Story, base: str, change: str, look: Callable[[dict[str, Any]], object], expected: object
) -> None:
    """unlisted, scope, limits, protected, allow; where the commit gives no policy, the defaults."""
    story.git(base)
    ref = commit(story)
    story.git(change)
    ran = run(story, "plan", ref=ref)
    assert look(ran.json) == expected, ran


def test_what_lies_outside_the_commits_scope_is_an_error(story: Story) -> None:
    """A change that widens the scope and uses it at once has to wait for its own merge."""
    story.git("policy: {scope: {developers: ['*@partner.example']}}\n")
    ref = commit(story)
    story.git("policy: {}\n" + EVERYBODY)
    ran = run(story, "plan", ref=ref)
    assert (ran.code, [each["rule"] for each in ran.json["findings"] if each["severity"] == "error"]) == (
        3,
        ["outside-scope"],
    )


def test_what_the_commit_requires_is_required(story: Story) -> None:
    """By plan, and offline by validate, which a pull request's job may run without a token; at both lines."""
    story.git("policy: {require: {reason: [{name: why, message: See W.}]}}\n")
    ref = commit(story)
    story.git("developers: [ada@partner.example]\n")
    validated = story.run("validate", story.folder, "--format", "json", "--policy-from", ref)
    for ran in (run(story, "plan", ref=ref), validated):
        [wrong] = [each for each in ran.json["findings"] if each["severity"] == "error"]
        place = f"{ref[:12]}:access/access.yaml:2:29"
        assert (ran.code, wrong["rule"], wrong["line"]) == (3, "require.reason", 2)
        assert wrong["message"] == f"ada@partner.example: there is no `reason`, against 'why' ({place}): See W."
    assert validated.json["policy_from"]["commit"] == ref
    assert story.run("validate", story.folder).code == 0


def test_an_allowance_of_the_commit_counts_with_its_place_there(story: Story) -> None:
    """The place names the commit as git does."""
    story.git(
        STRICT.replace(
            "policy: {", "policy: {allow: [{rule: removals.developers, max: 9, until: 2027-01-01, reason: x}], "
        )
    )
    ref = commit(story)
    story.git(BOB_GOES)
    [lifted] = run(story, "plan", ref=ref).json["lifted"]
    assert (lifted["by"], lifted["file"], lifted["line"]) == ("policy", f"{ref[:12]}:access/access.yaml", 2)


def test_an_allowance_that_ran_out_in_the_commit_is_told(story: Story) -> None:
    story.git("policy: {allow: [{rule: removals.developers, max: 9, until: 2026-01-01, reason: x}]}\n")
    ref = commit(story)
    story.git(EVERYBODY)
    found = run(story, "plan", ref=ref).json["findings"]
    assert [(each["rule"], each["file"]) for each in found if each["rule"] == "allowance-expired"] == [
        ("allowance-expired", f"{ref[:12]}:access/access.yaml")
    ]


def test_a_workspace_that_is_one_file(story: Story) -> None:
    file = story.folder / "access.yaml"
    ran = story.run("plan", file, "--policy-from", "main", "--format", "json")
    assert (ran.code, rules(ran)) == (4, ["removals.developers"])


def test_only_files_directly_in_the_folder_are_looked_at(story: Story) -> None:
    """An error in another owner's file at the base does not keep a change from being judged."""
    story.git(STRICT, people__ada="developers: [ada@\n")
    ref = commit(story)
    story.git(LOOSE + BOB_GOES)
    ran = run(story, "plan", ref=ref)
    assert (ran.code, rules(ran)) == (4, ["removals.developers"])


# What cannot be told is an error


def error(ran: Ran) -> str:
    assert (ran.code, ran.json["error"]["exit_code"]) == (3, 3), ran
    assert ran.json["error"]["hint"]
    message: str = ran.json["error"]["message"]
    return message


@pytest.mark.parametrize("command", ["plan", "apply", "drift"])
@pytest.mark.parametrize(
    "ref", ["nope", "", "--all", "-h", "--output=x", "main..change", "main:access", "a b", "\x1b[2J"]
)
def test_a_ref_that_names_no_commit_is_an_error_and_never_an_option(story: Story, command: str, ref: str) -> None:
    """3, before anything is asked of the portal."""
    ran = story.run(
        command, story.folder, f"--policy-from={ref}", "--format", "json", *(["--yes"] * (command == "apply"))
    )
    assert "commit" in error(ran)
    assert "\x1b" not in ran.out + ran.err
    assert story.server.requests == []


def test_outside_of_a_repository_there_is_no_policy_to_take(portal: Start) -> None:
    story = portal(SEED)
    story.git(EVERYBODY)
    assert "not a git repository" in error(run(story, "plan"))


def test_a_workspace_that_is_new_has_no_policy_in_the_commit(story: Story) -> None:
    """Never the defaults: a workspace could be moved to be rid of its limits."""
    top = story.folder.parent
    story.folder.rename(top / "moved")
    ran = story.run("plan", top / "moved", "--policy-from", "main", "--format", "json")
    main = git(top, "rev-parse", "main")
    assert error(ran) == f"there is no moved at main (commit {main[:12]})"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("policy: {limits: {removal: {}}}\n", "access.yaml:2:"),
        ("policy: {}\npolicy: {}\n", "access.yaml:3:"),
        ("developers: null\n", "access.yaml:2:"),
        ("policy: [\n", "access.yaml:"),
    ],
)
def test_a_workspace_that_was_invalid_there_is_an_error(story: Story, text: str, why: str) -> None:
    """A policy is not guessed from what is wrong."""
    story.git()
    (story.folder / "access.yaml").write_text(HEADER + text, encoding="utf-8")
    ref = commit(story)
    story.git(BOB_GOES)
    message = error(run(story, "plan", ref=ref))
    assert message.startswith(f"access at {ref} (commit {ref[:12]}) is invalid: {ref[:12]}:access/{why}")


def test_a_link_in_the_commit_is_not_followed(story: Story) -> None:
    (story.folder / "link.yaml").symlink_to("access.yaml")
    ref = commit(story)
    (story.folder / "link.yaml").unlink()
    assert "'link.yaml' is no file that can be read as a manifest" in error(run(story, "plan", ref=ref))


def test_a_folder_without_a_manifest_in_the_commit_is_an_error(story: Story) -> None:
    story.git()
    (story.folder / "access.yaml").unlink()
    (story.folder / "README.md").write_text("soon", encoding="utf-8")
    ref = commit(story)
    story.git(BOB_GOES)
    assert "has no manifest (*.yaml, *.yml) directly in it" in error(run(story, "plan", ref=ref))


# The commit that a plan is recorded with


def test_a_plan_records_the_commit_of_the_manifests(story: Story) -> None:
    """Null where they are in no commit as they are: an auditor must not look them up in vain."""
    file = story.folder.parent / "plan.json"
    head = git(story.folder.parent, "rev-parse", "HEAD")
    assert story.run("plan", story.folder, "--out", file).code == 0
    assert json.loads(file.read_text(encoding="utf-8"))["commit"] == head
    (story.folder / "new.yaml").write_text("developers: []\n", encoding="utf-8")
    assert story.plan()["commit"] is None
    (story.folder / "new.yaml").unlink()
    (story.folder.parent / "other.txt").write_text("beside the workspace", encoding="utf-8")
    assert story.plan()["commit"] == head
