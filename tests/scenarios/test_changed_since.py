"""`plan --changed-since REF`: the plan of a pull request looks at what that changed, and says so."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.scenarios.conftest import Start
from tests.scenarios.story import HEADER, Story
from tests.scenarios.test_policy_from import commit, git

PEOPLE = 400
PORTAL_NAME = "acme-partners"


def address(number: int) -> str:
    return f"person-{number:03}@partner.example"


def seed() -> str:
    """Everybody is approved, in a team and with an application, but for every fiftieth, who waits."""
    status = ["approved" if number % 50 else "pending" for number in range(PEOPLE)]
    portal = {
        "name": PORTAL_NAME,
        "developers": [{"email": address(n), "status": status[n]} for n in range(PEOPLE)],
        "teams": [
            {"name": "partners", "members": [address(n) for n in range(PEOPLE) if n % 50]},
            {"name": "bots", "can_own_applications": True},
        ],
        "applications": [
            {"name": "app", "owner": address(n), "registrations": [{"api": "payments", "status": status[n]}]}
            for n in range(PEOPLE)
        ]
        + [{"name": "robot", "owner": {"team": "bots"}, "registrations": [{"api": "orders", "status": "pending"}]}],
    }
    return yaml.safe_dump({"apis": [{"name": "payments"}, {"name": "orders"}], "portals": [portal]})


def entry(number: int, **more: Any) -> dict[str, Any]:
    listed = {"teams": ["partners"], "applications": [{"name": "app", "apis": ["payments"]}]}
    return {"email": address(number), **(more if "status" in more else {**listed, **more})}


def people(changed: dict[int, dict[str, Any]] | None = None, policy: str = "") -> str:
    """Everybody but those who wait, with these entries in place of their own."""
    entries = {n: entry(n) for n in range(PEOPLE) if n % 50} | (changed or {})
    teams = [{"name": "partners"}, {"name": "bots", "applications": []}]
    return policy + yaml.safe_dump({"developers": list(entries.values()), "teams": teams})


@pytest.fixture
def story(portal: Start) -> Story:
    """A repository whose main lists everybody who is approved; on the portal somebody clicked past git."""
    story = portal(seed())
    git(story.folder.parent, "init", "--quiet")
    story.git(people())
    commit(story)
    story.sandbox.set_status(PORTAL_NAME, address(7), "revoked")
    return story


def plan(story: Story, *more: str, code: int = 0) -> dict[str, Any]:
    ran = story.run("plan", story.folder, "--format", "json", *more)
    assert ran.code == code, ran
    return ran.json


def since(story: Story, *more: str, code: int = 0) -> dict[str, Any]:
    return plan(story, "--changed-since", "main", *more, code=code)


def rules(document: dict[str, Any]) -> list[str]:
    return [found["rule"] for found in document["findings"]]


def changes(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [(c["action"], (c["subject"]["developer"] or c["subject"]["team"])["name"]) for c in document["changes"]]


PULL_REQUEST = {50: entry(50), 3: entry(3, status="revoked"), 4: entry(4, teams=["partners", "bots"])}


def test_the_changes_are_those_of_the_whole_plan_that_are_about_the_pull_request(story: Story) -> None:
    """All they need is seen: accounts, memberships, applications and registrations of these people."""
    story.git(people(PULL_REQUEST))
    narrowed, whole = since(story), plan(story)
    assert narrowed["changes"] == whole["changes"] != []
    assert {person for _, person in changes(narrowed)} == {address(3), address(4), address(50)}
    commit_ = git(story.folder.parent, "rev-parse", "main")
    assert narrowed["changed_since"] == {"ref": "main", "commit": commit_, "people": 3, "teams": 0}
    assert narrowed["looked_at"]["developers"] == 3
    assert "changed_since" not in whole


def test_it_is_never_in_sync(story: Story) -> None:
    """What it did not look at, it says nothing about; what somebody revoked past git is held in the whole plan."""
    document = since(story)
    assert (document["changes"], document["held"]) == ([], [])
    assert rules(document) == ["looked-at-part"]
    out = story.run("plan", story.folder, "--changed-since", "main").out
    assert "only what changed since main" in out
    assert "only 0 people and 0 teams looked at" in out
    assert "the portal is as git says" not in out
    assert len(plan(story)["held"]) == 1


@pytest.mark.in_process
def test_it_takes_fewer_requests_than_the_whole(story: Story) -> None:
    story.git(people(PULL_REQUEST))
    asked = []
    for look in (since, plan):
        story.in_process.requests.clear()
        look(story)
        asked.append(len(story.in_process.requests))
    assert asked[0] < asked[1]


def test_applications_of_a_team_that_changed_are_seen(story: Story) -> None:
    text = people().replace("applications: []", "applications: [{name: robot, apis: [orders]}]")
    story.git(text)
    document = since(story)
    assert document["changes"] == plan(story)["changes"]
    assert changes(document) == [("approve-registration", "bots")]
    assert document["changed_since"]["teams"] == 1


@pytest.mark.parametrize(
    "policy",
    [
        "policy: {unlisted: {developers: ignore}}\n",
        "rules: [{name: r, match: {email: '*@x.example'}, approve: true}]\n",
    ],
)
def test_a_policy_or_rule_that_changed_is_about_everybody(story: Story, policy: str) -> None:
    story.git(people(PULL_REQUEST, policy))
    document = since(story)
    assert "looked-at-all" in rules(document)
    assert "changed_since" not in document
    assert document["looked_at"]["developers"] == PEOPLE


def test_where_it_takes_no_fewer_requests_the_whole_is_looked_at(story: Story) -> None:
    story.git(people({n: entry(n, reason="reviewed") for n in range(PEOPLE)}))
    document = since(story)
    assert "looked-at-all" in rules(document)
    assert document["looked_at"]["developers"] == PEOPLE


def test_what_is_let_go_is_told_too(story: Story) -> None:
    """The commit is one to compare with as well; an entry that went is looked at."""
    story.git(
        people().replace(f"- applications:\n  - apis:\n    - payments\n    name: app\n  email: {address(5)}\n", "")
    )
    entries = yaml.safe_load(people())
    entries["developers"] = [one for one in entries["developers"] if one["email"] != address(5)]
    story.git(yaml.safe_dump(entries))
    document = since(story)
    assert document["base"]["ref"] == "main"
    assert {one["subject"]["developer"]["name"] for one in document["let_go"]} == {address(5)}
    assert document["changed_since"]["people"] == 1
    assert {item["subject"]["developer"]["name"] for item in document["unlisted"]} == {address(5)}


def test_removals_are_held_against_the_whole_portal(story: Story) -> None:
    """Seven of nearly four hundred are within ten percent: the portal tells how many there are in all."""
    story.git(people({n: entry(n, status="revoked") for n in range(1, 7)}))
    assert since(story)["refusals"] == []
    policy = "policy: {limits: {removals: {percent: 1, floor: 3}}}\n"
    story.git(people(policy=policy))
    commit(story)
    story.git(people({n: entry(n, status="revoked") for n in range(1, 7)}, policy))
    found = since(story, code=4)["refusals"]
    assert [one["rule"] for one in found] == ["removals.developers", "removals.registrations"]


def test_a_saved_plan_of_a_part_is_for_reviewing(story: Story) -> None:
    """Whether an address is ambiguous, and limits, take the whole: `--reviewed` looks at it, `--plan` would not."""
    story.git(people({50: entry(50)}))
    saved = story.folder.parent / "plan.json"
    since(story, "--out", str(saved))
    refused = story.run("apply", "--plan", saved, "--yes")
    assert refused.code == 5
    assert "looked only at what changed since main" in refused.err + refused.out
    applied = story.run("apply", story.folder, "--reviewed", saved, "--yes", "--format", "json")
    assert applied.code == 0, applied
    assert [one["result"] for one in applied.json["outcomes"]] == ["done"] * 3


def test_an_account_in_other_letters_is_found(portal: Start) -> None:
    """A filter may regard case: it is asked for the address as written and as compared."""
    story = portal(seed().replace(address(50), address(50).capitalize()))
    git(story.folder.parent, "init", "--quiet")
    story.git(people())
    commit(story)
    story.git(people({50: {**entry(50), "email": address(50).capitalize()}}))
    assert [action for action, _ in changes(since(story))] == [
        "approve-developer", "add-member", "approve-registration",
    ]  # fmt: skip


def test_another_base_or_a_snapshot_does_not_go_with_it(story: Story) -> None:
    assert story.run("plan", story.folder, "--changed-since", "main", "--base", "HEAD~1").code == 3
    assert story.run("plan", story.folder, "--changed-since", "nowhere").code == 3
    assert HEADER in (story.folder / "access.yaml").read_text()
