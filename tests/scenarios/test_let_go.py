"""`--base REF`: deleting a line must never look as if it had taken access away when it has not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.conftest import Start
from tests.scenarios.story import HEADER, Story, subject_in_words
from tests.scenarios.test_policy_from import commit, git

SEED = """
apis: [{name: payments}, {name: orders}]
portals:
  - name: acme-partners
    developers:
      - {email: ada@partner.example, full_name: Ada, status: approved}
      - {email: bob@partner.example, full_name: Bob, status: approved}
    teams:
      - name: partners
        members: [ada@partner.example, bob@partner.example]
        roles: [{role: API Viewer, api: payments, region: eu}]
    applications:
      - {name: Checkout, owner: ada@partner.example, registrations: [{api: payments, status: approved}]}
"""
BASE = """
developers:
  - {email: ada@partner.example, teams: [partners], applications: [{name: Checkout, apis: [payments]}]}
  - {email: bob@partner.example, teams: [partners]}
  - {email: gone@partner.example, status: revoked}
teams:
  - {name: partners, roles: [{role: API Viewer, api: payments}]}
"""


@pytest.fixture
def story(portal: Start) -> Story:
    """A repository whose main lists everything."""
    story = portal(SEED)
    git(story.folder.parent, "init", "--quiet")
    story.git(BASE)
    commit(story)
    return story


def plan(story: Story, *more: str, code: int = 0) -> dict[str, Any]:
    ran = story.run("plan", story.folder, "--format", "json", "--base", "main", *more)
    assert ran.code == code, ran
    return ran.json


def let_go(document: dict[str, Any]) -> dict[str, str]:
    """What is let go, with what happens to it."""
    return {subject_in_words(one): one["says"] for one in document["let_go"]}


def test_nothing_is_let_go_where_nothing_was_changed(story: Story) -> None:
    """That is said, so that who reads it knows that it was looked for."""
    document = plan(story)
    head = git(story.folder.parent, "rev-parse", "main")
    assert document["base"] == {"ref": "main", "commit": head, "state": "compared"}
    assert (document["let_go"], document["policy_changes"]) == ([], [])
    said = story.run("plan", story.folder, "--base", "main").out
    assert "Nothing is let go since main" in said
    assert "base" not in story.plan()


def test_a_line_that_is_deleted_takes_nothing_away_and_that_is_said_first(story: Story) -> None:
    """Under `report` all of it stays, with what to write; and what the portal does not have, it does not have."""
    story.git("developers: [ada@partner.example]")
    document = plan(story)
    assert let_go(document) == {
        "bob@partner.example": "access stays: unlisted is report; to take it away write an entry under `developers` "
        "with `status: revoked`",
        "gone@partner.example": "the portal does not have it",
        "partners": "the team stays: leaving it out deletes nothing, and git manages it no more",
        "partners | API Viewer | payments": "access stays, if the portal has it: git does not manage the roles of "
        "the team any more",
        "ada@partner.example | partners": "access stays: unlisted is report; to take it away write its line with an "
        "`expires` that is past",
        "bob@partner.example | partners": "access stays: unlisted is report; to take it away write its line with an "
        "`expires` that is past",
        "ada@partner.example | Checkout | payments": "access stays: unlisted is report; to take it away write its "
        "line with `status: revoked`",
    }
    assert document["changes"] == []
    [bob] = [one for one in document["let_go"] if subject_in_words(one) == "bob@partner.example"]
    assert bob["file"] == f"{document['base']['commit'][:12]}:access/access.yaml"
    assert bob["line"] == 5
    said = story.run("plan", story.folder, "--base", "main").out
    assert said.index("LET GO") < said.index("Unlisted")


def test_what_is_to_be_written_to_take_it_away_takes_it_away(story: Story) -> None:
    """The way out is true: each of the three."""
    story.git("""
        policy: {limits: {may_empty: [partners]}}
        developers:
          - email: ada@partner.example
            teams: [{name: partners, expires: 2026-11-22}]
            applications: [{name: Checkout, apis: [{name: payments, status: revoked}]}]
          - {email: bob@partner.example, status: revoked}
        """)
    before = story.portal
    story.apply()
    assert set(story.since(before)) == {
        "ada@partner.example / Checkout / payments",
        "ada@partner.example in partners",
        "bob@partner.example",
        "bob@partner.example in partners",
    }


def test_a_policy_that_takes_it_is_named(story: Story) -> None:
    """`exact` takes the membership of a person who is still listed, and not what is only reported."""
    story.git("""
        policy: {unlisted: {memberships: exact, registrations: ignore}}
        developers: [{email: ada@partner.example, teams: [beta]}]
        teams: [{name: beta}]
        """)
    document = plan(story)
    fates = {subject_in_words(one): one["fate"] for one in document["let_go"]}
    assert fates["ada@partner.example | partners"] == "taken"
    assert fates["bob@partner.example | partners"] == "stays"
    assert let_go(document)["ada@partner.example | partners"] == (
        "access is taken away: not listed, and policy.unlisted.memberships is exact"
    )
    assert let_go(document)["bob@partner.example | partners"] == (
        "access stays: unlisted is exact, which takes from people and teams that git lists alone; to take it away "
        "write its line with an `expires` that is past"
    )
    assert (
        "unlisted is ignore, so that nothing shows it"
        in let_go(document)["ada@partner.example | Checkout | payments"]
    )
    taken = [subject_in_words(change) for change in document["changes"] if change["effect"] == "removes"]
    assert taken == ["ada@partner.example | partners"]


def test_what_an_entry_takes_away_or_says_in_other_words_is_not_let_go(story: Story) -> None:
    """A revoked person's lines go with the person; from the team's side, or with a version, it is listed still."""
    story.git("""
        developers:
          - {email: ada@partner.example}
          - {email: bob@partner.example, status: revoked}
          - {email: gone@partner.example, status: revoked}
        teams:
          - {name: partners, roles: [{role: API Viewer, api: payments}], members: [ADA@partner.example]}
        """, apis="""
        apis:
          - {name: payments, version: null, applications: [{owner: ada@partner.example, name: Checkout}]}
        """)  # fmt: skip
    assert let_go(plan(story)) == {}


def test_drift_calls_it_by_its_class(story: Story) -> None:
    story.git("developers: [ada@partner.example]")
    ran = story.run("drift", story.folder, "--format", "json", "--base", "main")
    assert ran.code == 2
    found = {
        subject_in_words(item): item["because"] for item in ran.json["drift"]["items"] if item["class"] == "let-go"
    }
    where = f"{ran.json['base']['commit'][:12]}:access/access.yaml"
    assert found == {
        "ada@partner.example | partners": f"listed at {where}:4:42",
        "bob@partner.example": f"listed at {where}:5:5",
        "bob@partner.example | partners": f"listed at {where}:5:42",
        "ada@partner.example | Checkout | payments": f"listed at {where}:4:92",
    }
    assert let_go(ran.json) == let_go(plan(story))


def test_only_narrows_what_is_let_go_as_well(story: Story) -> None:
    story.git("developers: [ada@partner.example]")
    assert list(let_go(plan(story, "--only", "bob@partner.example"))) == [
        "bob@partner.example",
        "bob@partner.example | partners",
    ]


def test_changes_to_portal_policy_and_rules_are_called_out_before_all_else(story: Story) -> None:
    """Each key with both values, a default where it is not written; rules and allowances whole."""
    story.git(
        """
