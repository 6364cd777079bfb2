"""The whole life of access over a real git repository, from an empty folder on: docs/lifecycle.md tells it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.history.repository import Repository
from tests.scenarios.conftest import Start
from tests.scenarios.story import PORTAL, Ran, Story

SEED = """
    apis: [{name: payments}, {name: orders}]
    portals:
      - name: acme-partners
        developers: [{email: ada@partner.example, full_name: Ada Lovelace, status: approved}]
        teams: [{name: partners, members: [ada@partner.example]}]
        applications:
          - {name: Checkout, owner: ada@partner.example, registrations: [{api: payments, status: approved}]}
    """


class Life:
    """A portal, a repository with a workspace on main, and the day."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.top = story.folder.parent / "repo"
        self.access = self.top / "access"
        self.repository = Repository(self.top).init()
        self.on(2026, 12, 1)

    def on(self, year: int, month: int, day: int) -> None:
        """It is that day, for the command and for git."""
        self.story.now = self.repository.day = datetime(year, month, day, 12, tzinfo=UTC)

    def run(self, *arguments: str, code: int = 0) -> Ran:
        ran = self.story.run(*arguments)
        assert ran.code == code, ran
        return ran

    def document(self, command: str, *more: str, code: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = self.run(command, str(self.access), "--format", "json", *more, code=code).json
        return found

    def apply(self) -> list[str]:
        """What was done, in order; the second time nothing is."""
        done = self.document("apply", "--yes")["outcomes"]
        assert self.document("apply", "--yes")["outcomes"] == []
        return [f"{each['action']} {each['subject']['developer']['name']}" for each in done]

    def file(self, text: str) -> Path:
        """The one manifest that says this."""
        [path] = [path for path in self.access.rglob("*.yaml") if text in path.read_text(encoding="utf-8")]
        return path

    def approval(self, email: str) -> dict[str, Any]:
        """The ground on which the person may sign in."""
        [person] = self.document("access", "--only", email)["people"]
        ground: dict[str, Any] = person["rights"][0]["grounds"][0]
        return ground


@pytest.fixture
def life(portal: Start) -> Life:
    return Life(portal(SEED))


def test_from_sign_up_to_farewell(life: Life) -> None:
    """Adoption, three sign-ups, a request that a reviewer corrects, approval, extension, revocation, expiry."""
    story, repository, portal = life.story, life.repository, life.story.sandbox

    # Adoption: the portal as it is becomes main, and nothing is left to do.
    life.run("dump", str(life.access), "--portal", PORTAL, "--region", "eu")
    adopted = repository.commit("Adopt the portal", by="Root")
    assert life.document("plan")["changes"] == []

    # Three people sign up; one of their applications asks for an API.
    for name in ("bob", "cy", "dee"):
        portal.sign_up(PORTAL, f"{name}@partner.example", name.title())
        portal.verify(PORTAL, f"{name}@partner.example")
    assert life.document("plan")["summary"]["requests"] == 3

    # A bot makes the request; the reviewer takes one entry out, and merges.
    life.on(2026, 12, 3)
    repository.branch("requests")
    life.run("pending", str(life.access), "--write", "--reason", "PART-7", "--expires", "2027-06-30")
    repository.commit("3 sign-ups of partner.example", by="Bot")
    people = life.file("cy@partner.example")
    before, cy, after = people.read_text(encoding="utf-8").partition('  - email: "cy@partner.example"\n')
    people.write_text(before + after.partition("reason: PART-7\n")[2], encoding="utf-8")
    assert cy
    repository.commit("Cy is not theirs", by="Jo")
    life.on(2026, 12, 4)
    repository.merge("requests", "Merge pull request #12 from acme/requests", by="Jo")

    # The merge is the approval.
    assert life.apply() == ["approve-developer bob@partner.example", "approve-developer dee@partner.example"]
    assert (story.status("bob@partner.example"), story.status("cy@partner.example")) == ("approved", "pending")
    bob, ada = life.approval("bob@partner.example"), life.approval("ada@partner.example")
    assert (bob["reason"], bob["expires"]) == ("PART-7", "2027-06-30")
    assert told(bob) == ("Bot <bot@acme.example>", ["Jo <jo@acme.example>"], "#12", "2026-12-04")
    assert told(ada) == ("Root <root@acme.example>", ["Root <root@acme.example>"], None, "2026-12-01")
    assert ada["provenance"]["commit"]["id"] == adopted

    # Months later: two lines warn, one is extended by a request of its own, and still says who approved Bob.
    life.on(2027, 6, 20)
    warned = life.document("validate")["findings"]
    assert [(each["rule"], Path(each["file"]).name, each["line"]) for each in warned] == [
        ("expires-soon", people.name, 8),
        ("expires-soon", people.name, 11),
    ]
    life.run("extend", "bob@partner.example", str(life.access), "--until", "2027-12-31")
    repository.commit("Bob stays until the end of the year (#31)", by="Kim")
    assert life.apply() == []
    bob = life.approval("bob@partner.example")
    assert (bob["expires"], *told(bob)[1:3]) == ("2027-12-31", ["Jo <jo@acme.example>"], "#12")

    # Dee's last day has passed.
    life.on(2027, 7, 1)
    assert life.apply() == ["revoke-developer dee@partner.example"]

    # Bob leaves: a line takes everything away, and says who took it.
    text = people.read_text(encoding="utf-8")
    people.write_text(text.replace("    expires: 2027-12-31\n", "    status: revoked\n"), encoding="utf-8")
    repository.commit("Bob left Partner Inc. (#40)", by="Jo")
    assert life.apply() == ["revoke-developer bob@partner.example"]
    assert [
        len(each["rights"]) for each in life.document("access", "--explain", "bob@partner.example")["people"]
    ] == [0]
    assert [each["developer"]["name"] for each in life.document("access")["people"]] == ["ada@partner.example"]


def told(ground: dict[str, Any]) -> tuple[str, list[str], str | None, str]:
    """Who wrote the line, by whose approval, by which request, since which day."""
    found = ground["provenance"]
    return found["commit"]["author"], found["approvers"], found["request"], found["since"][:10]
