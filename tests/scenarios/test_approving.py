"""Giving access: what git lists, and what standing rules approve, is on the portal after one apply."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.sandbox import Request
from tests.scenarios.conftest import Start
from tests.scenarios.story import PORTAL, Story

# One person's first day


def test_one_entry_approves_a_person_their_team_and_their_request_in_one_go(portal: Start) -> None:
    """What is listed and missing is a grant: approved, then teams, then registrations."""
    story = portal("""
        apis: [{name: payments}, {name: orders}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example}, {email: eve@elsewhere.example}]
            teams: [{name: partners}, {name: beta}]
            applications:
              - {name: Checkout, owner: ada@partner.example, registrations: [{api: payments}, {api: orders}]}
              - {name: Checkout, owner: eve@elsewhere.example, registrations: [{api: payments}]}
        """)
    story.git("""
        developers:
          - email: ada@partner.example
            teams: [partners]
            applications:
              - {name: Checkout, apis: [payments]}
            reason: PART-1
        """)
    before = story.portal
    plan = story.plan()
    assert story.changes() == [
        "approve-developer | ada@partner.example",
        "add-member | ada@partner.example | partners",
        "approve-registration | ada@partner.example | Checkout | payments",
    ]
    assert [change["effect"] for change in plan["changes"]] == ["grants"] * 3
    assert [change["cause"]["line"] for change in plan["changes"]] == [4, 5, 7]
    assert (plan["summary"]["grants"], plan["summary"]["removals"]) == (3, 0)
    assert story.since(before) == {}, "a plan changes nothing"

    report = story.apply()

    assert [outcome["result"] for outcome in report["outcomes"]] == ["done"] * 3
    assert story.since(before) == {
        "ada@partner.example": "pending → approved",
        "ada@partner.example in partners": "→ member",
        "ada@partner.example / Checkout / payments": "pending → approved",
    }
    assert story.wrote == ["PATCH developers", "POST teams/developers", "PATCH applications/registrations"]


def test_the_plan_for_people_names_who_gets_what_and_which_line_asked(portal: Start) -> None:
    """`plan` without a format is for people: each change with the manifest line that asked for it."""
    story = portal("""
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example}]
            teams: [{name: partners}]
        """)
    story.git("""
        developers:
          - {email: ada@partner.example, teams: [partners]}
        """)
    ran = story.run("plan", str(story.folder))
    assert ran.code == 0
    assert "ada@partner.example" in ran.out
    assert "partners" in ran.out
    assert "access.yaml:4" in ran.out
    assert story.run("plan", str(story.folder), "--detailed-exitcode").code == 2


def test_a_newcomer_waits_until_they_sign_up_and_is_then_approved_as_listed(portal: Start) -> None:
    """A listed person who never signed up is waiting, never an error."""
    story = portal("""
        apis: [{name: payments}]
        portals: [{name: acme-partners, teams: [{name: partners}]}]
        """)
    story.git("""
        developers:
          - email: dee@partner.example
            teams: [partners]
            applications: [{name: Bot, apis: [payments]}]
        """)
    before = story.portal
    assert sorted(story.listed("waiting")) == [
        "dee@partner.example",
        "dee@partner.example | Bot | payments",
        "dee@partner.example | partners",
    ]
    story.apply()
    assert story.since(before) == {}
    assert story.drift()[0] == 0, "waiting never changes an exit code"

    story.sandbox.sign_up(PORTAL, "dee@partner.example", "Dee")
    assert story.status("dee@partner.example") == "pending"
    story.apply()
    assert story.since(before) == {"dee@partner.example": "→ approved", "dee@partner.example in partners": "→ member"}
    assert story.listed("waiting") == ["dee@partner.example | Bot | payments"]


def test_an_application_created_and_an_api_requested_later_are_approved_when_they_come(portal: Start) -> None:
    """An application not created and an API not requested are waiting; the next run after the request approves."""
    story = portal("""
        apis: [{name: payments}]
        portals: [{name: acme-partners, developers: [{email: ada@partner.example, status: approved}]}]
        """)
    story.git("""
        developers:
          - {email: ada@partner.example, applications: [{name: Checkout, apis: [payments]}]}
        """)
    waits = ["ada@partner.example | Checkout | payments"]
    story.apply()
    assert story.listed("waiting") == waits
    story.sandbox.create_application(PORTAL, "ada@partner.example", "Checkout")
    story.apply()
    assert story.listed("waiting") == waits
    story.sandbox.request_api(PORTAL, "ada@partner.example", "Checkout", "payments")
    assert story.registrations("ada@partner.example", "Checkout") == {"payments": "pending"}
    story.apply()
    assert story.registrations("ada@partner.example", "Checkout") == {"payments": "approved"}
    assert story.listed("waiting") == []


def test_what_the_portal_already_has_as_git_says_is_left_alone(portal: Start) -> None:
    """An adopted portal where git lists what is there: no change, no drift, no write."""
    story = portal("""
        apis: [{name: payments}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example, status: approved}]
            teams: [{name: partners, members: [ada@partner.example]}]
            applications:
              - name: Checkout
                owner: ada@partner.example
                registrations: [{api: payments, status: approved}]
        """)
    story.git("""
        developers:
          - {email: ada@partner.example, teams: [partners], applications: [{name: Checkout, apis: [payments]}]}
        """)
    before = story.portal
    assert story.changes() == []
    story.apply()
    assert story.wrote == []
    assert story.since(before) == {}
    assert story.drift()[0] == 0


def test_someone_approved_by_hand_between_two_runs_only_gets_what_is_still_missing(portal: Start) -> None:
    """Git and the console may agree by accident: what is already approved is no change any more."""
    story = portal("""
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example}]
            teams: [{name: partners}]
        """)
    story.git("developers: [{email: ada@partner.example, teams: [partners]}]")
    assert len(story.changes()) == 2
    story.sandbox.set_status(PORTAL, "ada@partner.example", "approved")
    assert story.changes() == ["add-member | ada@partner.example | partners"]
    story.apply()
    assert story.members("partners") == ["ada@partner.example"]


def test_several_people_of_several_files_are_approved_in_one_run(portal: Start) -> None:
    """The files of a workspace are merged, however deep they lie."""
    story = portal("""
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example}, {email: bob@partner.example}, {email: cy@other.example}]
            teams: [{name: partners}]
        """)
    story.git(
        "developers: [ada@partner.example]",
        people__bob="developers: [{email: bob@partner.example, teams: [partners]}]",
        people__more__cy="developers: [cy@other.example]",
    )
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "ada@partner.example": "pending → approved",
        "bob@partner.example": "pending → approved",
        "bob@partner.example in partners": "→ member",
        "cy@other.example": "pending → approved",
    }


def test_the_letters_of_an_address_may_be_in_any_case(portal: Start) -> None:
    """ASCII letters of an address are compared without regard to case, on the person's, team's and API's side."""
    story = portal("""
        apis: [{name: payments}, {name: orders}]
        portals:
          - name: acme-partners
            developers: [{email: Ada@Partner.Example}]
            teams: [{name: partners}, {name: beta}]
            applications:
              - {name: Checkout, owner: Ada@Partner.Example, registrations: [{api: payments}, {api: orders}]}
        """)
    story.git("""
        developers:
          - {email: ada@partner.example, teams: [partners], applications: [{name: Checkout, apis: [payments]}]}
        teams:
          - {name: beta, members: [ADA@partner.example]}
        apis:
          - {name: orders, applications: [{owner: ada@PARTNER.example, name: Checkout}]}
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "Ada@Partner.Example": "pending → approved",
        "Ada@Partner.Example in beta": "→ member",
        "Ada@Partner.Example in partners": "→ member",
        "Ada@Partner.Example / Checkout / orders": "pending → approved",
        "Ada@Partner.Example / Checkout / payments": "pending → approved",
    }


def test_a_spelling_of_their_own_on_each_side_keeps_the_order_of_a_persons_changes(portal: Start) -> None:
    """Approved, then teams, then registrations: one person is one person, however each file writes the address."""
    story = portal("""
        apis: [{name: payments}, {name: orders}]
        portals:
          - name: acme-partners
            developers: [{email: zed@Partner.Example}]
            teams: [{name: partners}]
            applications: [{name: Checkout, owner: zed@Partner.Example, registrations: [{api: payments}]}]
        """)
    story.git("""
        developers: [ZED@partner.example]
        teams: [{name: partners, members: [Zed@partner.example]}]
        apis:
          - {name: payments, applications: [{owner: ZeD@partner.example, name: Checkout}]}
          - {name: orders, applications: [{owner: ZEd@partner.example, name: Checkout, register: true}]}
        """)
    before = story.portal
    changes = story.plan()["changes"]
    assert {change["subject"]["developer"]["name"] for change in changes} == {"zed@Partner.Example"}
    assert [change["requires"] for change in changes] == [[], [0], [0], [0]]
    story.apply()
    assert story.wrote == [
        "PATCH developers",
        "POST teams/developers",
        "PATCH applications/registrations",
        "POST applications/registrations",
    ]
    assert story.since(before) == {
        "zed@Partner.Example": "pending → approved",
        "zed@Partner.Example in partners": "→ member",
        "zed@Partner.Example / Checkout / orders": "→ approved",
        "zed@Partner.Example / Checkout / payments": "pending → approved",
    }


def test_an_api_is_named_by_name_and_version_where_it_has_several(portal: Start) -> None:
    """An API is meant by name and version; `version: null` names the one without."""
    story = portal("""
        apis: [{name: orders}, {name: orders, version: v1}, {name: orders, version: v2}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example, status: approved}]
            applications:
              - name: Checkout
                owner: ada@partner.example
                registrations: [{api: orders}, {api: orders, version: v1}, {api: orders, version: v2}]
        """)
    story.git("""
        developers:
          - email: ada@partner.example
            applications:
              - {name: Checkout, apis: [{name: orders, version: v2}, {name: orders, version: null}]}
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "ada@partner.example / Checkout / orders": "pending → approved",
        "ada@partner.example / Checkout / orders v2": "pending → approved",
    }
    assert story.listed("requests") == ["ada@partner.example | Checkout | orders v1"]


