"""Taking access away: complete, in an order that leaves no gap, whoever else lists the person, whatever fails."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.sandbox import Request, Response
from tests.scenarios.conftest import Start
from tests.scenarios.story import PORTAL, Story, in_words

# Complete

BOB_HAS_EVERYTHING = """
    apis: [{name: payments}, {name: orders}, {name: ledger}, {name: kit, package: true}]
    portals:
      - name: acme-partners
        developers:
          - {email: ada@partner.example, status: approved}
          - {email: bob@partner.example, status: approved}
        teams:
          - {name: partners, members: [ada@partner.example, bob@partner.example]}
          - {name: beta, members: [bob@partner.example]}
          - {name: ops, members: [ada@partner.example, bob@partner.example]}
        applications:
          - name: Checkout
            owner: bob@partner.example
            registrations:
              - {api: payments, status: approved}
              - {api: ledger, status: approved}
              - {package: kit, status: approved}
              - {api: orders, status: pending}
          - {name: Second, owner: bob@partner.example, registrations: [{api: orders, status: approved}]}
          - {name: Shop, owner: ada@partner.example, registrations: [{api: payments, status: approved}]}
    """
BOBS_REGISTRATIONS_END = {
    "bob@partner.example / Checkout / ledger": "approved → revoked",
    "bob@partner.example / Checkout / package kit": "approved → revoked",
    "bob@partner.example / Checkout / payments": "approved → revoked",
    "bob@partner.example / Second / orders": "approved → revoked",
}


@pytest.mark.parametrize("status", ["revoked", "rejected"])
def test_a_tombstone_takes_every_registration_the_status_and_every_membership_in_scope(
    portal: Start, status: str
) -> None:
    """First every approved registration of applications that they own, whatever its API, then the status, then teams.

    `scope.apis` and packages included; a team outside the scope is not ours, and a request is no access.
    """
    story = portal(BOB_HAS_EVERYTHING)
    story.git(f"""
        policy: {{scope: {{teams: [partners, beta], apis: [payments, orders]}}}}
        developers:
          - {{email: bob@partner.example, status: {status}}}
        """)
    before = story.portal
    plan = story.plan()
    assert {change["effect"] for change in plan["changes"]} == {"removes"}
    assert {change["cause"]["line"] for change in plan["changes"]} == {5}
    story.apply()
    assert story.since(before) == {
        "bob@partner.example": f"approved → {status}",
        "bob@partner.example in beta": "member →",
        "bob@partner.example in partners": "member →",
        **BOBS_REGISTRATIONS_END,
    }
    assert story.wrote == [
        *["PATCH applications/registrations"] * 4,
        "PATCH developers",
        *["DELETE teams/developers"] * 2,
    ]


def test_what_other_sides_list_for_the_person_goes_as_well(portal: Start) -> None:
    """Listed or not: an offboarding does not wait for the owners of teams and APIs."""
    story = portal(BOB_HAS_EVERYTHING)
    story.git(
        "developers: [{email: bob@partner.example, status: revoked}]",
        teams="teams: [{name: partners, members: [ada@partner.example, bob@partner.example]}]",
        apis="""
            apis:
              - {name: payments, applications: [{owner: bob@partner.example, name: Checkout}]}
              - {name: orders, applications: [{owner: bob@partner.example, name: Checkout}]}
            """,
    )
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "bob@partner.example": "approved → revoked",
        "bob@partner.example in beta": "member →",
        "bob@partner.example in ops": "member →",
        "bob@partner.example in partners": "member →",
        **BOBS_REGISTRATIONS_END,
    }, "the pending request for orders is not approved either"


@pytest.mark.parametrize(
    ("was", "said", "becomes"),
    [
        ("pending", "revoked", "pending → revoked"),
        ("pending", "rejected", "pending → rejected"),
        ("approved", "rejected", "approved → rejected"),
        ("revoked", "revoked", None),
        ("revoked", "rejected", "revoked → rejected"),
        ("rejected", "revoked", "rejected → revoked"),
        ("rejected", "rejected", None),
    ],
)
def test_a_tombstone_is_written_where_it_differs_and_access_ends_from_any_status(
    portal: Start, was: str, said: str, becomes: str | None
) -> None:
    """The status is written if different; whoever is or becomes revoked or rejected loses registrations and teams.

    Konnect lets someone who is not approved go on with credentials until each registration is revoked: those that
    were left approved when someone clicked are found.
    """
    story = portal(f"""
        apis: [{{name: payments}}, {{name: orders}}, {{name: refunds}}]
        portals:
          - name: acme-partners
            developers: [{{email: bob@partner.example, status: {was}}}]
            teams: [{{name: partners, members: [bob@partner.example]}}]
            applications:
              - name: Checkout
                owner: bob@partner.example
                registrations:
                  - {{api: payments, status: approved}}
                  - {{api: orders, status: pending}}
                  - {{api: refunds, status: rejected}}
        """)
    story.git(f"developers: [{{email: bob@partner.example, status: {said}}}]")
    before = story.portal
    story.apply()
    assert story.since(before) == {
        **({"bob@partner.example": becomes} if becomes else {}),
        "bob@partner.example in partners": "member →",
        "bob@partner.example / Checkout / payments": "approved → revoked",
    }


def test_somebody_revoked_in_the_console_whose_keys_still_work_is_found_and_finished(portal: Start) -> None:
    """A person already revoked whose registrations were left approved is not "as it should be"."""
    story = portal(BOB_HAS_EVERYTHING)
    story.sandbox.set_status(PORTAL, "bob@partner.example", "revoked")
    story.git("""
        policy: {unlisted: {developers: ignore, memberships: ignore, registrations: ignore}}
        developers: [{email: bob@partner.example, status: revoked}]
        """)
    before = story.portal
    assert story.drift()[0] == 2
    story.apply()
    assert "PATCH developers" not in story.wrote
    assert story.since(before) == {
        "bob@partner.example in beta": "member →",
        "bob@partner.example in ops": "member →",
        "bob@partner.example in partners": "member →",
        **BOBS_REGISTRATIONS_END,
    }
    assert story.drift()[0] == 0


def test_nobody_is_ever_deleted(portal: Start) -> None:
    """Taking access away means status `revoked`, never DELETE; only memberships and role assignments are deleted."""
    story = portal(BOB_HAS_EVERYTHING)
    story.git("""
        policy:
          scope: {developers: ["*"], teams: ["*"], apis: ["*"]}
          unlisted: {developers: revoke, memberships: remove, registrations: revoke}
          limits: {may_empty: ["*"]}
        developers: [{email: bob@partner.example, status: revoked}]
        teams: [{name: partners, members: [bob@partner.example]}]
        apis: [{name: payments, applications: [{owner: bob@partner.example, name: Checkout}]}]
        """)
    before = story.portal
    story.apply()
    assert {written for written in story.wrote if written.startswith("DELETE")} == {"DELETE teams/developers"}
    assert story.portal["developers"] == dict.fromkeys(before["developers"], "revoked")
    assert [a["name"] for a in story.portal["applications"]] == [a["name"] for a in before["applications"]]
    assert not [a for a in story.portal["applications"] if "approved" in a["registrations"].values()]


def test_a_tombstone_for_nobody_is_satisfied(portal: Start) -> None:
    """No such person, revoked or rejected in git: satisfied. Neither waiting nor anything else."""
    story = portal("portals: [{name: acme-partners}]")
    story.git("""
        developers:
          - {email: gone@partner.example, status: revoked}
          - {email: never@partner.example, status: rejected}
        """)
    story.apply()
    assert story.drift()[0] == 0
    assert story.listed("waiting") == []


def test_a_single_registration_is_revoked_or_rejected_by_its_line(portal: Start) -> None:
    """Listed `revoked` or `rejected`: written if different; absent: satisfied. The person keeps the rest."""
    story = portal("""
        apis:
          [{name: payments}, {name: orders}, {name: refunds}, {name: ledger}, {name: x}, {name: kit, package: true}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example, status: approved}]
            applications:
              - name: Checkout
                owner: ada@partner.example
                registrations:
                  - {api: payments, status: approved}
                  - {api: orders, status: approved}
                  - {api: refunds, status: pending}
                  - {api: ledger, status: rejected}
                  - {package: kit, status: approved}
        """)
    story.git("""
        developers:
          - email: ada@partner.example
            applications:
              - name: Checkout
                apis:
                  - payments
                  - {name: orders, status: revoked}
                  - {name: refunds, status: rejected}
                  - {name: ledger, status: revoked}
                  - {name: x, status: rejected}
                  - {package: kit, status: rejected}
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "ada@partner.example / Checkout / ledger": "rejected → revoked",
        "ada@partner.example / Checkout / orders": "approved → revoked",
        "ada@partner.example / Checkout / package kit": "approved → rejected",
        "ada@partner.example / Checkout / refunds": "pending → rejected",
    }
    assert story.listed("waiting") == []


