"""policy.reinstate: committed. A line of a later day than a stop on the portal undoes it, where git is sure."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.history.repository import Repository
from tests.scenarios.conftest import Start
from tests.scenarios.story import HEADER, PORTAL, Story

SEED = """
    apis: [{name: payments}]
    portals:
      - name: acme-partners
        developers: [{email: ada@partner.example, status: approved}]
        applications:
          - {name: Shop, owner: ada@partner.example, registrations: [{api: payments, status: approved}]}
    """
POLICY = "policy: {reinstate: committed}\n"
ADA = """\
developers:
  - email: ada@partner.example
    applications:
      - name: Shop
        apis:
          - payments
"""
HELD = ["ada@partner.example", "ada@partner.example | Shop | payments"]
"""What is stopped on the portal, on the story's day, 23 November."""


@pytest.fixture
def story(portal: Start) -> Story:
    """The policy and nobody in git; Ada and her registration are stopped on the portal; it is ten days later."""
    story = portal(SEED)
    Repository(story.folder.parent).init()
    commit(story, 1, POLICY)
    story.sandbox.set_registration(PORTAL, "ada@partner.example", "Shop", "payments", "revoked")
    story.sandbox.set_status(PORTAL, "ada@partner.example", "revoked")
    story.now = datetime(2026, 12, 3, 12, tzinfo=UTC)
    return story


def commit(story: Story, day: int, text: str, message: str = "change", *, month: int = 11) -> str:
    repository = Repository(story.folder.parent, datetime(2026, month, day, 12, tzinfo=UTC))
    return repository.commit(message, access__access=HEADER + text)


def rules(story: Story) -> list[str]:
    return [each["rule"] for each in story.plan()["findings"]]


def test_an_entry_that_was_written_on_a_later_day_gives_back(story: Story) -> None:
    """The person and their registration; each is told at its line, with the commit, and then it stays so."""
    written = commit(story, 24, POLICY + ADA)
    assert [line.partition(" |")[0] for line in story.changes()] == ["approve-developer", "approve-registration"]
    found = story.plan()["findings"]
    assert [(each["rule"], each["severity"], each["line"]) for each in found] == [
        ("reinstated-by-commit", "warning", 4),
        ("reinstated-by-commit", "warning", 8),
    ]
    assert written[:12] in found[0]["message"]
    story.apply()
    assert story.status("ada@partner.example") == "approved"
    assert story.registrations("ada@partner.example", "Shop") == {"payments": "approved"}


@pytest.mark.parametrize("day", [22, 23])
def test_a_line_of_the_same_day_or_before_gives_nothing_back(story: Story, day: int) -> None:
    """It may be of an hour before the stop; a day that is written by hand says so, a commit does not."""
    commit(story, day, POLICY + ADA)
    assert (story.listed("held"), story.changes(), rules(story)) == (HELD, [], [])


def test_without_the_policy_a_commit_gives_nothing_back(story: Story) -> None:
    commit(story, 24, ADA)
    assert (story.listed("held"), story.changes()) == (HELD, [])


def test_of_a_commits_two_dates_the_earlier_counts(story: Story) -> None:
    """A rebase, or a merge after the stop of what was written before it, is no decision about the stop."""
    repository = Repository(story.folder.parent, datetime(2026, 11, 28, 12, tzinfo=UTC))
    repository.write("access/access.yaml", HEADER + POLICY + ADA)
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message", "late", "--date", "2026-11-20T12:00:00Z")
    assert (story.listed("held"), story.changes()) == (HELD, [])


def test_a_commit_from_the_future_gives_nothing_back(story: Story) -> None:
    commit(story, 24, POLICY + ADA, month=12)
    assert (story.listed("held"), story.changes()) == (HELD, [])


def test_moving_and_indenting_a_line_gives_nothing_back(story: Story) -> None:
    commit(story, 20, POLICY + ADA)
    commit(story, 24, POLICY + ADA.replace("  - email", "    - email").replace("    app", "      app"))
    assert (story.listed("held"), story.changes()) == (HELD, [])


def test_what_is_not_committed_gives_nothing_back(story: Story) -> None:
    (story.folder / "access.yaml").write_text(HEADER + POLICY + ADA, encoding="utf-8")
    assert (story.listed("held"), story.changes()) == (HELD, [])


def test_a_shallow_clone_gives_nothing_back_and_says_why(story: Story, tmp_path: Path) -> None:
    """The plan of a clone without history must not approve more than another."""
    commit(story, 24, POLICY + ADA)
    Repository(tmp_path).git("clone", "--quiet", "--depth", "1", f"file://{tmp_path}", str(tmp_path / "shallow"))
    story.folder = tmp_path / "shallow" / "access"
    assert (story.listed("held"), rules(story)) == (HELD, ["reinstate-unknown"])