def test_an_api_package_is_approved_and_is_not_taken_for_an_api_of_the_same_name(portal: Start) -> None:
    """`{package: NAME}` names an API package, a plain name never does."""
    story = portal("""
        apis: [{name: starter-kit}, {name: starter-kit, package: true}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example, status: approved}]
            applications:
              - name: Checkout
                owner: ada@partner.example
                registrations: [{api: starter-kit}, {package: starter-kit}]
        """)
    story.git("""
        developers:
          - {email: ada@partner.example, applications: [{name: Checkout, apis: [{package: starter-kit}]}]}
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {"ada@partner.example / Checkout / package starter-kit": "pending → approved"}


# Accounts and registrations that git creates


def invitations(story: Story) -> list[dict[str, Any]]:
    """The bodies with which accounts are created from now on, in a list that fills."""
    bodies: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.path.endswith("/developers") and "/teams/" not in request.path:
            bodies.append(json.loads(request.body))

    story.on_request(note)
    return bodies


@pytest.mark.in_process
def test_an_invited_person_gets_an_account_a_mail_and_their_teams_in_the_same_run(portal: Start) -> None:
    """`invite: true` creates the account, with an invitation mail, when nobody signed up."""
    story = portal("portals: [{name: acme-partners, teams: [{name: partners}]}]")
    story.git("""
        developers:
          - {email: dee@partner.example, full_name: Dee Day, invite: true, teams: [partners, newest]}
        teams: [{name: newest}]
        """)
    sent = invitations(story)
    before = story.portal
    changes = story.changes()
    assert changes[:2] == ["create-team | newest", "invite-developer | dee@partner.example"]
    assert sorted(changes[2:]) == [
        "add-member | dee@partner.example | newest",
        "add-member | dee@partner.example | partners",
    ]
    story.apply()
    assert sent == [
        {
            "email": "dee@partner.example",
            "full_name": "Dee Day",
            "status": "approved",
            "send_invitation_email": True,
        }
    ]
    assert story.since(before) == {
        "dee@partner.example": "→ approved",
        "dee@partner.example in newest": "→ member",
        "dee@partner.example in partners": "→ member",
        "team newest": "→ no description, owns no applications",
    }


def test_an_invited_person_gets_the_teams_that_other_files_write_with_another_spelling(portal: Start) -> None:
    """The person who is invited and the member of the team's side are one, in whatever case of letters."""
    story = portal("portals: [{name: acme-partners, teams: [{name: partners}]}]")
    story.git(
        "developers: [{email: dee@partner.example, full_name: Dee Day, invite: true}]",
        team="teams: [{name: partners, members: [Dee@Partner.Example]}]",
    )
    before = story.portal
    assert story.changes() == [
        "invite-developer | dee@partner.example",
        "add-member | dee@partner.example | partners",
    ]
    story.apply()
    assert story.since(before) == {"dee@partner.example": "→ approved", "dee@partner.example in partners": "→ member"}


@pytest.mark.in_process
def test_an_invited_person_who_signed_up_meanwhile_is_approved_and_gets_no_mail(portal: Start) -> None:
    """An invitation is for nobody; an account that waits, in whatever case of letters, is approved as ever."""
    story = portal("portals: [{name: acme-partners, developers: [{email: Dee@partner.example}]}]")
    story.git("developers: [{email: dee@partner.example, full_name: Dee Day, invite: true}]")
    sent = invitations(story)
    story.apply()
    assert sent == []
    assert story.portal["developers"] == {"Dee@partner.example": "approved"}


@pytest.mark.in_process
def test_somebody_who_is_not_to_have_access_is_not_invited(portal: Start) -> None:
    """For someone who is not there, a revoked entry is satisfied and an expired one means nothing."""
    story = portal("portals: [{name: acme-partners}]")
    story.git("""
        developers:
          - {email: dee@partner.example, full_name: Dee Day, invite: true, status: revoked}
          - {email: eli@partner.example, full_name: Eli Day, invite: true, expires: 2026-11-22}
        """)
    sent = invitations(story)
    story.apply()
    assert sent == []
    assert story.portal["developers"] == {}
    assert story.listed("waiting") == []


def test_register_creates_a_missing_registration_as_approved(portal: Start) -> None:
    """`register: true` does not wait for the request; what was asked for is approved as ever."""
    story = portal("""
        apis: [{name: payments}, {name: orders}, {name: kit, package: true}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example}]
            applications: [{name: Checkout, owner: ada@partner.example, registrations: [{api: payments}]}]
        """)
    story.git("""
        developers:
          - email: ada@partner.example
            applications: [{name: Checkout, register: true, apis: [payments, orders, {package: kit}]}]
        """)
    before = story.portal
    changes = story.changes()
    assert changes[:2] == [
        "approve-developer | ada@partner.example",
        "approve-registration | ada@partner.example | Checkout | payments",
    ]
    assert sorted(changes[2:]) == [
        "create-registration | ada@partner.example | Checkout | kit",
        "create-registration | ada@partner.example | Checkout | orders",
    ]
    story.apply()
    assert story.since(before) == {
        "ada@partner.example": "pending → approved",
        "ada@partner.example / Checkout / orders": "→ approved",
        "ada@partner.example / Checkout / package kit": "→ approved",
        "ada@partner.example / Checkout / payments": "pending → approved",
    }


def test_register_may_stand_on_one_api_item_or_on_the_apis_side(portal: Start) -> None:
    """What does not say `register` waits for the request; packages are registered like APIs."""
    story = portal("""
        apis: [{name: payments}, {name: orders}, {name: kit, package: true}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example, status: approved}]
            teams: [{name: partners, can_own_applications: true}]
            applications:
              - {name: Checkout, owner: ada@partner.example}
              - {name: Bot, owner: {team: partners}}
        """)
    story.git("""
        developers:
          - email: ada@partner.example
            applications: [{name: Checkout, apis: [payments, {name: orders, register: true}]}]
        apis:
          - package: kit
            applications:
              - {owner: ada@partner.example, name: Checkout}
              - {owner: {team: partners}, name: Bot, register: true}
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "ada@partner.example / Checkout / orders": "→ approved",
        "team:partners / Bot / package kit": "→ approved",
    }
    assert sorted(story.listed("waiting")) == [
        "ada@partner.example | Checkout | kit",
        "ada@partner.example | Checkout | payments",
    ]


def test_register_waits_for_the_application_itself(portal: Start) -> None:
    """A registration can be created, an application is its owner's to create."""
    story = portal("""
        apis: [{name: payments}]
        portals: [{name: acme-partners, developers: [{email: ada@partner.example}]}]
        """)
    story.git("""
        developers:
          - {email: ada@partner.example, applications: [{name: Checkout, register: true, apis: [payments]}]}
        """)
    story.apply()
    assert story.portal["applications"] == []
    assert story.listed("waiting") == ["ada@partner.example | Checkout | payments"]
    story.sandbox.create_application(PORTAL, "ada@partner.example", "Checkout")
    story.apply()
    assert story.registrations("ada@partner.example", "Checkout") == {"payments": "approved"}


# Teams


def test_a_new_team_gets_its_description_roles_and_members_in_one_run(portal: Start) -> None:
    """A team listed under `teams` is created when the portal lacks it; teams and their roles before members."""
    story = portal("""
        apis: [{name: payments}, {name: orders, version: v2}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example, status: approved}, {email: dee@partner.example}]
        """)
    story.git("""
        developers: [dee@partner.example]
        teams:
          - name: payments-partners
            description: Partners that take payments
            can_own_applications: true
            roles:
              - {role: API Consumer, api: payments}
              - {role: API Viewer, api: {name: orders, version: v2}, region: "*"}
            members: [ada@partner.example, dee@partner.example]
        """)
    before = story.portal
    changes = story.changes()
    assert [changes[0], *sorted(changes[1:3]), *changes[3:]] == [
        "create-team | payments-partners",
        "assign-role | payments-partners | API Consumer | payments",
        "assign-role | payments-partners | API Viewer | orders v2",
        "add-member | ada@partner.example | payments-partners",
        "approve-developer | dee@partner.example",
        "add-member | dee@partner.example | payments-partners",
    ]
    story.apply()
    assert story.since(before) == {
        "dee@partner.example": "pending → approved",
        "team payments-partners": "→ Partners that take payments, may own applications",
        "payments-partners: API Consumer payments eu": "→ assigned",
        "payments-partners: API Viewer orders v2 *": "→ assigned",
        "ada@partner.example in payments-partners": "→ member",
        "dee@partner.example in payments-partners": "→ member",
    }
    made = [written for written in story.wrote if written.startswith("POST")]
    assert made == ["POST teams", *["POST teams/assigned-roles"] * 2, *["POST teams/developers"] * 2]


def test_a_team_is_updated_in_the_fields_that_git_gives_and_only_in_those(portal: Start) -> None:
    """Absent description, can_own_applications or roles: not managed."""
    story = portal("""
        apis: [{name: payments}]
        portals:
          - name: acme-partners
            teams:
              - {name: described, description: Old, can_own_applications: true}
              - {name: owning, description: Kept}
              - {name: untouched, description: Kept, roles: [{role: API Viewer, api: payments}]}
        """)
    story.git("""
        teams:
          - {name: described, description: New}
          - {name: owning, can_own_applications: true}
          - {name: untouched}
        """)
    before = story.portal
    assert story.changes() == ["update-team | described", "update-team | owning"]
    story.apply()
    assert story.since(before) == {
        "team described": "Old, may own applications → New, may own applications",
        "team owning": "Kept, owns no applications → Kept, may own applications",
    }


def test_roles_are_assigned_to_a_team_that_is_there(portal: Start) -> None:
    """A role is what it is on which API in which region: the same in another region is another role."""
    story = portal("""
        apis: [{name: payments}, {name: orders}]
        portals:
          - name: acme-partners
            teams:
              - name: partners
                roles: [{role: API Consumer, api: payments, region: eu}, {role: API Viewer, api: orders, region: us}]
        """)
    story.git("""
        teams:
          - name: partners
            roles:
              - {role: API Consumer, api: payments}
              - {role: API Viewer, api: orders}
              - {role: API Viewer, api: orders, region: us}
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {"partners: API Viewer orders eu": "→ assigned"}


def test_the_registrations_of_a_teams_application_are_approved(portal: Start) -> None:
    """An application is (owner, name): one of the same name that a person owns is another."""
    story = portal("""
        apis: [{name: payments}, {name: orders}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example, status: approved}]
            teams: [{name: partners, can_own_applications: true}]
            applications:
              - {name: Bot, owner: {team: partners}, registrations: [{api: payments}]}
              - {name: Bot, owner: ada@partner.example, registrations: [{api: payments}]}
        """)
    story.git("""
        teams:
          - name: partners
            applications:
              - {name: Bot, apis: [payments]}
              - {name: Bot, apis: [orders], register: true}
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "team:partners / Bot / payments": "pending → approved",
        "team:partners / Bot / orders": "→ approved",
    }


# The API's side


def test_an_api_owner_approves_the_applications_of_people_and_teams(portal: Start) -> None:
    """`apis` lists who may call an API, for API owners; it does not list its people as developers."""
    story = portal("""
        apis: [{name: invoices}, {name: orders, version: v1}, {name: orders, version: v2}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example, status: approved}, {email: bob@partner.example}]
            teams: [{name: partners, can_own_applications: true}]
            applications:
              - name: Checkout
                owner: ada@partner.example
                registrations: [{api: invoices}, {api: orders, version: v1}, {api: orders, version: v2}]
              - {name: Checkout, owner: bob@partner.example, registrations: [{api: invoices}]}
              - {name: Bot, owner: {team: partners}, registrations: [{api: invoices}]}
        """)
    story.git(
        apis__invoices="""
            apis:
              - name: invoices
                applications:
                  - {owner: ada@partner.example, name: Checkout}
                  - {owner: bob@partner.example, name: Checkout}
                  - {owner: {team: partners}, name: Bot}
            """,
        apis__orders="""
            apis:
              - {name: orders, version: v2, applications: [{owner: ada@partner.example, name: Checkout}]}
            """,
    )
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "ada@partner.example / Checkout / invoices": "pending → approved",
        "ada@partner.example / Checkout / orders v2": "pending → approved",
        "team:partners / Bot / invoices": "pending → approved",
    }
    assert story.listed("waiting") == ["bob@partner.example | Checkout | invoices"], "bob is not approved"


