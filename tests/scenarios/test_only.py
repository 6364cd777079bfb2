"""`--only` narrows a run to a person, team or API: one urgent revocation is not held up by a refused plan."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.conftest import Start
from tests.scenarios.story import Story, in_words

SEED = """
apis: [{name: payments}, {name: orders, version: v1}, {name: orders, version: v2}]
portals:
  - name: acme-partners
    developers:
      - {email: ada@partner.example}
      - {email: bob@partner.example, status: approved}
      - {email: mallory@partner.example, status: approved}
      - {email: eve@partner.example, status: approved}
    teams:
      - {name: partners, members: [mallory@partner.example, bob@partner.example]}
      - {name: beta, members: [mallory@partner.example]}
    applications:
      - name: Scraper
        owner: mallory@partner.example
        registrations: [{api: payments, status: approved}, {api: orders, version: v1, status: approved}]
      - name: Checkout
        owner: ada@partner.example
        registrations: [{api: payments}]
      - {name: Bot, owner: {team: partners}, registrations: [{api: orders, version: v2}]}
"""
GIT = """
policy: {limits: {removals: {floor: 0, max: 1, percent: 100}}}
developers:
  - email: ada@partner.example
    teams: [new]
    applications: [{name: Checkout, apis: [payments]}]
  - {email: bob@partner.example, status: revoked}
  - {email: mallory@partner.example, status: revoked}
  - {email: eve@partner.example, teams: [new]}
teams:
  - name: new
    roles: [{role: API Viewer, api: payments, region: eu}]
  - name: partners
    applications: [{name: Bot, apis: [{name: orders, version: v2}]}]