policy:
  scope: {developers: ["*"], teams: ["*"]}
  limits: {removals: {max: 500}, grants: {count: 500}}
  allow: [{rule: grants, max: 9000, until: 2027-01-01, reason: a big day}]
rules: [{name: domain, match: {email: "*@partner.example"}, approve: true}]
"""
        + BASE
    )
    document = plan(story)
    changed = {one["path"]: (one["before"], one["after"]) for one in document["policy_changes"]}
    assert changed == {
        "policy.limits.removals.max": ("50", "500"),
        "policy.allow[grants]": (
            None,
            '{"max": 9000, "reason": "a big day", "rule": "grants", "until": "2027-01-01"}',
        ),
        "rules[domain]": (
            None,
            '{"apis": [], "approve": true, "match": {"email": "*@partner.example"}, "max": 50, "teams": []}',
        ),
    }
    assert {(one["file"].rpartition("/")[2], one["line"]) for one in document["policy_changes"]} == {
        ("access.yaml", 5), ("access.yaml", 6), ("access.yaml", 7)
    }  # fmt: skip
    said = story.run("plan", story.folder, "--base", "main").out
    assert said.splitlines()[4].startswith("POLICY AND RULES CHANGED (3): since main")


def test_the_policy_of_the_base_may_judge_while_the_change_to_it_is_called_out(story: Story) -> None:
    """--policy-from lets the old policy count; what the change wants to make of it is still shown."""
    story.git("policy: {limits: {removals: {max: 500}}}" + BASE)
    document = plan(story, "--policy-from", "main")
    assert [one["path"] for one in document["policy_changes"]] == ["policy.limits.removals.max"]


def test_a_workspace_that_is_new_lets_nothing_go(portal: Start) -> None:
    story = portal(SEED)
    git(story.folder.parent, "init", "--quiet")
    git(story.folder.parent, "commit", "--quiet", "--allow-empty", "--message", "nothing yet")
    story.git(BASE)
    document = plan(story)
    assert (document["base"]["state"], document["let_go"], document["policy_changes"]) == ("new", [], [])
    said = story.run("plan", story.folder, "--base", "main").out
    assert "The workspace is new since main" in said


def test_a_workspace_that_was_invalid_there_can_be_put_right(story: Story) -> None:
    """The plan is made, and a warning says that what is let go is not known: not that nothing is."""
    (story.folder / "access.yaml").write_text(HEADER + "developers: [no address]\n", encoding="utf-8")
    commit(story)
    story.git(BASE)
    document = plan(story)
    assert (document["base"]["state"], document["let_go"]) == ("invalid", [])
    [found] = [one for one in document["findings"] if one["rule"] == "base-invalid"]
    assert found["severity"] == "warning"
    assert "so that what is let go is not known" in found["message"]
    assert "What is let go is NOT KNOWN since main" in story.run("plan", story.folder, "--base", "main").out


def test_files_at_any_depth_are_read_at_the_base(story: Story) -> None:
    """As on the disk: hidden ones are not, and a line that moved to another file is not let go."""
    story.git("developers: [ada@partner.example]\n", people__deep__bob="developers: [bob@partner.example]\n")
    hidden = story.folder / ".hidden"
    hidden.mkdir()
    (hidden / "eve.yaml").write_text("developers: [eve@partner.example]\n", encoding="utf-8")
    commit(story)
    story.git("developers: [bob@partner.example]\n", people__ada="developers: [ada@partner.example]\n")
    assert plan(story)["let_go"] == []
    story.git("developers: [ada@partner.example]\n")
    assert list(let_go(plan(story))) == ["bob@partner.example"]


def test_a_commit_that_is_not_there_is_an_error(story: Story) -> None:
    ran = story.run("plan", story.folder, "--base", "nowhere")
    assert ran.code == 3
    assert "git knows no commit nowhere here" in ran.out