def test_a_teams_or_an_apis_side_grants_only_to_approved_people_and_approves_nobody(portal: Start) -> None:
    """A team's or an API's side does not list its people as developers; granting needs an approved person."""
    story = portal("""
        apis: [{name: payments}]
        portals:
          - name: acme-partners
            developers: [{email: pat@partner.example}]
            teams: [{name: partners}]
            applications: [{name: Checkout, owner: pat@partner.example, registrations: [{api: payments}]}]
        """)
    story.git("""
        teams: [{name: partners, members: [pat@partner.example]}]
        apis: [{name: payments, applications: [{owner: pat@partner.example, name: Checkout}]}]
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {}
    assert sorted(story.listed("waiting")) == [
        "pat@partner.example | Checkout | payments",
        "pat@partner.example | partners",
    ]
    assert story.listed("requests") == ["pat@partner.example"]
    story.git(
        "developers: [pat@partner.example]",
        others="""
            teams: [{name: partners, members: [pat@partner.example]}]
            apis: [{name: payments, applications: [{owner: pat@partner.example, name: Checkout}]}]
            """,
    )
    story.apply()
    assert story.since(before) == {
        "pat@partner.example": "pending → approved",
        "pat@partner.example in partners": "→ member",
        "pat@partner.example / Checkout / payments": "pending → approved",
    }


# A file's defaults


def test_the_defaults_of_a_file_count_for_its_developers_alone(portal: Start) -> None:
    """`defaults` is for the developers of its file only, plain addresses too."""
    story = portal("""
        portals:
          - name: acme-partners
            developers: [{email: ada@a.example}, {email: bob@b.example}, {email: cy@a.example}]
            teams: [{name: partners}, {name: beta}]
        """)
    story.git(
        a="""
            defaults: {teams: [partners], annotations: {sponsor: jo@acme.example}}
            developers: [ada@a.example]
            """,
        b="developers: [bob@b.example]",
        side="teams: [{name: beta, members: [cy@a.example]}]",
    )
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "ada@a.example": "pending → approved",
        "ada@a.example in partners": "→ member",
        "bob@b.example": "pending → approved",
    }


def test_an_entrys_own_key_replaces_the_default_as_a_whole(portal: Start) -> None:
    """An entry's `teams` is instead of, not besides, the default's; an empty list is a list."""
    story = portal("""
        portals:
          - name: acme-partners
            developers: [{email: ada@a.example}, {email: bob@a.example}, {email: cy@a.example}]
            teams: [{name: partners}, {name: beta}]
        """)
    story.git(
        a="""
            defaults: {teams: [partners]}
            developers:
              - {email: ada@a.example, teams: [beta]}
              - {email: bob@a.example, teams: []}
              - {email: cy@a.example, reason: nothing said of teams}
            """
    )
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "ada@a.example": "pending → approved",
        "ada@a.example in beta": "→ member",
        "bob@a.example": "pending → approved",
        "cy@a.example": "pending → approved",
        "cy@a.example in partners": "→ member",
    }


def test_a_default_expiry_ends_everyone_of_the_file_who_has_no_date_of_their_own(portal: Start) -> None:
    """`defaults.expires` is everybody's last day; an entry's own `expires` replaces it, either way."""
    story = portal("""
        portals:
          - name: acme-partners
            developers:
              - {email: ada@a.example, status: approved}
              - {email: bob@a.example, status: approved}
              - {email: cy@b.example, status: approved}
              - {email: dee@b.example, status: approved}
        """)
    story.git(
        a="""
            defaults: {expires: 2026-11-22}
            developers: [ada@a.example, {email: bob@a.example, expires: 2027-06-30}]
            """,
        b="""
            defaults: {expires: 2027-06-30}
            developers: [cy@b.example, {email: dee@b.example, expires: 2026-11-22}]
            """,
    )
    before = story.portal
    story.apply()
    assert story.since(before) == {"ada@a.example": "approved → revoked", "dee@b.example": "approved → revoked"}


def test_default_teams_are_no_contradiction_in_a_tombstone(portal: Start) -> None:
    """A revoked person may list no teams; the teams of the file's defaults are not theirs."""
    story = portal("""
        portals:
          - name: acme-partners
            developers: [{email: ada@a.example}, {email: bob@a.example, status: approved}]
            teams: [{name: partners, members: [bob@a.example]}]
        """)
    story.git(
        a="""
            defaults: {teams: [partners]}
            developers: [ada@a.example, {email: bob@a.example, status: revoked}]
            """
    )
    before = story.portal
    assert story.plan()["findings"] == []
    story.apply()
    assert story.since(before) == {
        "ada@a.example": "pending → approved",
        "ada@a.example in partners": "→ member",
        "bob@a.example": "approved → revoked",
        "bob@a.example in partners": "member →",
    }


# Standing rules


def test_a_rule_approves_who_waits_puts_them_in_its_teams_and_approves_their_requests(portal: Start) -> None:
    """Rules approve only who and what is pending; their teams and APIs go to matching people who become approved."""
    story = portal("""
        apis: [{name: orders}, {name: payments}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example}, {email: eve@elsewhere.example}]
            teams: [{name: partners, can_own_applications: true}]
            applications:
              - {name: Checkout, owner: ada@partner.example, registrations: [{api: orders}, {api: payments}]}
              - {name: Checkout, owner: eve@elsewhere.example, registrations: [{api: orders}]}
              - {name: Bot, owner: {team: partners}, registrations: [{api: orders}]}
        """)
    story.git("""
        rules:
          - name: partner domain
            match: {email: "*@partner.example"}
            approve: true
            teams: [partners]
            apis: [orders]
        """)
    before = story.portal
    plan = story.plan()
    assert {change["cause"]["by"] for change in plan["changes"]} == {"rule"}
    assert all("partner domain" in change["cause"]["text"] for change in plan["changes"])
    story.apply()
    assert story.since(before) == {
        "ada@partner.example": "pending → approved",
        "ada@partner.example in partners": "→ member",
        "ada@partner.example / Checkout / orders": "pending → approved",
    }, "not eve, not payments, and not what the team owns"


def test_the_apis_of_a_rule_are_named_by_version_and_package_as_anywhere(portal: Start) -> None:
    """Registrations of these APIs by these people's own applications: of this version, of this package."""
    story = portal("""
        apis: [{name: orders, version: v1}, {name: orders, version: v2}, {name: kit, package: true}, {name: kit}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example}]
            applications:
              - name: Checkout
                owner: ada@partner.example
                registrations: [{api: orders, version: v1}, {api: orders, version: v2}, {package: kit}, {api: kit}]
        """)
    story.git("""
        rules:
          - name: door
            match: {email: "*@partner.example"}
            approve: true
            apis: [{name: orders, version: v2}, {package: kit}]
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "ada@partner.example": "pending → approved",
        "ada@partner.example / Checkout / orders v2": "pending → approved",
        "ada@partner.example / Checkout / package kit": "pending → approved",
    }


def test_a_rule_gives_its_teams_and_apis_to_people_who_are_approved_already(portal: Start) -> None:
    """Its teams and APIs go to matching people who are approved or become so, whether or not the rule approves."""
    story = portal("""
        apis: [{name: orders}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example, status: approved}, {email: pat@partner.example}]
            teams: [{name: partners}]
            applications:
              - {name: Checkout, owner: ada@partner.example, registrations: [{api: orders}]}
              - {name: Checkout, owner: pat@partner.example, registrations: [{api: orders}]}
        """)
    story.git("""
        rules:
          - {name: welcome, match: {email: "*@partner.example"}, teams: [partners], apis: [orders]}
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "ada@partner.example in partners": "→ member",
        "ada@partner.example / Checkout / orders": "pending → approved",
    }
    assert story.listed("requests") == ["pat@partner.example", "pat@partner.example | Checkout | orders"]


