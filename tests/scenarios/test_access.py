"""`access`: who has access to what on the portal, through which line, and by whose approval."""

from __future__ import annotations

import csv
import io
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.report.access.as_csv import cell
from tests.history.repository import Repository
from tests.report.test_json import described, schema, strict
from tests.scenarios.conftest import Start
from tests.scenarios.story import HEADER, Ran, Story

SEED = """
apis: [{name: payments}, {name: orders}]
portals:
  - name: acme-partners
    developers:
      - {email: ada@partner.example, status: approved}
      - {email: bob@partner.example, status: approved}
      - {email: eve@partner.example, status: revoked}
      - {email: new@partner.example, status: pending}
    teams:
      - name: partners
        members: [ada@partner.example]
        roles: [{role: API Viewer, api: orders}]
      - {name: beta, members: [bob@partner.example], can_own_applications: true}
    applications:
      - {name: Checkout, owner: ada@partner.example, registrations: [{api: payments, status: approved}]}
      - {name: Old, owner: eve@partner.example, registrations: [{api: payments, status: approved}]}
      - {name: Bot, owner: {team: beta}, registrations: [{api: payments, status: approved}]}
"""
PEOPLE = """\
developers:
  - email: ada@partner.example
    reason: PART-1
    annotations: {sponsor: jo@acme.example}
    teams: [partners]
"""
CALLS = """\
    applications:
      - name: Checkout
        apis:
          - {name: payments, expires: 2027-06-30, reviewed: 2026-09-01}
          - orders
"""


@pytest.fixture
def story(portal: Start, monkeypatch: pytest.MonkeyPatch) -> Story:
    """Jo approved Ada by request 12; Kim squashed her application in by request 13. Of the rest git lists nothing."""
    monkeypatch.setenv("COLUMNS", "100")
    story = portal(SEED)
    monkeypatch.chdir(story.folder.parent)
    repository(story).init()
    repository(story).commit("start", by="Root", access__access=HEADER)
    at(story, 2)
    repository(story).branch("ada")
    at(story, 2).commit("Ada signed up", by="Ada", access__people=PEOPLE)
    at(story, 5).merge("ada", "Merge pull request #12 from acme/ada", by="Jo")
    at(story, 9).commit("Let Checkout call Payments (#13)", by="Kim", access__people=PEOPLE + CALLS)
    return story


def repository(story: Story) -> Repository:
    return Repository(story.folder.parent)


def at(story: Story, day: int) -> Repository:
    return Repository(story.folder.parent, datetime(2026, 3, day, 12, tzinfo=UTC))


def access(story: Story, *more: str | Path) -> Ran:
    ran = story.run("access", os.path.relpath(story.folder), *more)
    assert ran.code == 0, ran
    assert story.writes() == []
    return ran