"""
MALLORY = [
    "revoke-registration | mallory@partner.example | Scraper | orders v1",
    "revoke-registration | mallory@partner.example | Scraper | payments",
    "revoke-developer | mallory@partner.example",
    "remove-member | mallory@partner.example | beta",
    "remove-member | mallory@partner.example | partners",
]
NARROWED = {
    "mallory@partner.example": MALLORY,
    "Mallory@PARTNER.example": MALLORY,
    "partners": [
        "remove-member | bob@partner.example | partners",
        MALLORY[4],
        "approve-registration | partners | Bot | orders v2",
    ],
    "ada@partner.example": [
        "create-team | new",
        "approve-developer | ada@partner.example",
        "add-member | ada@partner.example | new",
        "approve-registration | ada@partner.example | Checkout | payments",
    ],
    "new": [
        "create-team | new",
        "assign-role | new | API Viewer | payments",
        "approve-developer | ada@partner.example",
        "add-member | ada@partner.example | new",
        "add-member | eve@partner.example | new",
    ],
    "payments": [
        MALLORY[1],
        "create-team | new",
        "assign-role | new | API Viewer | payments",
        "approve-developer | ada@partner.example",
        "approve-registration | ada@partner.example | Checkout | payments",
    ],
    "orders": [MALLORY[0], "approve-registration | partners | Bot | orders v2"],
    "orders v2": ["approve-registration | partners | Bot | orders v2"],
}


@pytest.fixture
def story(portal: Start) -> Story:
    story = portal(SEED)
    story.git(GIT)
    return story


def planned(story: Story, *names: str, code: int = 0) -> dict[str, Any]:
    flags = [flag for name in names for flag in ("--only", name)]
    ran = story.run("plan", story.folder, "--format", "json", *flags)
    assert ran.code == code, ran
    document: dict[str, Any] = ran.json
    return document


def words(changes: list[dict[str, Any]]) -> list[str]:
    return [in_words(change) for change in changes]


@pytest.mark.parametrize(("name", "expected"), NARROWED.items(), ids=NARROWED)
def test_a_plan_can_be_narrowed_to_see_it_first(story: Story, name: str, expected: list[str]) -> None:
    """A person with all that goes with them, a team, an API; and what these rest on. The rest is listed."""
    full = words(story.plan()["changes"])
    ran = story.run("plan", story.folder, "--only", name, "--format", "json")
    document = ran.json
    assert (words(document["changes"]), document["only"]) == (expected, [name])
    assert words(document["left_out"]) == [each for each in full if each not in expected]
    assert {each["because"] for each in document["left_out"]} == {"not-selected"}
    assert document["summary"]["left_out"] == len(full) - len(expected)


def test_an_urgent_revocation_is_not_held_up_by_a_refused_plan(story: Story) -> None:
    """The plan as a whole is refused; narrowed to one person it is not, and that is complete."""
    story.git(GIT.replace("max: 1", "max: 2"))
    assert [each["rule"] for each in story.plan()["refusals"]] == ["removals.memberships", "never-empty"]
    ran = story.run("apply", story.folder, "--yes", "--format", "json", "--only", "mallory@partner.example")
    assert (ran.code, words(ran.json["outcomes"])) == (0, MALLORY)
    assert story.status("mallory@partner.example") == "revoked"
    assert story.registrations("mallory@partner.example", "Scraper") == {
        "payments": "revoked",
        "orders v1": "revoked",
    }
    assert story.status("bob@partner.example") == "approved"
    again = story.run("apply", story.folder, "--yes", "--only", "mallory@partner.example")
    assert (again.code, again.out.splitlines()[-1]) == (0, "Nothing to do; 9 left out")


def test_the_narrowed_set_is_judged_all_the_same(story: Story) -> None:
    """Two registrations and two memberships where one is the limit: the cascade counts."""
    document = planned(story, "mallory@partner.example", code=4)
    assert [(each["rule"], each["number"]) for each in document["refusals"]] == [
        ("removals.memberships", 2),
        ("removals.registrations", 2),
    ]
    ran = story.run("apply", story.folder, "--yes", "--only", "mallory@partner.example")
    assert (ran.code, story.writes()) == (4, [])


def test_several_names_add_up(story: Story) -> None:
    document = planned(story, "orders v2", "new")
    assert sorted(words(document["changes"])) == sorted([*NARROWED["new"], *NARROWED["orders v2"]])
    assert document["only"] == ["orders v2", "new"]


@pytest.mark.parametrize("name", ["mallory@partner.exampel", "partner", "Payments", "*", "", "orders v3"])
@pytest.mark.parametrize("command", [["plan"], ["apply", "--yes"]])
def test_a_name_that_nobody_knows_is_an_error(story: Story, command: list[str], name: str) -> None:
    """It may be misspelt, and "nothing to do" would read as "done": 3, and nothing is written."""
    ran = story.run(*command, story.folder, "--only", name, "--only", "payments", "--format", "json")
    assert (ran.code, story.writes()) == (3, [])
    assert ran.json["error"]["message"] == (
        f"--only {name!r} is no person, team or API that the workspace or the plan names"
    )


def test_a_name_that_only_the_portal_shows_is_known(portal: Start) -> None:
    """Somebody whom git does not list is in the plan where the policy takes them away."""
    story = portal(SEED)
    story.git(
        "policy: {scope: {developers: ['*']}, unlisted: {developers: revoke}}\n"
        "developers: [ada@partner.example, bob@partner.example, eve@partner.example]\n"
    )
    assert words(planned(story, "mallory@partner.example")["changes"]) == MALLORY


def test_a_name_with_nothing_to_do_is_fine(story: Story) -> None:
    """A known person whom nothing is to be done about."""
    story.git("developers: [ada@partner.example, bob@partner.example]\n")
    document = planned(story, "bob@partner.example")
    assert (document["changes"], document["summary"]["left_out"]) == ([], 1)


def test_a_workspace_that_lists_nobody_refuses_what_its_policy_takes(portal: Start) -> None:
    """empty-workspace holds for one person as for all where the policy is what takes; nothing lifts it."""
    story = portal(SEED)
    story.git("policy: {scope: {developers: ['*']}, unlisted: {developers: revoke}}\nteams: [{name: new}]\n")
    document = planned(story, "mallory@partner.example", code=4)
    assert [each["rule"] for each in document["refusals"]] == ["empty-workspace"]
    assert (planned(story, "new")["refusals"], words(planned(story, "new")["changes"])) == ([], ["create-team | new"])


def test_a_narrowed_plan_can_be_saved_and_is_then_exactly_that(story: Story) -> None:
    """What was left out when it was made is left out when it is done."""
    file = story.folder.parent / "plan.json"
    assert story.run("plan", story.folder, "--only", "orders v2", "--out", file).code == 0
    ran = story.run("apply", "--plan", file, "--yes", "--format", "json")
    assert (ran.code, words(ran.json["outcomes"]), ran.json["only"]) == (0, NARROWED["orders v2"], ["orders v2"])
