"""Held: what someone stopped on the portal stays stopped until git says so again."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import Start
from tests.scenarios.story import PORTAL

LISTED = """
    developers:
      - email: ada@partner.example
        teams: [partners]
        applications: [{name: Checkout, apis: [payments, orders]}]
    """
WORKING = """
    apis: [{name: payments}, {name: orders}]
    portals:
      - name: acme-partners
        developers: [{email: ada@partner.example, status: approved}]
        teams: [{name: partners, members: [ada@partner.example]}]
        applications:
          - name: Checkout
            owner: ada@partner.example
            registrations: [{api: payments, status: approved}, {api: orders, status: approved}]
    """


@pytest.mark.parametrize("stop", ["revoked", "rejected"])
def test_a_person_stopped_in_the_console_is_held_and_not_brought_back_by_the_next_run(
    portal: Start, stop: str
) -> None:
    """A listed person found revoked or rejected is held: no change, a list of its own, drift 2, plan 0."""
    story = portal(WORKING)
    story.git(LISTED)
    story.apply()
    story.sandbox.set_status(PORTAL, "ada@partner.example", stop)
    before = story.portal
    plan = story.plan()
    assert story.listed("held") == ["ada@partner.example"]
    assert (plan["changes"], plan["summary"]["held"]) == ([], 1)
    held = plan["held"][0]
    assert stop in held["reason"]
    assert (held["cause"]["line"], held["since"][:10]) == (4, "2026-11-23")
    assert story.run("plan", str(story.folder), "--detailed-exitcode").code == 0
    assert story.drift()[0] == 2
    story.apply()
    assert story.wrote == []
    assert story.since(before) == {}
    assert "ada@partner.example" in story.run("drift", str(story.folder)).out


@pytest.mark.parametrize("stop", ["revoked", "rejected"])
def test_a_registration_stopped_in_the_console_is_held_alone(portal: Start, stop: str) -> None:
    """A listed registration found revoked or rejected is held; the person keeps the rest."""
    story = portal(WORKING)
    story.git(LISTED)
    story.sandbox.set_registration(PORTAL, "ada@partner.example", "Checkout", "orders", stop)
    before = story.portal
    assert story.listed("held") == ["ada@partner.example | Checkout | orders"]
    assert story.plan()["unlisted"] == []
    assert story.drift()[0] == 2
    story.apply()
    assert story.since(before) == {}


def test_a_held_person_gets_nothing_that_git_lists_and_loses_nothing_that_is_there(portal: Start) -> None:
    """Granting needs an approved person: what is listed is waiting while they are held, on every side."""
    story = portal("""
        apis: [{name: payments}, {name: orders}, {name: invoices}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example, status: revoked}]
            teams: [{name: partners}, {name: beta}, {name: club, members: [ada@partner.example]}]
            applications:
              - name: Checkout
                owner: ada@partner.example
                registrations: [{api: payments}, {api: invoices}, {api: orders, status: approved}]
        """)
    story.git("""
        developers:
          - email: ada@partner.example
            teams: [partners, club]
            applications: [{name: Checkout, register: true, apis: [payments, orders]}]
        teams: [{name: beta, members: [ada@partner.example]}]
        apis: [{name: invoices, applications: [{owner: ada@partner.example, name: Checkout}]}]
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {}
    assert story.listed("held") == ["ada@partner.example"]
    assert sorted(story.listed("waiting")) == [
        "ada@partner.example | Checkout | invoices",
        "ada@partner.example | Checkout | payments",
        "ada@partner.example | beta",
        "ada@partner.example | partners",
    ]


def test_neither_register_nor_an_invitation_gets_round_a_stop(portal: Start) -> None:
    """They are for what is absent: a revoked registration and a revoked account are there, and held."""
    story = portal("""
        apis: [{name: payments}]
        portals:
          - name: acme-partners
            developers:
              - {email: ada@partner.example, status: approved}
              - {email: rex@partner.example, status: revoked}
            applications:
              - {name: Checkout, owner: ada@partner.example, registrations: [{api: payments, status: rejected}]}
        """)
    story.git("""
        developers:
          - {email: ada@partner.example, applications: [{name: Checkout, register: true, apis: [payments]}]}
          - {email: REX@partner.example, full_name: Rex, invite: true}
        """)
    before = story.portal
    story.apply()
    assert story.wrote == []
    assert story.since(before) == {}
    assert story.listed("held") == ["ada@partner.example | Checkout | payments", "rex@partner.example"]