def document(story: Story, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = access(story, "--format", "json", *more).json
    validator = Draft202012Validator(strict(schema("access")))
    assert [error.message for error in validator.iter_errors(found)] == []
    return found


def text(story: Story, *more: str) -> str:
    """The document below its heading, commits by a name of ours."""
    told = access(story, *more).out.partition("\n\n")[2]
    names = ("START", "SIGNED", "MERGED", "SQUASHED")
    for name, commit in zip(names, repository(story).git("log", "--format=%H", "--reverse").split(), strict=False):
        told = told.replace(commit[:12], name.ljust(12, "_"))
    return told


def test_everybody_is_told_with_line_request_approver_and_reason(story: Story) -> None:
    """What git does not list nobody approved there; what outlives an approval is left over; teams are told too."""
    assert (
        text(story)
        == """\
ada@partner.example, approved
  sign in to the portal
      account: approved by "Jo <jo@acme.example>", 2026-03-05, "#12", commit SIGNED______
          access/people.yaml:2
          reason: PART-1; sponsor: jo@acme.example
  call payments, through application Checkout
      registration: approved by "Kim <kim@acme.example>", 2026-03-09, "#13", commit SQUASHED____
          access/people.yaml:9
          reason: PART-1; ends after 2027-06-30; reviewed 2026-09-01; sponsor: jo@acme.example
  see orders, through team partners
      membership: approved by "Jo <jo@acme.example>", 2026-03-05, "#12", commit SIGNED______
          access/people.yaml:5
          reason: PART-1; sponsor: jo@acme.example
      role: not listed in git: nobody approved it there

bob@partner.example, approved
  sign in to the portal
      account: not listed in git: nobody approved it there
  call payments, through application Bot of team beta
      membership: not listed in git: nobody approved it there
      registration: not listed in git: nobody approved it there

eve@partner.example, revoked
  call payments, through application Old
      LEFT OVER: the person is not approved, and the credentials still work
      registration: not listed in git: nobody approved it there

team beta
  call payments, through application Bot of team beta
      registration: not listed in git: nobody approved it there

team partners
  see orders, through team partners
      role: not listed in git: nobody approved it there

3 people with 6 rights, 5 not listed in git, 1 left over
"""
    )


def test_why_she_can_and_since_when(story: Story) -> None:
    """--explain tells each path in full, and what is listed and not there yet."""
    told = document(story, "--explain", "Ada@partner.example", "--only", "payments")["people"]
    assert [(each["developer"]["name"], len(each["rights"])) for each in told] == [("ada@partner.example", 1)]
    assert "new@partner.example, pending" in text(story, "--explain", "new@partner.example")
    assert (
        text(story, "--explain", "Ada@partner.example")
        == """\
ada@partner.example, approved
    the portal changed the account last on 2026-01-01T00:00:04.000Z
  sign in to the portal, since 2026-03-05
      account: approved by "Jo <jo@acme.example>", 2026-03-05, "#12", commit SIGNED______
          access/people.yaml:2
          reason: PART-1; sponsor: jo@acme.example
          commit SIGNED______ of 2026-03-02 by "Ada <ada@acme.example>": "Ada signed up"
          merged on 2026-03-05 by "Jo <jo@acme.example>", commit MERGED______: "Merge pull request
              #12 from acme/ada"
  call orders, through application Checkout
      listed, and not there yet
      registration: approved by "Kim <kim@acme.example>", 2026-03-09, "#13", commit SQUASHED____
          access/people.yaml:10
          reason: PART-1; sponsor: jo@acme.example
          commit SQUASHED____ of 2026-03-09 by "Kim <kim@acme.example>": "Let Checkout call Payments
              (#13)"
  call payments, through application Checkout, since 2026-03-09
      registration: approved by "Kim <kim@acme.example>", 2026-03-09, "#13", commit SQUASHED____
          access/people.yaml:9
          reason: PART-1; ends after 2027-06-30; reviewed 2026-09-01; sponsor: jo@acme.example
          commit SQUASHED____ of 2026-03-09 by "Kim <kim@acme.example>": "Let Checkout call Payments
              (#13)"
  see orders, through team partners
      membership: approved by "Jo <jo@acme.example>", 2026-03-05, "#12", commit SIGNED______
          access/people.yaml:5
          reason: PART-1; sponsor: jo@acme.example
          commit SIGNED______ of 2026-03-02 by "Ada <ada@acme.example>": "Ada signed up"
          merged on 2026-03-05 by "Jo <jo@acme.example>", commit MERGED______: "Merge pull request
              #12 from acme/ada"
      role: not listed in git: nobody approved it there

1 person with 3 rights, 1 not listed in git
"""
    )


def test_what_nobody_looked_at_since_a_day_by_sponsor(story: Story) -> None:
    """`reviewed` counts, else the day of the approval; what git does not list nobody ever looked at."""
    assert text(story, "--review-before", "2026-03-09") == DUE


DUE = """\
jo@acme.example
  approval of ada@partner.example                                               access/people.yaml:2
      approved by "Jo <jo@acme.example>", 2026-03-05, "#12", commit SIGNED______
      last looked at 2026-03-05; reason: PART-1
  ada@partner.example in team partners                                          access/people.yaml:5
      approved by "Jo <jo@acme.example>", 2026-03-05, "#12", commit SIGNED______
      last looked at 2026-03-05; reason: PART-1

Nobody: no sponsor
  approval of bob@partner.example
      not listed in git: nobody approved it there
      never looked at
  bob@partner.example in team beta
      not listed in git: nobody approved it there
      never looked at
  team beta: Bot for payments
      not listed in git: nobody approved it there
      never looked at
  eve@partner.example: Old for payments
      not listed in git: nobody approved it there
      never looked at
  team partners: role "API Viewer" on orders in every region
      not listed in git: nobody approved it there
      never looked at

7 things due for review
"""

NONE = {"name": ""}


def subjects(story: Story, *more: str) -> list[str]:
    """Person or team, what they may do, the API."""
    told = document(story, *more)
    return [
        f"{holder.get('developer', holder.get('team'))['name']}: {right['can']} {(right['api'] or NONE)['name']}"
        for holder in (*told["people"], *told["teams"])
        for right in holder["rights"]
    ]


@pytest.mark.parametrize(
    ("only", "told"),
    [
        (["BOB@partner.example"], ["bob@partner.example: sign-in ", "bob@partner.example: call payments"]),
        (["partners"], ["ada@partner.example: see orders", "partners: see orders"]),
        (
            ["payments"],
            [
                "ada@partner.example: call payments",
                "bob@partner.example: call payments",
                "eve@partner.example: call payments",
                "beta: call payments",
            ],
        ),
        (["new@partner.example"], []),
    ],
)
def test_for_a_person_a_team_or_an_api(story: Story, only: list[str], told: list[str]) -> None:
    assert subjects(story, *(word for name in only for word in ("--only", name))) == told


def test_a_name_that_nobody_knows_is_an_error(story: Story) -> None:
    """It may be misspelt, and then nobody would seem to have access."""
    for flag, message in (
        ("--only", "is no person, team or API"),
        ("--explain", "nor the workspace knows 'payment'"),
    ):
        ran = story.run("access", story.folder, flag, "payment")
        assert (ran.code, ran.out, message in ran.err) == (3, "", True)


def test_json_has_all_of_it(story: Story) -> None:
    """In the fields of its schema, each with a title and a description, and the words of the other documents."""
    told = document(story)
    [ada, *_] = told["people"]
    [account] = ada["rights"][0]["grounds"]
    assert (account["cause"]["line"], account["reason"], account["provenance"]["request"]) == (2, "PART-1", "#12")
    assert account["provenance"]["approvers"] == ["Jo <jo@acme.example>"]
    assert account["provenance"]["commit"]["author"] == "Ada <ada@acme.example>"
    assert told["summary"] == {
        **dict.fromkeys(("uncommitted", "unknown", "due"), 0),
        **dict(zip(("people", "teams", "rights", "unlisted", "leftover"), (3, 2, 6, 5, 1), strict=True)),
    }
    ours, theirs = schema("access"), schema("report")["$defs"]
    assert [path for path, part in described(ours) if not part.get("title") or not part.get("description")] == []
    assert all(ours["$defs"][name] == theirs[name] for name in ours["$defs"] if name in theirs)


def test_what_is_not_committed_is_said_to_be(story: Story) -> None:
    path = story.folder / "people.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "  - bob@partner.example\n", encoding="utf-8")
    told = text(story, "--only", "bob@partner.example")
    assert "account: not committed yet" in told
    assert told.endswith("1 not committed\n")
    assert document(story)["commit"] is None


def test_in_a_shallow_clone_provenance_is_unknown(story: Story, tmp_path: Path) -> None:
    """And never the last committer; the reason stands on top."""
    repository(story).git("clone", "--quiet", "--depth", "1", f"file://{tmp_path}", str(tmp_path / "shallow"))
    story.folder = tmp_path / "shallow" / "access"
    told = access(story).out
    assert "Provenance is unknown: this clone is shallow" in " ".join(told.split())
    assert "account: by whose approval is unknown" in told
    assert "approved by" not in told
    assert document(story)["summary"]["unknown"] == 3
    assert len(document(story, "--review-before", "2026-03-01")["due"]) == 7


def test_an_invalid_workspace_is_an_error(story: Story) -> None:
    story.git("developers: [ada@partner.example, ada@partner.example]\n")
    ran = story.run("access", story.folder)
    assert (ran.code, ran.out) == (3, "")
    assert "reconciler validate" in ran.err


def test_a_person_or_a_day_and_only_a_day(story: Story) -> None:
    both = story.run("access", story.folder, "--explain", "ada@partner.example", "--review-before", "2026-01-01")
    assert (both.code, "give one of the two" in both.err) == (3, True)
    assert story.run("access", story.folder, "--review-before", "soon").code == 3


# Spreadsheets and pages


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=cmd|'/c calc'!A0", "'=cmd|'/c calc'!A0"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("a;=1+1", "a;'=1+1"),
        ("a, =1", "a, '=1"),
        ("\t=1", "\\t=1"),
        ("  =1", "  '=1"),
        ("\uff1d1", "'\uff1d1"),
        ("plain - text = fine", "plain - text = fine"),
        ("a@b.example", "a@b.example"),
        ("\r\n=1", "\\r\\n=1"),
    ],
)
def test_no_cell_is_a_formula(text: str, safe: str) -> None:
    """To a spreadsheet of whatever country; control characters are written out."""
    assert cell(text) == safe


