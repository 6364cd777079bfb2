"""`drift`, classified: what somebody clicked past git, told from what git, the portal and the evidence say."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Problem, Request, Response
from reconciler.sandbox.people.story import read
from tests.scenarios.conftest import Start
from tests.scenarios.story import Ran, Story, subject_in_words

SEED = """
    apis: [{name: payments}, {name: orders}]
    portals:
      - name: acme-partners
        developers:
          - {email: ada@partner.example, full_name: Ada, status: approved}
          - {email: bob@partner.example, full_name: Bob, status: approved}
        teams: [{name: partners, members: [ada@partner.example, bob@partner.example]}]
        applications:
          - {name: Checkout, owner: ada@partner.example, registrations: [{api: payments, status: approved}]}
    """
GIT = """
    developers:
      - {email: ada@partner.example, teams: [partners], applications: [{name: Checkout, apis: [payments]}]}
      - {email: bob@partner.example, teams: [partners]}
    """


def drift(story: Story, *more: str | Path) -> dict[str, Any]:
    """The report of `drift`; nothing is written, and told twice it is the same."""
    ran = story.run("drift", story.folder, "--format", "json", *more)
    assert ran.code in (0, 2), ran
    assert story.run("drift", story.folder, "--format", "json", *more).out == ran.out
    assert story.writes() == []
    return ran.json


def classes(report: dict[str, Any]) -> dict[str, list[str]]:
    """What is of each class, in words."""
    found: dict[str, list[str]] = {}
    for item in report["drift"]["items"]:
        found.setdefault(item["class"], []).append(subject_in_words(item))
    counted = {name: count for name, count in report["drift"]["counts"].items() if count}
    assert {name: len(items) for name, items in found.items()} == counted
    return found


def because(report: dict[str, Any]) -> dict[str, str | None]:
    """What the evidence tells of each thing."""
    return {subject_in_words(item): item["because"] for item in report["drift"]["items"]}


def play(story: Story, *moves: dict[str, Any]) -> None:
    """Somebody clicks on the portal, past git."""
    read({"portal": "acme-partners", "story": list(moves)}).play(story.sandbox)


def test_a_portal_as_git_says_is_in_sync_and_that_is_said_with_what_was_looked_at_and_when(portal: Start) -> None:
    story = portal(SEED)
    story.git(GIT)
    report = drift(story)
    assert (report["exit_code"], report["in_sync"], classes(report)) == (0, True, {})
    said = story.run("drift", story.folder).out
    assert "In sync: the portal is as git says" in said
    looked = "Looked at 2 APIs, 1 application, 2 developers, 2 memberships, 1 registration, 1 team, as of"
    assert f"{looked} 2026-11-23T12:00:00Z." in said.replace("\n    ", " ")


def test_what_was_clicked_past_git_is_classified_and_its_cause_is_not_guessed(portal: Start) -> None:
    """Each thing once, each with its class; who did it, and whether it ever was otherwise, nobody can tell."""
    story = portal(SEED)
    story.git(GIT + "  - {email: eve@partner.example, status: revoked}\n")
    play(
        story,
        {"sign-up": {"email": "stranger@elsewhere.example", "full_name": "S"}},
        {"approve": "stranger@elsewhere.example"},
        {"sign-up": {"email": "eve@partner.example", "full_name": "E"}},
        {"approve": "eve@partner.example"},
        {"sign-up": {"email": "new@partner.example", "full_name": "N"}},
        {"verify": "new@partner.example"},
        {"remove-from-team": {"email": "ada@partner.example", "team": "partners"}},
        {"revoke": "bob@partner.example"},
        {"create-application": {"email": "ada@partner.example", "name": "Side"}},
        {"request-api": {"email": "ada@partner.example", "application": "Side", "api": "orders"}},
        {"approve-registration": {"owner": "ada@partner.example", "application": "Side", "api": "orders"}},
    )
    report = drift(story)
    assert (report["exit_code"], report["in_sync"]) == (2, False)
    assert classes(report) == {
        "denied": ["eve@partner.example"],
        "extra": ["ada@partner.example | Side | orders", "stranger@elsewhere.example"],
        "missing": ["ada@partner.example | partners"],
        "held": ["bob@partner.example"],
        "request": ["new@partner.example"],
    }
    asked = {words: why for words, why in because(report).items() if why is not None}
    assert set(asked.values()) == {"cause unknown"}
    assert because(report)["new@partner.example"] is None


def test_since_when_and_how_old_as_far_as_the_portal_says(portal: Start) -> None:
    """People and registrations carry a time; memberships do not."""
    story = portal(SEED)
    story.git("developers: [bob@partner.example]")
    by_name = {subject_in_words(item): item for item in drift(story)["drift"]["items"]}
    ada = by_name["ada@partner.example"]
    assert ada["since"] is not None
    assert ada["age_days"] is not None
    assert by_name["ada@partner.example | partners"]["since"] is None
    assert by_name["ada@partner.example | partners"]["age_days"] is None


@pytest.mark.in_process
@pytest.mark.parametrize(
    ("setting", "auto", "told"),
    [
        (
            "auto_approve_developers: true",
            ["stranger@elsewhere.example"],
            "the portal approves every developer who signs up",
        ),
        (
            "auto_approve_applications: true",
            ["ada@partner.example | Side | orders"],
            "the portal approves every request of an application for an API",
        ),
        (
            "publications: [{api: orders, auto_approve_registrations: true}, {api: payments}]",
            ["ada@partner.example | Side | orders"],
            "the publication of the API approves every request by itself",
        ),
        (
            "identity_providers: [{type: oidc, enabled: true}]",
            ["stranger@elsewhere.example"],
            "a login by the identity provider (oidc) approves",
        ),
    ],
    ids=["developers", "applications", "publication", "login"],
)
def test_extra_access_of_a_kind_that_the_portal_approves_by_itself_is_said_to_be_so(
    portal: Start, setting: str, auto: list[str], told: str
) -> None:
    """The setting is named; the rest is extra. At most one request for it, for it may be in the portal itself."""
    extra = """
          - {email: stranger@elsewhere.example, full_name: S, status: approved}
        teams:"""
    asked = "registrations: [{api: orders, status: approved}]"
    side = f"applications:\n          - {{name: Side, owner: ada@partner.example, {asked}}}"
    seed = SEED.replace("\n        teams:", extra).replace("applications:", side)
    story = portal(seed.replace("        developers:", f"        {setting}\n        developers:"))
    story.git(GIT)
    found = classes(drift(story))
    assert found["auto-approved"] == auto
    assert found["extra"] == sorted({"stranger@elsewhere.example", "ada@partner.example | Side | orders"} - set(auto))
    assert told in because(drift(story)).values()
    story.server.requests.clear()
    story.run("plan", story.folder)
    planning = len(story.server.requests)
    story.server.requests.clear()
    story.run("drift", story.folder)
    assert len(story.server.requests) - planning <= 2


@pytest.mark.in_process
def test_a_setting_that_the_token_may_not_read_ends_nothing_and_is_named(portal: Start) -> None:
    """The class is then extra, never a guess, and the report says what is not known."""
    story = portal(SEED)
    story.git("developers: [ada@partner.example, bob@partner.example]")

    def forbidden(request: Request) -> Response | None:
        hidden = request.path.endswith(("/api-publications", "/identity-providers"))
        return Response.json(403, Problem(403, "Forbidden", "no").document(1)) if hidden else None

    story.on_request(forbidden)
    report = drift(story)
    assert report["exit_code"] == 2
    assert "auto-approved" not in classes(report)
    assert report["drift"]["unread"] == ["whether a publication approves registrations by itself"]


def test_what_the_identity_provider_owns_is_a_class_of_its_own(portal: Start) -> None:
    story = portal("""
        portals:
          - name: acme-partners
            identity_providers: [{type: oidc, enabled: true}]
            authentication_settings: {idp_mapping_enabled: true}
            developers: [{email: ada@partner.example, full_name: Ada, status: approved}]
            teams: [{name: staff, groups: [staff]}]
        """)
    story.git("developers: [{email: ada@partner.example, teams: [staff, nowhere]}]")
    report = drift(story)
    assert classes(report) == {
        "identity-provider": ["ada@partner.example | staff"],
        "blocked": ["ada@partner.example | nowhere"],
    }
    assert report["exit_code"] == 0


def test_what_has_expired_is_told_from_what_is_denied(portal: Start) -> None:
    """Both are taken away by entries; which of the two, the line says, for a cascade too."""
    story = portal(SEED)
    story.git("""
        developers:
          - {email: ada@partner.example, expires: 2026-11-22}
          - {email: bob@partner.example, status: revoked}
        """)
    found = classes(drift(story))
    assert found == {
        "denied": ["bob@partner.example", "bob@partner.example | partners"],
        "expired": [
            "ada@partner.example | Checkout | payments",
            "ada@partner.example",
            "ada@partner.example | partners",
        ],
    }


def test_a_team_that_differs_is_a_class_of_its_own(portal: Start) -> None:
    story = portal(SEED)
    story.git(GIT + "teams: [{name: partners, description: All of them}, {name: beta}]")
    assert classes(drift(story)) == {"team": ["beta", "partners"]}


# ---------------------------------------------------------------------------------------------------- the evidence


def with_journal(portal: Start, tmp_path: Path) -> tuple[Story, Path]:
    """A portal to which `apply` has given Ada a team, with its journal."""
    story = portal(SEED.replace("members: [ada@partner.example, bob@partner.example]", "members: []"))
    story.git(GIT)
    journal = tmp_path / "journal.jsonl"
    story.apply("--journal", str(journal))
    story.server.requests.clear()
    return story, journal


def test_a_journal_tells_what_vanished_from_what_never_was(portal: Start, tmp_path: Path) -> None:
    """`apply` gave it, and it is gone: somebody took it away. What the journal does not know stays unknown."""
    story, journal = with_journal(portal, tmp_path)
    play(story, {"remove-from-team": {"email": "ada@partner.example", "team": "partners"}})
    story.git(GIT.replace("teams: [partners], app", "teams: [partners, beta], app") + "teams: [{name: beta}]")
    assert classes(drift(story))["missing"] == ["ada@partner.example | beta", "ada@partner.example | partners"]
    report = drift(story, "--since-journal", journal)
    assert classes(report)["vanished"] == ["ada@partner.example | partners"]
    assert classes(report)["missing"] == ["ada@partner.example | beta"]
    assert because(report)["ada@partner.example | beta"] == "cause unknown"
    assert because(report)["ada@partner.example | partners"] == (
        "`apply` gave it on 2026-11-23 (journal), and it is gone"
    )


def test_a_journal_tells_what_apply_tried_in_vain(portal: Start, tmp_path: Path) -> None:
    """It was never given, so that it cannot have vanished; and why, the journal knows."""
    story, journal = with_journal(portal, tmp_path)
    play(story, {"remove-from-team": {"email": "ada@partner.example", "team": "partners"}})
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    for line in lines:
        if line["kind"] == "change-answered":
            line.update(outcome="failed", error="the portal\u202e says no")
    journal.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    report = drift(story, "--since-journal", journal)
    assert classes(report) == {"missing": ["ada@partner.example | partners"]}
    assert because(report) == {
        "ada@partner.example | partners": "`apply` tried on 2026-11-23 (journal), and it was not made: "
        "the portal\u202e says no"
    }
    assert "\\u{202e}" in story.run("drift", story.folder, "--since-journal", journal).out


def test_what_was_taken_away_by_apply_itself_has_not_vanished(portal: Start, tmp_path: Path) -> None:
    """Git said so then, and lists it again now; a person whom it revoked is held, and that is why."""
    story, journal = with_journal(portal, tmp_path)
    story.git(GIT.replace("bob@partner.example, teams: [partners]", "bob@partner.example, status: revoked"))
    story.apply("--journal", str(journal))
    story.server.requests.clear()
    story.git(GIT)
    report = drift(story, "--since-journal", journal)
    assert classes(report) == {"held": ["bob@partner.example"], "waiting": ["bob@partner.example | partners"]}
    assert because(report)["bob@partner.example"] == "`apply` took it away on 2026-11-23 (journal)"


def test_a_journal_tells_what_git_has_let_go(portal: Start, tmp_path: Path) -> None:
    """`apply` gave it, so git listed it; now it does not, and the access is still there."""
    story, journal = with_journal(portal, tmp_path)
    story.git(GIT.replace("email: bob@partner.example, teams: [partners]", "email: bob@partner.example"))
    assert classes(drift(story)) == {"extra": ["bob@partner.example | partners"]}
    report = drift(story, "--since-journal", journal)
    assert classes(report) == {"let-go": ["bob@partner.example | partners"]}
    assert because(report) == {"bob@partner.example | partners": "`apply` gave it on 2026-11-23 (journal)"}


def test_the_journal_of_another_portal_tells_nothing(portal: Start, tmp_path: Path) -> None:
    story, journal = with_journal(portal, tmp_path)
    play(story, {"remove-from-team": {"email": "ada@partner.example", "team": "partners"}})
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    for line in lines:
        line["portal"]["id"] = "another"
    journal.write_text("".join(f"{json.dumps(line)}\n" for line in lines) + '{"half a li')
    report = drift(story, "--since-journal", journal)
    assert classes(report) == {"missing": ["ada@partner.example | partners"]}
    assert report["drift"]["evidence"] == ["journal: changes of this portal: 0, runs: 0"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("no journal\n", "is no journal: it does not begin as one"),
        ('{"format_version": "2.0"}\n', "has format version 2.0, and 1.0 is read here"),
        (
            '{"format_version": "1.0", "kind": "change-answered", "portal": {"id": 1}}\n',
            "is no line of a journal: portal.id: a string is expected",
        ),
        (None, "cannot be read: No such file or directory"),
    ],
    ids=["text", "version", "field", "missing"],
)
def test_a_file_that_is_no_journal_is_an_error(portal: Start, tmp_path: Path, content: str | None, said: str) -> None:
    story = portal(SEED)
    story.git(GIT)
    file = tmp_path / "journal.jsonl"
    if content is not None:
        file.write_text(content)
    ran = story.run("drift", story.folder, "--since-journal", file)
    assert ran.code == 3
    assert said in ran.out


def taken(story: Story, file: Path) -> Path:
    """A snapshot of the portal as it is now."""
    ran = story.run("dump", "--portal", "acme-partners", "--snapshot", file)
    assert ran.code == 0, ran
    return file


def test_a_snapshot_tells_what_was_there_before(portal: Start, tmp_path: Path) -> None:
    """Gone since: vanished. Stopped since, or come since: said. Who did it is not known all the same."""
    story = portal(SEED)
    story.git(GIT)
    before = taken(story, tmp_path / "before.json")
    story.now += timedelta(days=2)
    play(
        story,
        {"remove-from-team": {"email": "ada@partner.example", "team": "partners"}},
        {"revoke": "bob@partner.example"},
        {"sign-up": {"email": "stranger@elsewhere.example", "full_name": "S"}},
        {"approve": "stranger@elsewhere.example"},
        {"delete-application": {"email": "ada@partner.example", "application": "Checkout"}},
    )
    report = drift(story, "--since-snapshot", before)
    assert classes(report) == {
        "extra": ["stranger@elsewhere.example"],
        "vanished": ["ada@partner.example | partners", "ada@partner.example | Checkout | payments"],
        "held": ["bob@partner.example"],
    }
    assert because(report) == {
        "stranger@elsewhere.example": "it was not there on 2026-11-23 (snapshot); cause unknown",
        "ada@partner.example | partners": "it was there on 2026-11-23 (snapshot), and is gone",
        "ada@partner.example | Checkout | payments": "it was there on 2026-11-23 (snapshot), and is gone",
        "bob@partner.example": "it was approved on 2026-11-23 (snapshot), and was stopped since",
    }
    assert report["drift"]["evidence"] == ["snapshot: taken 2026-11-23T12:00:00Z"]


def test_of_two_accounts_with_one_address_the_one_does_not_stand_for_the_other(portal: Start, tmp_path: Path) -> None:
    """A rule gives both a team, and one has it still: that the other lacks it says nothing of what was."""
    story = portal("""
        portals:
          - name: acme-partners
            developers:
              - {email: ada@partner.example, full_name: Ada, status: approved}
              - {email: ADA@partner.example, full_name: Ada, status: approved}
            teams: [{name: partners, members: [ada@partner.example]}]
        """)
    story.git('rules: [{name: domain, match: {email: "*@partner.example"}, teams: [partners]}]')
    report = drift(story, "--since-snapshot", taken(story, tmp_path / "before.json"))
    assert "vanished" not in classes(report)
    assert classes(report)["missing"] == ["ADA@partner.example | partners"]


def test_who_signs_up_anew_is_the_same_person(portal: Start, tmp_path: Path) -> None:
    """The account has another id, and the address is the person: what was there before is told by it."""
    story = portal(SEED)
    story.git(GIT)
    before = taken(story, tmp_path / "before.json")
    play(
        story,
        {"delete-developer": "bob@partner.example"},
        {"sign-up": {"email": "bob@partner.example", "full_name": "Bob"}},
        {"approve": "bob@partner.example"},
    )
    assert classes(drift(story, "--since-snapshot", before)) == {"vanished": ["bob@partner.example | partners"]}


# ---------------------------------------------------------------------------------------- the exit code and the age


def test_fail_on_names_the_classes_that_count(portal: Start) -> None:
    """One that is not there does not, whatever else differs; and it is still not in sync."""
    story = portal(SEED)
    story.git("developers: [ada@partner.example, bob@partner.example]")

    def code(*more: str) -> Ran:
        return story.run("drift", story.folder, *more)

    assert code().code == 2
    assert code("--fail-on", "residual,vanished").code == 0
    assert "In sync" not in code("--fail-on", "residual,vanished").out
    assert code("--fail-on", "residual", "--fail-on", "waiting, extra").code == 2
    ran = code("--fail-on", "extras")
    assert ran.code == 3
    assert "'extras' is no class of drift; they are residual, denied, expired" in ran.err.replace("\n", " ")


def test_requests_can_be_made_to_count(portal: Start) -> None:
    story = portal(SEED)
    story.git(GIT)
    play(story, {"sign-up": {"email": "new@partner.example", "full_name": "N"}}, {"verify": "new@partner.example"})
    assert story.run("drift", story.folder).code == 0
    assert story.run("drift", story.folder, "--fail-on", "request").code == 2


@pytest.mark.in_process
def test_since_leaves_out_what_is_known_to_be_older(portal: Start) -> None:
    """What the portal gives no time for stays, and the report says how much is older: that is not in sync."""
    story = portal(SEED)
    story.git("developers: []")
    story.now += timedelta(days=10)
    play(story, {"sign-up": {"email": "new@partner.example", "full_name": "N"}}, {"approve": "new@partner.example"})
    everything = [subject_in_words(item) for item in drift(story)["drift"]["items"]]
    assert len(everything) == 6
    for since in ("7d", "2026-11-20"):
        report = drift(story, "--since", since)
        left = [subject_in_words(item) for item in report["drift"]["items"]]
        assert "ada@partner.example | partners" in left
        assert (report["in_sync"], report["drift"]["older"]) == (False, 6 - len(left))
    ran = story.run("drift", story.folder, "--since", "yesterday")
    assert ran.code == 3
    assert "'yesterday' is no age and no date" in ran.err


@pytest.mark.in_process
def test_what_is_left_out_as_older_is_not_in_sync(portal: Start) -> None:
    """Nothing newer is there, the exit code is 0, and nobody says that the portal is as git says."""
    story = portal(
        "portals: [{name: acme-partners, developers: [{email: a@x.example, full_name: A, status: approved}]}]"
    )
    story.git("developers: []")
    story.now += timedelta(days=30)
    ran = story.run("drift", story.folder, "--format", "json", "--since", "7d")
    assert (ran.code, ran.json["drift"]["items"], ran.json["drift"]["older"]) == (0, [], 1)
    assert ran.json["in_sync"] is False
    assert "Drift: 1 older left out" in story.run("drift", story.folder, "--since", "7d").out