SEED_OF_THE_20TH = """
    apis: [{name: payments}, {name: orders}]
    portals:
      - name: acme-partners
        developers:
          - {email: ada@partner.example, status: revoked, updated_at: "2026-11-20T23:59:59.999Z"}
          - {email: bob@partner.example, status: approved}
        teams: [{name: partners, can_own_applications: true}]
        applications:
          - name: Checkout
            owner: ada@partner.example
            registrations: [{api: payments, status: pending}]
          - name: Shop
            owner: bob@partner.example
            registrations:
              - {api: payments, status: revoked, updated_at: "2026-11-20T00:00:00.000Z"}
              - {api: orders, status: rejected, updated_at: "2026-11-21T00:00:00.000Z"}
          - name: Bot
            owner: {team: partners}
            registrations: [{api: payments, status: revoked, updated_at: "2026-11-20T12:00:00.000Z"}]
    """


@pytest.mark.parametrize(("day", "back"), [("2026-11-19", False), ("2026-11-20", True), ("2026-11-22", True)])
def test_reinstated_brings_a_person_back_who_was_stopped_no_later_than_that_day(
    portal: Start, day: str, back: bool
) -> None:
    """`reinstated: DATE` counts where the portal's `updated_at` is not later than that day, UTC."""
    story = portal(SEED_OF_THE_20TH)
    story.git(f"""
        developers:
          - email: ada@partner.example
            reinstated: {day}
            teams: [partners]
            applications: [{{name: Checkout, apis: [payments]}}]
          - bob@partner.example
        """)
    before = story.portal
    story.apply()
    brought_back = {
        "ada@partner.example": "revoked → approved",
        "ada@partner.example in partners": "→ member",
        "ada@partner.example / Checkout / payments": "pending → approved",
    }
    assert story.since(before) == (brought_back if back else {})
    assert story.listed("held") == ([] if back else ["ada@partner.example"])


def test_an_emergency_stop_after_the_reinstatement_holds_again(portal: Start) -> None:
    """The date is of one decision: a later stop on the portal is not undone by it."""
    story = portal(SEED_OF_THE_20TH)
    story.git("developers: [{email: ada@partner.example, reinstated: 2026-11-20}, bob@partner.example]")
    story.apply()
    assert story.status("ada@partner.example") == "approved"
    story.sandbox.set_status(PORTAL, "ada@partner.example", "revoked")
    story.apply()
    assert story.status("ada@partner.example") == "revoked"
    assert story.listed("held") == ["ada@partner.example"]
    story.git("developers: [{email: ada@partner.example, reinstated: 2026-11-23}, bob@partner.example]")
    story.apply()
    assert story.status("ada@partner.example") == "approved"


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("[{name: Shop, apis: [{name: payments, reinstated: 2026-11-20}, orders]}]", ["payments"]),
        ("[{name: Shop, reinstated: 2026-11-21, apis: [payments, orders]}]", ["orders", "payments"]),
        ("[{name: Shop, reinstated: 2026-11-20, apis: [payments, orders]}]", ["payments"]),
        ("[{name: Shop, apis: [payments, {name: orders, reinstated: 2026-11-21}]}]", ["orders"]),
    ],
)
def test_reinstated_may_stand_on_an_api_item_or_an_application(
    portal: Start, where: str, expected: list[str]
) -> None:
    """Each registration is held against its own `updated_at`."""
    story = portal(SEED_OF_THE_20TH)
    story.git(f"developers: [{{email: bob@partner.example, applications: {where}}}]")
    story.apply()
    found = story.registrations("bob@partner.example", "Shop")
    assert [api for api, status in found.items() if status == "approved"] == expected
    assert len(story.listed("held")) == 2 - len(expected)


def test_a_persons_reinstatement_covers_their_registrations(portal: Start) -> None:
    """Unless its entry, or its person's, says so: one line brings a person back with all that is listed."""
    story = portal(WORKING)
    story.sandbox.set_status(PORTAL, "ada@partner.example", "revoked")
    for api in ("payments", "orders"):
        story.sandbox.set_registration(PORTAL, "ada@partner.example", "Checkout", api, "revoked")
    story.git(
        """
        developers:
          - email: ada@partner.example
            reinstated: 2026-11-23
            teams: [partners]
            applications: [{name: Checkout, apis: [payments]}]
        """,
        apis="apis: [{name: orders, applications: [{owner: ada@partner.example, name: Checkout}]}]",
    )
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "ada@partner.example": "revoked → approved",
        "ada@partner.example / Checkout / orders": "revoked → approved",
        "ada@partner.example / Checkout / payments": "revoked → approved",
    }