@pytest.mark.parametrize("status", ["revoked", "rejected"])
def test_a_rule_never_brings_back_who_or_what_was_revoked_or_rejected(portal: Start, status: str) -> None:
    """Rules approve only who and what is pending; nothing, ever, for the others. Not even a mention as held."""
    story = portal(f"""
        apis: [{{name: orders}}]
        portals:
          - name: acme-partners
            developers: [{{email: rex@partner.example, status: {status}}}, {{email: ada@partner.example}}]
            teams: [{{name: partners}}]
            applications:
              - {{name: Old, owner: rex@partner.example, registrations: [{{api: orders}}]}}
              - {{name: Checkout, owner: ada@partner.example, registrations: [{{api: orders, status: {status}}}]}}
        """)
    story.git("""
        policy: {reinstate: always}
        rules:
          - {name: all, match: {email: "*@partner.example"}, approve: true, teams: [partners], apis: [orders]}
        """)
    before = story.portal
    assert story.listed("held") == []
    story.apply()
    assert story.since(before) == {
        "ada@partner.example": "pending → approved",
        "ada@partner.example in partners": "→ member",
    }


def test_a_rule_matches_the_whole_domain_behind_the_last_at_sign_and_no_look_alike(portal: Start) -> None:
    """`*@domain`: what follows the last @, compared whole; an address with non-ASCII characters is never matched."""
    theirs = {
        "plain@partner.example": True,
        "UPPER@PARTNER.EXAMPLE": True,
        '"x@evil.example"@partner.example': True,
        "sub@mail.partner.example": False,
        "longer@partner.example.evil.example": False,
        "joined@notpartner.example": False,
        '"x@partner.example"@evil.example': False,
        "space@partner.example ": False,
        "dot@partner.example.": False,
        "cyrillic@p\u0430rtner.example": False,
        "l\u043eokalike@partner.example": False,
        "j\u00fcrgen@partner.example": False,
        "full\uff57idth@partner.example": False,
        '"partner.example"@': False,
    }
    people = [{"email": email} for email in theirs]
    story = portal(json.dumps({"portals": [{"name": "acme-partners", "developers": people}]}))
    story.git("""
        rules: [{name: partners, match: {email: "*@Partner.example"}, approve: true}]
        """)
    story.apply()
    assert story.portal["developers"] == {
        email: "approved" if matched else "pending" for email, matched in theirs.items()
    }
    assert sorted(story.listed("requests")) == sorted(email for email, matched in theirs.items() if not matched)