def test_an_api_owner_ends_the_registrations_of_people_and_teams(portal: Start) -> None:
    """The API's side takes away as it gives: by a line for that application, and for nothing else of its owner."""
    story = portal("""
        apis: [{name: invoices}, {name: orders}]
        portals:
          - name: acme-partners
            developers:
              - {email: ada@partner.example, status: approved}
              - {email: bob@partner.example, status: revoked}
            teams: [{name: partners, can_own_applications: true}]
            applications:
              - name: Checkout
                owner: ada@partner.example
                registrations: [{api: invoices, status: approved}, {api: orders, status: approved}]
              - {name: Shop, owner: ada@partner.example, registrations: [{api: invoices, status: approved}]}
              - {name: Left, owner: bob@partner.example, registrations: [{api: invoices, status: approved}]}
              - {name: Bot, owner: {team: partners}, registrations: [{api: invoices, status: approved}]}
        """)
    story.git("""
        apis:
          - name: invoices
            applications:
              - {owner: ada@partner.example, name: Checkout, status: revoked}
              - {owner: ada@partner.example, name: Shop}
              - {owner: bob@partner.example, name: Left, status: rejected}
              - {owner: {team: partners}, name: Bot, status: revoked}
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "ada@partner.example / Checkout / invoices": "approved → revoked",
        "bob@partner.example / Left / invoices": "approved → rejected",
        "team:partners / Bot / invoices": "approved → revoked",
    }


# Someone who asks again while they are being revoked


def patch_of_the_developer(request: Request) -> bool:
    """Whether the request is the one that makes the status fall."""
    return request.method == "PATCH" and request.path.split("/")[-2] == "developers"


@pytest.mark.in_process
def test_what_someone_requests_while_being_revoked_is_revoked_as_well(portal: Start) -> None:
    """Until the status fell they could ask again, and be approved automatically: read once more, and ended."""
    story = portal("""
        apis: [{name: payments}, {name: orders}, {name: ledger}]
        portals:
          - name: acme-partners
            auto_approve_applications: true
            developers:
              - {email: bob@partner.example, status: approved}
              - {email: ada@partner.example, status: approved}
            applications:
              - {name: Checkout, owner: bob@partner.example, registrations: [{api: payments, status: approved}]}
              - {name: Checkout, owner: ada@partner.example, registrations: [{api: payments, status: approved}]}
        """)
    story.git("""
        policy: {scope: {apis: [payments]}}
        developers: [{email: bob@partner.example, status: revoked}]
        """)

    def asks_again(request: Request) -> None:
        if patch_of_the_developer(request):
            story.sandbox.request_api(PORTAL, "bob@partner.example", "Checkout", "orders")
            story.sandbox.create_application(PORTAL, "bob@partner.example", "Hidden")
            story.sandbox.request_api(PORTAL, "bob@partner.example", "Hidden", "ledger")

    before = story.portal
    off = story.on_request(asks_again)
    ran = story.run("apply", str(story.folder), "--yes", "--format", "json")
    off()
    assert ran.code == 0, ran
    assert story.since(before) == {
        "bob@partner.example": "approved → revoked",
        "bob@partner.example / Checkout / payments": "approved → revoked",
        "bob@partner.example / Checkout / orders": "→ revoked",
        "bob@partner.example / Hidden": "→ application",
        "bob@partner.example / Hidden / ledger": "→ revoked",
    }
    extra = [outcome for outcome in ran.json["outcomes"] if outcome["extra"]]
    assert sorted(map(in_words, extra)) == [
        "revoke-registration | bob@partner.example | Checkout | orders",
        "revoke-registration | bob@partner.example | Hidden | ledger",
    ]
    assert {outcome["result"] for outcome in ran.json["outcomes"]} == {"done"}
    assert ran.json["summary"]["extra"] == 2
    story.apply()


@pytest.mark.in_process
def test_what_someone_requests_while_being_revoked_by_policy_is_revoked_as_well(portal: Start) -> None:
    """Taken away is taken away, whoever said so: entry, expiry or the policy for unlisted people."""
    story = portal("""
        apis: [{name: orders}]
        portals:
          - name: acme-partners
            auto_approve_applications: true
            developers:
              - {email: ada@partner.example, status: approved}
              - {email: bob@partner.example, status: approved}
              - {email: cy@partner.example, status: approved}
            applications:
              - {name: Checkout, owner: bob@partner.example}
              - {name: Checkout, owner: cy@partner.example}
        """)
    story.git("""
        policy: {scope: {developers: ["*"]}, unlisted: {developers: revoke}}
        developers: [ada@partner.example, {email: cy@partner.example, expires: 2026-11-22}]
        """)
    people = [change["subject"]["developer"] for change in story.plan()["changes"]]
    ids = {person["id"]: person["name"] for person in people}
    assert sorted(ids.values()) == ["bob@partner.example", "cy@partner.example"]

    def asks_again(request: Request) -> None:
        if patch_of_the_developer(request):
            email = ids[request.path.rsplit("/", 1)[1]]
            story.sandbox.request_api(PORTAL, email, "Checkout", "orders")

    before = story.portal
    story.on_request(asks_again)
    story.apply()
    assert story.since(before) == {
        "bob@partner.example": "approved → revoked",
        "bob@partner.example / Checkout / orders": "→ revoked",
        "cy@partner.example": "approved → revoked",
        "cy@partner.example / Checkout / orders": "→ revoked",
    }


# Another file still lists the person


@pytest.mark.parametrize(
    "entry", ["{email: bob@partner.example, status: revoked}", "{email: bob@partner.example, expires: 2026-11-22}"]
)
def test_another_files_listing_of_someone_taken_away_is_ignored_with_a_warning_naming_both_places(
    portal: Start, entry: str
) -> None:
    """An offboarding must not wait for other code owners: the lines are ignored, and shown."""
    story = portal("""
        apis: [{name: payments}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example}, {email: bob@partner.example, status: approved}]
            teams: [{name: partners}]
            applications:
              - {name: Checkout, owner: bob@partner.example, registrations: [{api: payments}]}
        """)
    story.git(
        f"""
        developers:
          - ada@partner.example
          - {entry}
        """,
        teams="""
            teams:
              - name: partners
                members:
                  - ada@partner.example
                  - Bob@partner.example
            """,
        apis="""
            apis:
              - name: payments
                applications:
                  - {owner: bob@partner.example, name: Checkout}
            """,
    )
    findings = [(f["severity"], f["file"].rsplit("/", 1)[1], f["line"]) for f in story.plan()["findings"]]
    assert findings == [("warning", "apis.yaml", 5), ("warning", "teams.yaml", 6)]
    assert all("access.yaml:5" in finding["message"] for finding in story.plan()["findings"])
    assert story.run("validate", str(story.folder)).code == 0
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "ada@partner.example": "pending → approved",
        "ada@partner.example in partners": "→ member",
        "bob@partner.example": "approved → revoked",
    }
    assert story.listed("waiting") == []


def test_a_revoked_person_may_list_nothing_in_their_own_entry(portal: Start) -> None:
    """In their own entry a revoked or rejected person may list no teams and no applications: an error each."""
    story = portal("portals: [{name: acme-partners}]")
    story.git("""
        developers:
          - {email: bob@partner.example, status: revoked, teams: [partners]}
          - {email: cy@partner.example, status: rejected, applications: [{name: Checkout, apis: [payments]}]}
        """)
    ran = story.run("validate", str(story.folder))
    assert ran.code == 3
    assert "access.yaml:4" in ran.out
    assert "access.yaml:5" in ran.out
    assert story.run("apply", str(story.folder), "--yes").code == 3
    assert story.writes() == []


def test_an_expired_entry_lists_nothing_any_more(portal: Start) -> None:
    """Its own teams and applications are no error and give nothing: no grant, nothing waiting, no warning."""
    story = portal("""
        apis: [{name: payments}]
        portals:
          - name: acme-partners
            developers: [{email: bob@partner.example, status: approved}]
            teams: [{name: partners}]
            applications: [{name: Checkout, owner: bob@partner.example, registrations: [{api: payments}]}]
        """)
    story.git("""
        developers:
          - email: bob@partner.example
            expires: 2026-11-22
            teams: [partners, no-such-team]
            applications: [{name: Checkout, apis: [payments]}]
        """)
    before = story.portal
    plan = story.plan()
    assert (plan["findings"], plan["waiting"], plan["blocked"]) == ([], [], [])
    story.apply()
    assert story.since(before) == {"bob@partner.example": "approved → revoked"}


# Residual access


def test_what_works_on_through_a_teams_application_is_reported_by_name(portal: Start) -> None:
    """What remains through applications owned by a team is residual access: seen while the person is a member."""
    story = portal("""
        apis: [{name: payments}, {name: orders}]
        portals:
          - name: acme-partners
            developers:
              - {email: ada@partner.example, status: approved}
              - {email: bob@partner.example, status: approved}
            teams:
              - {name: partners, can_own_applications: true, members: [ada@partner.example, bob@partner.example]}
            applications:
              - name: Settlement bot
                owner: {team: partners}
                registrations: [{api: payments, status: approved}, {api: orders, status: revoked}]
        """)
    story.git("""
        developers:
          - {email: ada@partner.example, teams: [partners]}
          - {email: bob@partner.example, status: revoked}
        teams: [{name: partners, applications: [{name: Settlement bot, apis: [payments]}]}]
        """)
    before = story.portal
    named = ["bob@partner.example | partners | Settlement bot | payments"]
    assert story.listed("residual") == named
    assert "Settlement bot" in story.run("plan", str(story.folder)).out
    code, report = story.drift()
    assert (code, len(report["residual"])) == (2, 1)
    story.apply()
    assert story.since(before) == {
        "bob@partner.example": "approved → revoked",
        "bob@partner.example in partners": "member →",
    }, "the team's application goes on"
    assert story.listed("residual") == []
    assert story.drift()[0] == 0


@pytest.mark.parametrize(
    "git",
    [
        "developers: [ada@partner.example, {email: bob@partner.example, status: rejected}]",
        "developers: [ada@partner.example, {email: bob@partner.example, expires: 2026-11-22}]",
        """
        policy: {scope: {developers: ["*"]}, unlisted: {developers: revoke}}
        developers: [ada@partner.example]
        """,
    ],
)
def test_residual_access_is_reported_however_the_person_is_taken_away(portal: Start, git: str) -> None:
    """By a tombstone, by expiry or by policy; of the teams in scope, of approved registrations alone."""
    story = portal("""
        apis: [{name: payments}, {name: orders}]
        portals:
          - name: acme-partners
            developers:
              - {email: ada@partner.example, status: approved}
              - {email: bob@partner.example, status: approved}
            teams:
              - {name: partners, can_own_applications: true, members: [ada@partner.example, bob@partner.example]}
              - {name: others, can_own_applications: true, members: [ada@partner.example]}
            applications:
              - name: Bot
                owner: {team: partners}
                registrations: [{api: payments, status: approved}, {api: orders, status: pending}]
              - {name: Daemon, owner: {team: others}, registrations: [{api: payments, status: approved}]}
        """)
    story.git(git)
    before = story.portal
    assert story.listed("residual") == ["bob@partner.example | partners | Bot | payments"]
    story.apply()
    ended = story.portal["developers"]["bob@partner.example"]
    assert story.since(before) == {
        "bob@partner.example": f"approved → {ended}",
        "bob@partner.example in partners": "member →",
    }
    assert story.listed("residual") == []


def test_what_git_takes_from_the_teams_application_in_the_same_run_is_not_residual(portal: Start) -> None:
    """What remains is residual: a registration that this plan ends does not remain."""
    story = portal("""
        apis: [{name: payments}, {name: orders}]
        portals:
          - name: acme-partners
            developers: [{email: bob@partner.example, status: approved}]
            teams: [{name: partners, can_own_applications: true, members: [bob@partner.example]}]
            applications:
              - name: Bot
                owner: {team: partners}
                registrations: [{api: payments, status: approved}, {api: orders, status: approved}]
        """)
    story.git("""
        developers: [{email: bob@partner.example, status: revoked}]
        teams: [{name: partners, applications: [{name: Bot, apis: [payments, {name: orders, status: revoked}]}]}]
        """)
    before = story.portal
    assert story.listed("residual") == ["bob@partner.example | partners | Bot | payments"]
    story.apply()
    assert story.since(before) == {
        "bob@partner.example": "approved → revoked",
        "bob@partner.example in partners": "member →",
        "team:partners / Bot / orders": "approved → revoked",
    }


def test_residual_access_stays_reported_as_long_as_the_membership_cannot_be_taken(portal: Start) -> None:
    """The identity provider owns the membership: drift exits with 2 for it although there is no change to make."""
    story = portal("""
        apis: [{name: payments}]
        portals:
          - name: acme-partners
            authentication_settings: {oidc_team_mapping_enabled: true}
            developers: [{email: bob@partner.example, status: approved}]
            teams: [{name: staff, konnect_managed: false, can_own_applications: true, members: [bob@partner.example]}]
            applications: [{name: Bot, owner: {team: staff}, registrations: [{api: payments, status: approved}]}]
        """)
    story.git("""
        developers: [{email: bob@partner.example, status: revoked}]
        teams: [{name: staff, applications: [{name: Bot, apis: [payments]}]}]
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {"bob@partner.example": "approved → revoked"}
    assert story.listed("residual") == ["bob@partner.example | staff | Bot | payments"]
    assert story.drift()[0] == 2