def test_a_registration_brought_back_waits_for_a_person_who_is_still_held(portal: Start) -> None:
    """A registration's own date says nothing of the person: granting needs an approved person."""
    story = portal(WORKING)
    story.sandbox.set_status(PORTAL, "ada@partner.example", "revoked")
    story.sandbox.set_registration(PORTAL, "ada@partner.example", "Checkout", "orders", "revoked")
    story.git("""
        developers:
          - email: ada@partner.example
            teams: [partners]
            applications: [{name: Checkout, apis: [payments, {name: orders, reinstated: 2026-11-23}]}]
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {}
    assert story.listed("held") == ["ada@partner.example"]
    assert story.listed("waiting") == ["ada@partner.example | Checkout | orders"]


def test_the_registrations_of_a_teams_application_are_held_and_reinstated_alike(portal: Start) -> None:
    """A team has no entry of a person: the line's own date counts, on the team's and on the API's side."""
    story = portal(SEED_OF_THE_20TH)
    held = ["partners | Bot | payments"]
    story.git("teams: [{name: partners, applications: [{name: Bot, apis: [payments]}]}]")
    story.apply()
    assert story.listed("held") == held
    owner = "{owner: {team: partners}, name: Bot, reinstated: 2026-11-19}"
    story.git(f"apis: [{{name: payments, applications: [{owner}]}}]")
    story.apply()
    assert story.listed("held") == held
    story.git(f"apis: [{{name: payments, applications: [{owner.replace('19', '20')}]}}]")
    story.apply()
    assert story.registrations("team:partners", "Bot") == {"payments": "approved"}


def test_reinstate_always_lets_git_win_at_once(portal: Start) -> None:
    """`policy.reinstate: always`: a listed person or registration is approved again without a date."""
    story = portal(WORKING)
    story.sandbox.set_status(PORTAL, "ada@partner.example", "rejected")
    story.sandbox.set_registration(PORTAL, "ada@partner.example", "Checkout", "orders", "revoked")
    story.git("policy: {reinstate: always}", listed=LISTED)
    before = story.portal
    assert story.listed("held") == []
    story.apply()
    assert story.since(before) == {
        "ada@partner.example": "rejected → approved",
        "ada@partner.example / Checkout / orders": "revoked → approved",
    }


def test_reinstate_always_does_not_bring_back_what_git_does_not_list(portal: Start) -> None:
    """It is for what is listed: unlisted people and registrations that were stopped stay as they are."""
    story = portal(SEED_OF_THE_20TH)
    story.git("""
        policy: {reinstate: always}
        developers: [{email: bob@partner.example, applications: [{name: Shop, apis: [payments]}]}]
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {"bob@partner.example / Shop / payments": "revoked → approved"}


def test_a_rule_never_brings_back_what_is_held(portal: Start) -> None:
    """Rules never bring back a revoked or rejected person or registration: who has no entry is not even held."""
    story = portal(WORKING)
    story.sandbox.set_status(PORTAL, "ada@partner.example", "revoked")
    story.sandbox.set_registration(PORTAL, "ada@partner.example", "Checkout", "orders", "revoked")
    rules = """
        rules:
          - {name: door, match: {email: "*@partner.example"}, approve: true, teams: [partners], apis: [orders]}
        """
    before = story.portal
    story.git(rules)
    story.apply()
    assert story.since(before) == {}
    assert story.listed("held") == []
    story.git(rules, listed=LISTED)
    story.apply()
    assert story.since(before) == {}
    assert story.listed("held") == ["ada@partner.example", "ada@partner.example | Checkout | orders"]


def test_a_date_ahead_warns_for_it_would_undo_stops_that_are_still_to_come(portal: Start) -> None:
    """`reinstated` in the future counts, but is worth a warning at its line."""
    story = portal(SEED_OF_THE_20TH)
    story.git("""
        developers:
          - {email: ada@partner.example, reinstated: 2026-11-24}
          - {email: bob@partner.example, reinstated: 2026-11-23}
        """)
    findings = [(f["severity"], f["line"]) for f in story.plan()["findings"]]
    assert findings == [("warning", 4)]
    assert story.run("validate", str(story.folder)).code == 0
    before = story.portal
    story.apply()
    assert story.since(before) == {"ada@partner.example": "revoked → approved"}