def test_a_person_with_a_non_ascii_address_is_approved_by_their_own_entry(portal: Start) -> None:
    """An address with non-ASCII characters is matched by its own entry alone, code point by code point."""
    story = portal("""
        portals:
          - name: acme-partners
            developers:
              - {email: jürgen@partner.example}
              - {email: Jürgen@partner.example}
              - {email: jÜrgen@partner.example}
        """)
    story.git("developers: [jürgen@partner.example]")
    before = story.portal
    assert story.plan()["blocked"] != [], "two addresses differ in the case of an ASCII letter: ambiguous"
    story.apply()
    assert story.since(before) == {}
    story.sandbox.delete_developer(PORTAL, "Jürgen@partner.example")
    story.apply()
    assert story.portal["developers"] == {
        "jürgen@partner.example": "approved",
        "jÜrgen@partner.example": "pending",
    }


def test_an_expired_rule_gives_nothing_any_more_and_its_last_day_still_counts(portal: Start) -> None:
    """`expires` on a rule is its last day, UTC. What it gave before is not taken away: git does not say so."""
    story = portal("""
        apis: [{name: orders}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example}, {email: old@partner.example, status: approved}]
            teams: [{name: partners, members: [old@partner.example]}]
        """)
    rule = """
        rules:
          - {{name: summer, match: {{email: "*@partner.example"}}, approve: true, teams: [partners], expires: {day}}}
        """
    before = story.portal
    story.git(rule.format(day="2026-11-22"))
    assert [(finding["severity"], finding["line"]) for finding in story.plan()["findings"]] == [("warning", 4)]
    story.apply()
    assert story.since(before) == {}
    assert story.listed("requests") == ["ada@partner.example"]

    story.git(rule.format(day="2026-11-23"))
    story.apply()
    assert story.since(before) == {
        "ada@partner.example": "pending → approved",
        "ada@partner.example in partners": "→ member",
    }