def test_csv_has_one_row_a_right(story: Story) -> None:
    rows = list(csv.DictReader(io.StringIO(access(story, "--format", "csv").out)))
    assert [(row["person"], row["can"], row["api"], row["requests"]) for row in rows] == [
        ("ada@partner.example", "sign-in", "", "#12"),
        ("ada@partner.example", "call", "payments", "#12 | #13"),
        ("ada@partner.example", "see", "orders", "#12 | #12 | "),
        ("bob@partner.example", "sign-in", "", ""),
        ("bob@partner.example", "call", "payments", " |  | "),
        ("eve@partner.example", "call", "payments", ""),
    ]
    due = list(csv.DictReader(io.StringIO(access(story, "--format", "csv", "--review-before", "2026-03-09").out)))
    assert [row["sponsor"] for row in due] == ["jo@acme.example"] * 2 + [""] * 5


HOSTILE = "<img src=x onerror=alert(1)>\u202e=1;@x"


def test_what_strangers_typed_is_text_everywhere(portal: Start, tmp_path: Path) -> None:
    """On a terminal, in a page and in a spreadsheet."""
    application = {"name": HOSTILE, "owner": "ada@x.example", "registrations": [{"api": "a", "status": "approved"}]}
    people = [{"email": "ada@x.example", "status": "approved"}]
    portals = [{"name": "acme-partners", "developers": people, "applications": [application]}]
    story = portal({"apis": [{"name": "a"}], "portals": portals})
    story.git("developers: []\n")
    page, sheet = tmp_path / "a.html", tmp_path / "a.csv"
    shown = access(story, "--report", f"html={page}", "--report", f"csv={sheet}").out
    assert "\u202e" not in shown + page.read_text(encoding="utf-8") + sheet.read_text(encoding="utf-8")
    assert "<img" not in page.read_text(encoding="utf-8")
    assert ";'@x" in sheet.read_text(encoding="utf-8")
    assert page.read_text(encoding="utf-8").count("&lt;img src=x onerror=alert(1)&gt;") == 1


def test_a_snapshot_stands_for_the_portal(story: Story, tmp_path: Path) -> None:
    """Without a token; the document says which snapshot it was."""
    file = tmp_path / "portal.json"
    ran = story.run("dump", "--portal", "acme-partners", "--region", "eu", "--snapshot", file)
    assert ran.code == 0, ran
    live = document(story)
    story.environ = {"KONNECT_TOKEN": "", "KONNECT_SERVER_URL": ""}
    kept = document(story, "--snapshot", str(file))
    assert kept["snapshot"]["taken_at"] == "2026-11-23T12:00:00Z"
    assert [kept[part] for part in ("people", "teams", "summary")] == [
        live[part] for part in ("people", "teams", "summary")
    ]
    both = story.run("access", story.folder, "--snapshot", file, "--server", "sandbox")
    assert (both.code, "no portal is asked" in both.err) == (3, True)
