"""Nobody grants access to themselves unseen: it is flagged, and refused where the policy asks for a second person."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import Start
from tests.scenarios.story import Ran, Story

SEED = """
apis: [{name: payments}]
portals:
  - name: acme-partners
    teams: [{name: core}]
    developers:
      - {email: ada@acme.example, status: pending}
      - {email: bob@acme.example, status: pending}
    applications:
      - {name: Shop, owner: ada@acme.example, registrations: [{api: payments, status: pending}]}
"""
GIT = """
policy: {require: {second_person: %s}}
developers:
  - email: Ada@acme.example
    teams: [core]
    applications: [{name: Shop, apis: [payments]}, {name: Later, apis: [payments]}]
    annotations: {github: AdaL}
  - {email: bob@acme.example, annotations: {github: bob}}
"""
OWN = [
    "the approval of ada@acme.example",
    "ada@acme.example in team core",
    "payments for 'Shop' of ada@acme.example",
    "payments for 'Later' of ada@acme.example",
]


@pytest.fixture
def story(portal: Start) -> Story:
    story = portal(SEED)
    story.git(GIT % "false")
    return story


def flagged(ran: Ran) -> list[str]:
    found = [each for each in ran.json["findings"] if each["rule"] == "self-grant"]
    assert {(each["severity"], each["file"] is None) for each in found} <= {("warning", False)}
    return sorted(each["message"].partition(": ")[2] for each in found)


def plan(story: Story, *more: str, code: int = 0) -> Ran:
    ran = story.run("plan", story.folder, "--format", "json", *more)
    assert ran.code == code, ran
    return ran


@pytest.mark.parametrize("author", ["ADA@acme.example", "Ada Lovelace <ada@acme.example>", "adal", " AdaL "])
def test_what_the_author_gives_themselves_is_flagged_at_its_line(story: Story, author: str) -> None:
    """By address or by the login that their entry notes; what waits for them to ask is a grant as well."""
    assert flagged(plan(story, "--author", author)) == sorted(OWN)
    assert flagged(plan(story)) == []
    assert flagged(plan(story, "--author", "cy@acme.example")) == []


def test_a_second_person_can_be_required(story: Story) -> None:
    """The plan is shown in full and refused (4); no flag lifts that, and another author's plan is done."""
    story.git(GIT % "true")
    ran = plan(story, "--author", "cy@acme.example", "--author", "ada@acme.example", code=4)
    assert [(each["rule"], each["number"], each["liftable"]) for each in ran.json["refusals"]] == [
        ("second-person", 4, False)
    ]
    assert len(ran.json["changes"]) == 4
    assert story.run("apply", story.folder, "--yes", "--author", "ada@acme.example").code == 4
    lifted = story.run("plan", story.folder, "--allow", "second-person", "--reason", "sure")
    assert (lifted.code, "nothing lifts second-person" in lifted.err) == (3, True)
    assert story.writes() == []
    ran = plan(story, "--author", "ada@acme.example", "--only", "bob@acme.example")
    assert [each["rule"] for each in ran.json["findings"]] == []
    story.apply("--author", "bob@other.example")


def test_a_saved_plan_stays_refused(story: Story) -> None:
    story.git(GIT % "true")
    file = story.folder.parent / "plan.json"
    plan(story, "--author", "ada@acme.example", "--out", str(file), code=4)
    assert story.run("apply", "--plan", file, "--yes").code == 4
    again = story.run("apply", "--plan", file, "--yes", "--author", "bob@acme.example")
    assert (again.code, "--author belongs where that is planned" in again.err) == (3, True)


def test_an_author_that_nobody_names_is_noted_where_it_matters(story: Story) -> None:
    story.git(GIT % "true")
    assert [(each["rule"], each["severity"]) for each in plan(story).json["findings"]] == [("author-unknown", "note")]
    story.apply()
    assert plan(story).json["findings"] == []
    empty = story.run("plan", story.folder, "--author", "")
    assert (empty.code, "it is empty" in empty.err) == (3, True)


def test_drift_is_no_change_that_somebody_authors(story: Story) -> None:
    """Whoever CI names there asked for the report, and for no access; so nothing is missed where it names nobody."""
    story.git(GIT % "true")
    for story.environ in ({}, CI["github"]):
        ran = story.run("drift", story.folder, "--format", "json")
        assert (ran.code, ran.json["findings"], ran.json["refusals"]) == (2, [], [])


CI = {
    "github": {"GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "AdaL", "GITHUB_TRIGGERING_ACTOR": "bob"},
    "gitlab": {"GITLAB_CI": "true", "GITLAB_USER_EMAIL": "x@y", "CI_COMMIT_AUTHOR": "Ada <ada@acme.example>"},
    "jenkins": {"BUILD_URL": "https://ci", "CHANGE_AUTHOR_EMAIL": "ada@acme.example"},
}
SCHEDULED = {
    "github": {**CI["github"], "GITHUB_EVENT_NAME": "schedule"},
    "gitlab": {**CI["gitlab"], "CI_PIPELINE_SOURCE": "schedule"},
}


@pytest.mark.parametrize("variables", CI.values(), ids=CI)
def test_ci_says_who_the_author_is_unless_a_flag_does(story: Story, variables: dict[str, str]) -> None:
    story.environ = variables
    assert flagged(plan(story)) == sorted(OWN)
    assert flagged(plan(story, "--author", "bob")) == ["the approval of bob@acme.example"]


@pytest.mark.parametrize("variables", SCHEDULED.values(), ids=SCHEDULED)
def test_nobody_authors_what_runs_on_a_schedule(story: Story, variables: dict[str, str]) -> None:
    """There the services name whoever touched the schedule last."""
    story.environ = variables
    assert flagged(plan(story)) == []
