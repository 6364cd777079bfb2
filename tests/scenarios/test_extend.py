"""`extend`: the lines that say when a person's access ends get a later day, and nothing else changes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenarios.conftest import Start
from tests.scenarios.story import Story

pytestmark = pytest.mark.in_process

SEED = """
    apis: [{name: payments}, {name: orders}]
    portals:
      - name: acme-partners
        developers: [{email: ada@partner.example, full_name: Ada, status: approved}]
        teams: [{name: partners, members: [ada@partner.example]}]
        applications:
          - {name: Shop, owner: ada@partner.example, registrations: [{api: payments, status: approved}]}
    """
ACCESS = """\
    defaults: {expires: 2027-06-30}
    developers:
    - email: ada@partner.example
      expires: 2026-12-01   # the contract
      teams: [{name: partners, expires: 2026-11-30}]
      applications:
      - {name: Shop, apis: [{name: payments, expires: 2027-03-31}]}
    - bob@partner.example
    """
TEAMS = """\
    teams:
      - name: beta
        members:
          - {email: ada@partner.example, expires: 2026-11-25}
          - {email: bob@partner.example, expires: 2026-11-25}
    """


def extend(story: Story, *more: str, who: str = "ada@partner.example", code: int = 0) -> str:
    """The lines of the diff that change, of every file."""
    ran = story.run("extend", who, str(story.folder), *more)
    assert ran.code == code, ran
    if code:
        return ran.err
    assert story.run("validate", str(story.folder)).code == 0
    return "".join(
        f"{line}\n" for line in ran.out.splitlines() if line[:1] in "+-" and not line.startswith(("+++", "---"))
    )


def soon(story: Story) -> list[str]:
    """The warnings of access that soon ends, each with its line."""
    findings = story.plan()["findings"]
    return [f"{f['line']}: {f['message']}; {f['hint']}" for f in findings if f["rule"] == "expires-soon"]


def test_a_plan_warns_before_at_the_line_to_change(portal: Start) -> None:
    """Who, of what, until when, and the command that gives a later day."""
    story = portal(SEED)
    story.git(ACCESS, teams=TEAMS)
    hint = "`reconciler extend ada@partner.example PATH --until DATE` gives a later day; or let it end"
    assert soon(story) == [
        f"5: access of ada@partner.example ends after 2026-12-01, in 8 days; {hint}",
        f"6: membership of ada@partner.example in partners ends after 2026-11-30, in 7 days; {hint}",
        f"4: membership of ada@partner.example in beta ends after 2026-11-25, in 2 days; {hint}",
        "5: membership of bob@partner.example in beta ends after 2026-11-25, in 2 days; "
        + hint.replace("ada", "bob"),
    ]


def test_what_soon_ends_ends_later(portal: Start) -> None:
    """In every file; what ends later on its own account does not change, nor does anybody else's."""
    story = portal(SEED)
    story.git(ACCESS, teams=TEAMS)
    assert extend(story, "--until", "2027-12-31") == (
        "-  expires: 2026-12-01   # the contract\n"
        "-  teams: [{name: partners, expires: 2026-11-30}]\n"
        "+  expires: 2027-12-31   # the contract\n"
        "+  teams: [{name: partners, expires: 2027-12-31}]\n"
        "-      - {email: ada@partner.example, expires: 2026-11-25}\n"
        "+      - {email: ada@partner.example, expires: 2027-12-31}\n"
    )
    assert [line for line in soon(story) if "ada@" in line] == []
    assert "not before 2027-12-31" in extend(story, "--until", "2027-12-31", code=3)


def test_an_end_that_the_file_gives_to_all_is_extended_for_one(portal: Start) -> None:
    """The plain address becomes an entry of its own."""
    story = portal(SEED)
    story.git(ACCESS)
    assert extend(story, "--until", "2028-06-30", who="BOB@partner.example") == (
        "-- bob@partner.example\n+- email: bob@partner.example\n+  expires: 2028-06-30\n"
    )


def test_a_dry_run_changes_nothing(portal: Start) -> None:
    """It shows the same."""
    story = portal(SEED)
    story.git(ACCESS)
    before = (story.folder / "access.yaml").read_bytes()
    assert "+  expires: 2027-12-31" in extend(story, "--until", "2027-12-31", "--dry-run")
    assert (story.folder / "access.yaml").read_bytes() == before


def test_access_that_has_ended_comes_back_with_reinstate(portal: Start) -> None:
    """Without it, what was taken away stays held, as everything does that was revoked on the portal."""
    story = portal(SEED)
    story.git(ACCESS)
    story.now += timedelta(days=30)
    story.apply()
    assert story.status("ada@partner.example") == "revoked"
    extend(story, "--until", "2027-12-31")
    assert story.listed("held") == ["ada@partner.example", "ada@partner.example | Shop | payments"]
    story.git(ACCESS)
    assert "+  reinstated: 2026-12-23\n" in extend(story, "--until", "2027-12-31", "--reinstate")
    story.now += timedelta(minutes=1)
    story.apply()
    assert story.status("ada@partner.example") == "approved"
    assert story.members("partners") == ["ada@partner.example"]
    assert story.registrations("ada@partner.example", "Shop") == {"payments": "approved"}


def test_arguments_the_other_way_round_are_told_so(portal: Start) -> None:
    """Not that there is no file of that name."""
    story = portal(SEED)
    story.git(ACCESS)
    ran = story.run("extend", str(story.folder), "ada@partner.example", "--until", "2027-12-31")
    assert (ran.code, "the address comes first" in ran.err) == (3, True), ran


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("ada@partner.example", "2026-01-01"), "is past"),
        (("nobody@partner.example", "2027-12-31"), "nothing says when access of nobody@partner.example ends"),
        (("gone@partner.example", "2027-12-31"), "the person is revoked"),
        (("cy@partner.example", "2027-12-31"), "ends later: 2027-03-31"),
    ],
)
def test_what_cannot_be_extended_is_told(portal: Start, arguments: tuple[str, str], why: str) -> None:
    """With what to do, and nothing is changed."""
    story = portal(SEED)
    story.git(
        """\
        developers:
        - {email: ada@partner.example, expires: 2026-12-01}
        - {email: gone@partner.example, status: revoked}
        - {email: cy@partner.example, teams: [{name: partners, expires: 2027-03-31}]}
        """
    )
    assert why in extend(story, "--until", arguments[1], who=arguments[0], code=3)