# Expiry

PAST, TODAY, AHEAD = "2026-11-22", "2026-11-23", "2027-06-30"


@pytest.mark.parametrize("last_day", [PAST, TODAY, AHEAD])
def test_a_persons_access_ends_after_its_last_day(portal: Start, last_day: str) -> None:
    """`expires` is the last day of access, UTC: approved becomes revoked, and their access is taken away."""
    story = portal("""
        apis: [{name: payments}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example, status: approved}]
            teams: [{name: partners, members: [ada@partner.example]}]
            applications:
              - {name: Checkout, owner: ada@partner.example, registrations: [{api: payments, status: approved}]}
        """)
    story.git(f"""
        developers:
          - email: ada@partner.example
            expires: {last_day}
            teams: [partners]
            applications: [{{name: Checkout, apis: [payments]}}]
        """)
    before = story.portal
    story.apply()
    ended = {
        "ada@partner.example": "approved → revoked",
        "ada@partner.example in partners": "member →",
        "ada@partner.example / Checkout / payments": "approved → revoked",
    }
    assert story.since(before) == (ended if last_day == PAST else {})


def test_the_day_ends_at_midnight_utc(portal: Start) -> None:
    """The last day itself still counts, to its last second in UTC."""
    story = portal("portals: [{name: acme-partners, developers: [{email: ada@partner.example, status: approved}]}]")
    story.git("developers: [{email: ada@partner.example, expires: 2026-11-30}]")
    story.now = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
    story.apply()
    assert story.status("ada@partner.example") == "approved"
    story.now = datetime(2026, 12, 1, tzinfo=UTC)
    story.apply()
    assert story.status("ada@partner.example") == "revoked"