def test_rules_that_match_the_same_person_add_up(portal: Start) -> None:
    """Matching rules add up: each gives its teams and APIs, one that approves is enough to be approved."""
    story = portal("""
        apis: [{name: orders}, {name: payments}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example}]
            teams: [{name: partners}, {name: beta}]
            applications:
              - {name: Checkout, owner: ada@partner.example, registrations: [{api: orders}, {api: payments}]}
        """)
    story.git("""
        rules:
          - {name: teams, match: {email: "*@partner.example"}, teams: [beta, partners], apis: [payments]}
          - {name: door, match: {email: "*@partner.example"}, approve: true, teams: [partners], apis: [orders]}
          - {name: others, match: {email: "*@other.example"}, approve: true, teams: [beta]}
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "ada@partner.example": "pending → approved",
        "ada@partner.example in beta": "→ member",
        "ada@partner.example in partners": "→ member",
        "ada@partner.example / Checkout / orders": "pending → approved",
        "ada@partner.example / Checkout / payments": "pending → approved",
    }


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("ada@partner.example", {"ada@partner.example": "pending → approved"}),
        ("{email: ADA@partner.example, teams: []}", {"ada@partner.example": "pending → approved"}),
        ("{email: ada@partner.example, status: revoked}", {"ada@partner.example": "pending → revoked"}),
        ("{email: ada@partner.example, status: rejected}", {"ada@partner.example": "pending → rejected"}),
        ("{email: ada@partner.example, expires: 2026-11-22}", {}),
    ],
)
def test_an_entry_switches_all_rules_off_for_its_person(portal: Start, entry: str, expected: dict[str, str]) -> None:
    """An entry under `developers` switches all rules off for that person: a plain address as well as a tombstone."""
    story = portal("""
        apis: [{name: orders}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example}]
            teams: [{name: partners}]
            applications: [{name: Checkout, owner: ada@partner.example, registrations: [{api: orders}]}]
        """)
    story.git(f"""
        developers: [{entry}]
        rules:
          - {{name: door, match: {{email: "*@partner.example"}}, approve: true, teams: [partners], apis: [orders]}}
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == expected


def test_a_team_or_api_side_is_no_entry_and_leaves_the_rules_on(portal: Start) -> None:
    """Only an entry under `developers` switches rules off; being named as a member does not."""
    story = portal("""
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example}]
            teams: [{name: partners}, {name: beta}]
        """)
    story.git("""
        teams: [{name: beta, members: [ada@partner.example]}]
        rules: [{name: door, match: {email: "*@partner.example"}, approve: true, teams: [partners]}]
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "ada@partner.example": "pending → approved",
        "ada@partner.example in beta": "→ member",
        "ada@partner.example in partners": "→ member",
    }


def test_a_rule_reaches_nobody_outside_the_scope(portal: Start) -> None:
    """Rules approve within scope: people whom this repository does not own are nobody to them."""
    story = portal("""
        portals:
          - name: acme-partners
            developers: [{email: ada.ext@partner.example}, {email: bob@partner.example}]
        """)
    story.git("""
        policy: {scope: {developers: ["*.ext@*"]}}
        rules: [{name: door, match: {email: "*@partner.example"}, approve: true}]
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {"ada.ext@partner.example": "pending → approved"}
    assert story.listed("requests") == []
