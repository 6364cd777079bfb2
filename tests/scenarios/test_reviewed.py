"""`apply PATH --reviewed` plans anew and does only what the reviewed plan has too; the rest is listed."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.conftest import Start
from tests.scenarios.story import Ran, Story, in_words

SEED = """
apis: [{name: payments}]
portals:
  - name: acme-partners
    developers:
      - {email: ada@partner.example}
      - {email: bob@partner.example}
      - {email: cy@partner.example, status: approved}
      - {email: dee@partner.example, status: approved}
    teams: [{name: partners, members: [cy@partner.example, dee@partner.example]}]
    applications:
      - {name: Checkout, owner: ada@partner.example, registrations: [{api: payments}]}
"""
REVIEWED = """
developers:
  - {email: ada@partner.example, teams: [new]}
  - {email: cy@partner.example, status: revoked}
teams: [{name: new}]
"""
ALL = [
    "revoke-developer | cy@partner.example",
    "remove-member | cy@partner.example | partners",
    "create-team | new",
    "approve-developer | ada@partner.example",
    "add-member | ada@partner.example | new",
]


@pytest.fixture
def story(portal: Start) -> Story:
    story = portal(SEED)
    story.git(REVIEWED)
    return story


@pytest.fixture
def file(story: Story) -> Path:
    file = story.folder.parent / "plan.json"
    ran = story.run("plan", story.folder, "--out", file, "--format", "json")
    assert [in_words(change) for change in ran.json["changes"]] == ALL
    return file


def reviewed(story: Story, file: Path, *more: str) -> Ran:
    return story.run("apply", story.folder, "--reviewed", file, "--yes", "--format", "json", *more)


def words(changes: list[dict[str, Any]]) -> list[str]:
    return [in_words(change) for change in changes]


def left_out(ran: Ran) -> list[str]:
    return [f"{each['because']}: {in_words(each)}" for each in ran.json["left_out"]]


def test_what_was_reviewed_is_done_days_later_from_another_commit(story: Story, file: Path) -> None:
    """No time to live, other manifests: the merge commit is not the reviewed one."""
    story.now += timedelta(days=30)
    story.git(REVIEWED + "# merged\n")
    ran = reviewed(story, file)
    assert (ran.code, words(ran.json["outcomes"])) == (0, ALL)
    assert (ran.json["left_out"], ran.json["not_needed"]) == ([], [])
    assert ran.json["saved_plan"] == json.loads(file.read_text(encoding="utf-8"))["digest"]


def test_what_nobody_reviewed_is_listed_and_left(story: Story, file: Path) -> None:
    """Another merge came between: its changes wait for their own review, and the exit code is 6."""
    story.git(
        REVIEWED.replace(
            "teams: [new]}", "teams: [new, partners]}\n  - {email: dee@partner.example, status: revoked}"
        )
    )
    ran = reviewed(story, file)
    assert (ran.code, words(ran.json["outcomes"])) == (6, ALL)
    assert left_out(ran) == [
        "not-reviewed: revoke-developer | dee@partner.example",
        "not-reviewed: remove-member | dee@partner.example | partners",
        "not-reviewed: add-member | ada@partner.example | partners",
    ]
    assert ran.json["summary"]["left_out"] == 3
    shown = story.run("apply", story.folder, "--reviewed", file, "--yes")
    assert shown.code == 6
    assert "NOT REVIEWED (3): git asks for this, and the reviewed plan does not" in shown.out
    assert shown.out.splitlines()[-1] == "Nothing to do; 2 requests, 3 NOT REVIEWED"


def test_what_was_reviewed_and_is_not_needed_any_more_is_listed(story: Story, file: Path) -> None:
    """Git changed its mind about one, and somebody did another by hand: neither is an error."""
    story.git("developers:\n  - {email: ada@partner.example, teams: [new]}\nteams: [{name: new}]\n")
    ran = reviewed(story, file)
    assert (ran.code, words(ran.json["outcomes"])) == (0, ALL[2:])
    assert words(ran.json["not_needed"]) == ALL[:2]
    again = reviewed(story, file)
    assert (again.code, again.json["outcomes"], words(again.json["not_needed"])) == (0, [], ALL)
    assert (
        "Reviewed, and not needed any more (5)" in story.run("apply", story.folder, "--reviewed", file, "--yes").out
    )


def test_what_rests_on_an_unreviewed_change_is_left_too(story: Story) -> None:
    """The membership was reviewed while Bob was approved; now it needs an approval that nobody has seen."""
    story.git("developers: [{email: cy@partner.example, teams: [partners, new]}]\nteams: [{name: new}]\n")
    file = story.folder.parent / "plan.json"
    assert story.run("plan", story.folder, "--out", file).code == 0
    document = json.loads(file.read_text(encoding="utf-8"))
    assert words(document["changes"]) == ["create-team | new", "add-member | cy@partner.example | new"]
    story.git(
        "policy: {reinstate: always}\n"
        "developers: [{email: cy@partner.example, teams: [partners, new]}]\nteams: [{name: new}]\n"
    )
    stopped(story, "cy@partner.example")
    ran = reviewed(story, file)
    assert (ran.code, words(ran.json["outcomes"])) == (6, ["create-team | new"])
    assert left_out(ran) == [
        "not-reviewed: approve-developer | cy@partner.example",
        "not-reviewed: add-member | cy@partner.example | new",
        "not-reviewed: add-member | cy@partner.example | partners",
    ]


def stopped(story: Story, email: str) -> None:
    """Somebody revokes a person: from another workspace, by the same means."""
    folder = story.folder.parent / "other"
    folder.mkdir()
    text = f"portal: {{name: acme-partners, region: eu}}\ndevelopers: [{{email: {email}, status: revoked}}]\n"
    (folder / "access.yaml").write_text(text, encoding="utf-8")
    assert story.run("apply", folder, "--yes").code == 0
    story.server.requests.clear()


def test_the_same_change_from_another_start_was_not_reviewed(story: Story) -> None:
    """A reviewer let a pending person in; that she was stopped since, they have not seen."""
    git = "policy: {reinstate: always}\ndevelopers: [ada@partner.example]\n"
    story.git(git)
    file = story.folder.parent / "plan.json"
    assert story.run("plan", story.folder, "--out", file).code == 0
    stopped(story, "ada@partner.example")
    ran = reviewed(story, file)
    assert (ran.code, ran.json["outcomes"]) == (6, [])
    assert left_out(ran) == ["not-reviewed: approve-developer | ada@partner.example"]
    assert words(ran.json["not_needed"]) == ["approve-developer | ada@partner.example"]
    assert story.status("ada@partner.example") == "revoked"


def test_refusals_are_judged_on_what_is_done(story: Story, file: Path) -> None:
    """What nobody reviewed does not hold up what was; what is done is judged as it is, and by today's policy."""
    story.git(
        REVIEWED.replace("teams: [new]}", "teams: [new]}\n  - {email: dee@partner.example, status: revoked}")
        + "policy: {protected: {developers: [dee@partner.example]}, limits: {may_empty: [partners]}}\n"
    )
    assert story.run("apply", story.folder, "--yes").code == 4
    ran = reviewed(story, file)
    assert (ran.code, words(ran.json["outcomes"])) == (6, ALL)