@pytest.mark.parametrize(
    ("was", "expected"),
    [
        ("pending", {}),
        ("revoked", {"bob@partner.example in partners": "member →"}),
        ("rejected", {"bob@partner.example in partners": "member →"}),
    ],
)
def test_an_expired_entry_leaves_a_status_that_is_not_approved_but_takes_the_access(
    portal: Start, was: str, expected: dict[str, str]
) -> None:
    """Expired: only what is approved becomes revoked. Pending is left pending, taken away all the same."""
    story = portal(f"""
        apis: [{{name: payments}}, {{name: orders}}]
        portals:
          - name: acme-partners
            developers: [{{email: bob@partner.example, status: {was}}}]
            teams: [{{name: partners, members: [bob@partner.example]}}]
            applications:
              - name: Checkout
                owner: bob@partner.example
                registrations: [{{api: payments, status: approved}}, {{api: orders, status: pending}}]
        """)
    story.git("developers: [{email: bob@partner.example, expires: 2026-11-22}]")
    before = story.portal
    story.apply()
    assert story.since(before) == {"bob@partner.example / Checkout / payments": "approved → revoked", **expected}


def test_a_membership_ends_after_its_last_day_on_the_persons_and_on_the_teams_side(portal: Start) -> None:
    """`expires` may stand on a membership; the others of the same person and team stay."""
    story = portal("""
        portals:
          - name: acme-partners
            developers:
              - {email: ada@partner.example, status: approved}
              - {email: bob@partner.example, status: approved}
            teams:
              - {name: partners, members: [ada@partner.example]}
              - {name: beta, members: [ada@partner.example]}
              - {name: gamma, members: [ada@partner.example]}
              - {name: club, members: [ada@partner.example, bob@partner.example]}
        """)
    story.git("""
        developers:
          - email: ada@partner.example
            teams: [partners, {name: beta, expires: 2026-11-22}, {name: gamma, expires: 2026-11-23}]
          - bob@partner.example
        teams:
          - name: club
            members: [ada@partner.example, {email: bob@partner.example, expires: 2026-11-22}]
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "ada@partner.example in beta": "member →",
        "bob@partner.example in club": "member →",
    }


def test_a_membership_that_ended_is_not_given_to_a_newcomer_either(portal: Start) -> None:
    """An expired line gives nothing: to someone who becomes approved, or who is not there, it is as if absent."""
    story = portal("""
        portals: [{name: acme-partners, developers: [{email: ada@partner.example}], teams: [{name: beta}]}]
        """)
    story.git("""
        developers:
          - {email: ada@partner.example, teams: [{name: beta, expires: 2026-11-22}]}
          - {email: dee@partner.example, teams: [{name: beta, expires: 2026-11-22}]}
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {"ada@partner.example": "pending → approved"}
    assert story.listed("waiting") == ["dee@partner.example"]


def test_registrations_end_with_their_api_item_their_application_or_the_apis_side(portal: Start) -> None:
    """`expires` may stand on an application, an API item and an API side's item; the earlier of two days counts."""
    story = portal("""
        apis: [{name: payments}, {name: orders}, {name: refunds}, {name: invoices}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example, status: approved}]
            teams: [{name: partners}]
            applications:
              - name: Item
                owner: ada@partner.example
                registrations: [{api: payments, status: approved}, {api: orders, status: approved}]
              - name: Whole
                owner: ada@partner.example
                registrations: [{api: payments, status: approved}, {api: orders, status: approved}]
              - {name: Side, owner: ada@partner.example, registrations: [{api: invoices, status: approved}]}
              - {name: Bot, owner: {team: partners}, registrations: [{api: refunds, status: approved}]}
              - {name: Bot2, owner: {team: partners}, registrations: [{api: invoices, status: approved}]}
        """)
    story.git("""
        developers:
          - email: ada@partner.example
            applications:
              - name: Item
                apis: [payments, {name: orders, expires: 2026-11-22}]
              - name: Whole
                expires: 2026-11-22
                apis: [payments, {name: orders, expires: 2027-06-30}]
        teams:
          - name: partners
            applications: [{name: Bot, expires: 2026-11-22, apis: [refunds]}]
        apis:
          - name: invoices
            applications:
              - {owner: ada@partner.example, name: Side, expires: 2026-11-22}
              - {owner: {team: partners}, name: Bot2, expires: 2026-11-23}
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "ada@partner.example / Item / orders": "approved → revoked",
        "ada@partner.example / Whole / payments": "approved → revoked",
        "ada@partner.example / Whole / orders": "approved → revoked",
        "ada@partner.example / Side / invoices": "approved → revoked",
        "team:partners / Bot / refunds": "approved → revoked",
    }


@pytest.mark.parametrize("was", ["pending", "revoked", "rejected"])
def test_an_expired_registration_that_is_not_approved_is_left(portal: Start, was: str) -> None:
    """Expired: only what is approved becomes revoked; what is absent is not waiting, nor created."""
    story = portal(f"""
        apis: [{{name: payments}}, {{name: orders}}]
        portals:
          - name: acme-partners
            developers: [{{email: ada@partner.example, status: approved}}]
            applications:
              - {{name: Checkout, owner: ada@partner.example, registrations: [{{api: payments, status: {was}}}]}}
        """)
    story.git("""
        developers:
          - email: ada@partner.example
            applications: [{name: Checkout, expires: 2026-11-22, register: true, apis: [payments, orders]}]
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {}
    assert story.listed("waiting") == []
    assert story.listed("held") == []


def test_a_date_that_comes_soon_warns(portal: Start) -> None:
    """`warn_before_expiry` days ahead the line is named, so that whoever extends it has time for a review."""
    story = portal("portals: [{name: acme-partners, developers: [{email: ada@partner.example, status: approved}]}]")
    story.git("""
        policy: {warn_before_expiry: 7}
        developers:
          - {email: ada@partner.example, expires: 2026-11-30}
          - {email: bob@partner.example, expires: 2026-12-01}
        """)
    assert [(finding["severity"], finding["line"]) for finding in story.plan()["findings"]] == [("warning", 5)]
    story.apply()
    assert story.status("ada@partner.example") == "approved"


# Protected


@pytest.mark.parametrize(
    "protected", ["{developers: [BOB@partner.example]}", "{developers: ['b*@*']}", "{teams: ['part*']}"]
)
def test_nothing_is_ever_taken_from_what_is_protected(portal: Start, protected: str) -> None:
    """A plan that takes something from a protected person or team is shown and refused as a whole, exit 4."""
    story = portal("""
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example}, {email: bob@partner.example, status: approved}]
            teams: [{name: partners, members: [bob@partner.example]}]
        """)
    story.git(f"""
        policy: {{protected: {protected}}}
        developers: [ada@partner.example, {{email: bob@partner.example, status: revoked}}]
        """)
    before = story.portal
    plan = story.plan()
    assert [refusal["rule"] for refusal in plan["refusals"]] == ["protected"]
    assert len(plan["changes"]) == 3
    report = story.apply(code=4)
    assert report["outcomes"] == []
    assert story.since(before) == {}, "not even ada is approved"
    story.apply("--allow", "protected", "--reason", "left the company")
    assert story.status("bob@partner.example") == "revoked"


# A removal that fails


@pytest.fixture
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between tries are not what these tests are about."""
    monkeypatch.setattr("reconciler.portal.http.BACKOFF", 0.001)


def failing(story: Story, action: str, *words: str) -> Any:
    """Let the portal answer 500 to one change of the plan, however often it is tried."""
    named = " | ".join((action, *words))
    change = next(change for change in story.plan()["changes"] if in_words(change) == named)
    subject = change["subject"]
    if action == "revoke-registration":
        method, end = "PATCH", f"/registrations/{subject['registration_id']}"
    elif action == "remove-member":
        method, end = "DELETE", f"/teams/{subject['team']['id']}/developers/{subject['developer']['id']}"
    else:
        method, end = "PATCH", f"/developers/{subject['developer']['id']}"

    def hook(request: Request) -> Response | None:
        if request.method == method and request.path.endswith(end):
            return Response.json(
                500, {"status": 500, "title": "Internal", "instance": "kong:trace:1", "detail": "no"}
            )
        return None

    return story.on_request(hook)


@pytest.mark.in_process
@pytest.mark.usefixtures("_no_waiting")
@pytest.mark.parametrize(
    ("fails", "stays"),
    [
        (
            ("revoke-registration", "bob@partner.example", "Checkout", "ledger"),
            "bob@partner.example / Checkout / ledger",
        ),
        (("revoke-developer", "bob@partner.example"), "bob@partner.example"),
        (("remove-member", "bob@partner.example", "beta"), "bob@partner.example in beta"),
    ],
)
def test_no_failed_removal_holds_up_another_and_the_next_run_finishes(
    portal: Start, fails: tuple[str, ...], stays: str
) -> None:
    """A registration, the status or a membership cannot be taken: all others are, exit 6, and the rest next time."""
    story = portal(BOB_HAS_EVERYTHING)
    story.git("developers: [{email: bob@partner.example, status: revoked}]")
    before = story.portal
    whole = {
        "bob@partner.example": "approved → revoked",
        "bob@partner.example in beta": "member →",
        "bob@partner.example in ops": "member →",
        "bob@partner.example in partners": "member →",
        **BOBS_REGISTRATIONS_END,
    }
    repaired = failing(story, *fails)
    report = story.apply(code=6)
    assert story.since(before) == {what: how for what, how in whole.items() if what != stays}
    failed = {in_words(outcome) for outcome in report["outcomes"] if outcome["result"] == "failed"}
    assert failed == {" | ".join(fails)}
    assert report["summary"]["failed"] >= 1
    assert story.changes() == [" | ".join(fails)]
    repaired()
    story.apply()
    assert story.since(before) == whole


@pytest.mark.in_process
@pytest.mark.usefixtures("_no_waiting")
def test_what_fails_for_one_person_holds_up_nobody_else(portal: Start) -> None:
    """Each person is a lane of their own: others are approved and revoked as if nothing had happened."""
    story = portal("""
        apis: [{name: payments}]
        portals:
          - name: acme-partners
            developers:
              - {email: ada@partner.example}
              - {email: bob@partner.example, status: approved}
              - {email: cy@partner.example, status: approved}
            applications:
              - {name: Checkout, owner: bob@partner.example, registrations: [{api: payments, status: approved}]}
              - {name: Checkout, owner: cy@partner.example, registrations: [{api: payments, status: approved}]}
        """)
    story.git("""
        developers:
          - ada@partner.example
          - {email: bob@partner.example, status: revoked}
          - {email: cy@partner.example, status: revoked}
        """)
    before = story.portal
    failing(story, "revoke-developer", "bob@partner.example")
    story.apply(code=6)
    assert story.since(before) == {
        "ada@partner.example": "pending → approved",
        "bob@partner.example / Checkout / payments": "approved → revoked",
        "cy@partner.example": "approved → revoked",
        "cy@partner.example / Checkout / payments": "approved → revoked",
    }


@pytest.mark.in_process
def test_a_removal_that_someone_else_did_in_the_meantime_is_no_failure(portal: Start) -> None:
    """A membership that is gone when the DELETE arrives is as wanted: exit 0."""
    story = portal(BOB_HAS_EVERYTHING)
    story.git("developers: [{email: bob@partner.example, status: revoked}]")

    def removes_first(request: Request) -> None:
        if patch_of_the_developer(request):
            story.sandbox.remove_member(PORTAL, "beta", "bob@partner.example")

    off = story.on_request(removes_first)
    ran = story.run("apply", str(story.folder), "--yes", "--format", "json")
    off()
    assert ran.code == 0, ran
    results = {in_words(outcome): outcome["result"] for outcome in ran.json["outcomes"]}
    assert results["remove-member | bob@partner.example | beta"] == "already"
    assert sorted(set(results.values())) == ["already", "done"]
    story.apply()


def test_a_person_with_several_accounts_loses_the_access_of_each(portal: Start) -> None:
    """For taking away every candidate of an ambiguous address is taken: strangers choose names."""
    story = portal("""
        apis: [{name: payments}]
        portals:
          - name: acme-partners
            developers:
              - {email: bob@partner.example, status: approved}
              - {email: BOB@partner.example, status: approved}
            applications:
              - {name: One, owner: bob@partner.example, registrations: [{api: payments, status: approved}]}
              - {name: Two, owner: BOB@partner.example, registrations: [{api: payments, status: approved}]}
        """)
    before = story.portal
    story.git("developers: [{email: Bob@partner.example, status: revoked}]")
    story.apply()
    assert story.since(before) == {
        "bob@partner.example": "approved → revoked",
        "BOB@partner.example": "approved → revoked",
        "bob@partner.example / One / payments": "approved → revoked",
        "BOB@partner.example / Two / payments": "approved → revoked",
    }