def test_a_policy_that_was_tightened_since_the_review_counts(story: Story, file: Path) -> None:
    story.git(REVIEWED + "policy: {protected: {developers: [cy@partner.example]}}\n")
    ran = reviewed(story, file)
    assert (ran.code, ran.json["outcomes"], [each["rule"] for each in ran.json["refusals"]]) == (4, [], ["protected"])


def test_no_to_the_question_is_no_partial_result(story: Story, file: Path) -> None:
    """Answered "no": 0, although something was not reviewed."""
    story.git(REVIEWED.replace("teams: [new]}", "teams: [new]}\n  - bob@partner.example"))
    ran = story.run("apply", story.folder, "--reviewed", file, answers="n\n")
    assert (ran.code, story.writes()) == (0, [])


def test_only_narrows_it_further(story: Story, file: Path) -> None:
    """Of what was reviewed, only what is about one person."""
    ran = reviewed(story, file, "--only", "cy@partner.example")
    assert (ran.code, words(ran.json["outcomes"])) == (0, ALL[:2])
    assert left_out(ran) == [f"not-selected: {each}" for each in ALL[2:]]
    assert ran.json["not_needed"] == []


def test_a_reviewed_plan_that_was_edited_or_is_for_another_portal_is_refused(story: Story, file: Path) -> None:
    """5, as for --plan, but for the time to live."""
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"cy@partner.example"', '"bob@partner.example"'), encoding="utf-8")
    ran = reviewed(story, file)
    assert (ran.code, "was edited" in ran.json["error"]["message"]) == (5, True)
    file.write_text(text, encoding="utf-8")
    story.environ["KONNECT_SERVER_URL"] = story.server.url.replace("127.0.0.1", "localhost")
    ran = reviewed(story, file)
    assert (ran.code, "is for another portal" in ran.json["error"]["message"], story.writes()) == (5, True, [])


def test_one_review_is_about_one_workspace(story: Story, file: Path) -> None:
    ran = story.run("apply", story.folder, story.folder, "--reviewed", file, "--yes")
    assert (ran.code, "give one PATH" in ran.err) == (3, True)


def test_residual_access_is_what_is_left_when_the_reviewed_is_done(portal: Start) -> None:
    """A registration that nobody reviewed the end of goes on working for someone who is not approved."""
    story = portal(SEED.replace("[{api: payments}]", "[{api: payments, status: approved}]"))
    story.git(REVIEWED)
    file = story.folder.parent / "plan.json"
    assert story.run("plan", story.folder, "--out", file).code == 0
    story.git(REVIEWED.replace("ada@partner.example, teams: [new]", "ada@partner.example, status: rejected"))
    ran = reviewed(story, file)
    assert (ran.code, words(ran.json["outcomes"])) == (6, ALL[:3])
    assert left_out(ran) == [
        "not-reviewed: revoke-registration | ada@partner.example | Checkout | payments",
        "not-reviewed: reject-developer | ada@partner.example",
    ]
    assert words(ran.json["residual"]) == [
        "works although its owner is pending | ada@partner.example | Checkout | payments"
    ]
