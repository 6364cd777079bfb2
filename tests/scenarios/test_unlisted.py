"""Unlisted: what the portal has and git does not list, under each policy; and what is none of our business."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.conftest import Start
from tests.scenarios.story import PORTAL, Story

REPORT_NOTHING_ELSE = {"developers": "ignore", "memberships": "ignore", "registrations": "ignore", "roles": "ignore"}


def policy(**unlisted: str) -> str:
    """A policy under which only the kinds named are looked at, with the scope written out."""
    settings = {**REPORT_NOTHING_ELSE, **unlisted}
    listed = ", ".join(f"{kind}: {how}" for kind, how in settings.items())
    return f'policy: {{scope: {{developers: ["*"], teams: ["*"], apis: ["*"]}}, unlisted: {{{listed}}}}}'


def seen(story: Story) -> dict[str, Any]:
    """What a plan shows of access that git does not list, and what drift makes of it."""
    plan = story.plan()
    lists = {kind: story.listed(kind) for kind in ("unlisted", "requests") if plan[kind]}
    return {**lists, "drift": story.drift()[0]}


# Each policy of each kind

PEOPLE = """
    apis: [{name: payments}, {name: orders}]
    portals:
      - name: acme-partners
        developers:
          - {email: ada@partner.example, status: approved}
          - {email: bob@partner.example, status: approved}
          - {email: pat@partner.example, status: pending}
          - {email: rex@partner.example, status: revoked}
          - {email: ron@partner.example, status: rejected}
        teams:
          - name: partners
            members:
              - ada@partner.example
              - bob@partner.example
              - pat@partner.example
              - rex@partner.example
              - ron@partner.example
        applications:
          - name: Checkout
            owner: bob@partner.example
            registrations: [{api: payments, status: approved}, {api: orders, status: pending}]
          - {name: Left, owner: rex@partner.example, registrations: [{api: payments, status: approved}]}
          - {name: Early, owner: pat@partner.example, registrations: [{api: payments, status: approved}]}
    """


@pytest.mark.parametrize(
    ("setting", "changed", "shown"),
    [
        ("ignore", {}, {"drift": 0}),
        (
            "report",
            {},
            {"unlisted": ["bob@partner.example"], "requests": ["pat@partner.example"], "drift": 2},
        ),
        (
            "revoke",
            {
                "bob@partner.example": "approved → revoked",
                "bob@partner.example in partners": "member →",
                "bob@partner.example / Checkout / payments": "approved → revoked",
                "pat@partner.example / Early / payments": "approved → revoked",
                "rex@partner.example in partners": "member →",
                "rex@partner.example / Left / payments": "approved → revoked",
                "ron@partner.example in partners": "member →",
            },
            {"requests": ["pat@partner.example"], "drift": 2},
        ),
    ],
)
def test_people_whom_git_does_not_list(
    portal: Start, setting: str, changed: dict[str, str], shown: dict[str, Any]
) -> None:
    """`ignore`: not even reported. `report`: shown, who waits as a request. `revoke`: taken away; a request remains.

    Revoked and rejected people are nothing to report; where the policy is `revoke` their access is taken as well.
    """
    story = portal(PEOPLE)
    story.git(policy(developers=setting) + "\ndevelopers: [ada@partner.example]\n")
    before = story.portal
    assert seen(story) == shown
    story.apply()
    assert story.since(before) == changed
    assert seen(story) == ({**shown, "drift": 0} if setting == "revoke" else shown)


def test_someone_whom_a_rule_approves_counts_as_listed(portal: Start) -> None:
    """Under `revoke`, too, people of a rule that approves are left; a rule that only gives teams lists nobody."""
    story = portal("""
        portals:
          - name: acme-partners
            developers:
              - {email: ada@partner.example, status: approved}
              - {email: bob@beta.example, status: approved}
              - {email: cy@other.example, status: approved}
            teams: [{name: beta}]
        """)
    story.git(
        policy(developers="revoke"),
        rules="""
            rules:
              - {name: door, match: {email: "*@partner.example"}, approve: true}
              - {name: club, match: {email: "*@beta.example"}, teams: [beta]}
            """,
    )
    before = story.portal
    story.apply()
    assert story.since(before) == {"bob@beta.example": "approved → revoked", "cy@other.example": "approved → revoked"}


def test_someone_whom_only_a_team_or_an_api_lists_is_unlisted(portal: Start) -> None:
    """A team's or an API's side does not list its people as developers: under `revoke` they are taken away."""
    story = portal("""
        apis: [{name: payments}]
        portals:
          - name: acme-partners
            developers:
              - {email: ada@partner.example, status: approved}
              - {email: bob@partner.example, status: approved}
            teams: [{name: club, members: [bob@partner.example]}]
            applications:
              - {name: Shop, owner: bob@partner.example, registrations: [{api: payments, status: approved}]}
        """)
    story.git(
        policy(developers="revoke"),
        sides="""
            developers: [ada@partner.example]
            teams: [{name: club, members: [bob@partner.example]}]
            apis: [{name: payments, applications: [{owner: bob@partner.example, name: Shop}]}]
            """,
    )
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "bob@partner.example": "approved → revoked",
        "bob@partner.example in club": "member →",
        "bob@partner.example / Shop / payments": "approved → revoked",
    }


TEAMS = """
    portals:
      - name: acme-partners
        developers:
          - {email: ada@partner.example, status: approved}
          - {email: bob@partner.example, status: approved}
        teams:
          - {name: club, members: [ada@partner.example, bob@partner.example]}
          - {name: mine, members: [ada@partner.example]}
          - {name: open, members: [bob@partner.example]}
          - {name: plain, members: [bob@partner.example]}
    """
NOT_LISTED = ["ada@partner.example | mine", "bob@partner.example | club"]
ELSEWHERE = ["bob@partner.example | open", "bob@partner.example | plain"]


@pytest.mark.parametrize(
    ("setting", "gone", "shown"),
    [
        ("ignore", [], []),
        ("report", [], [*NOT_LISTED, *ELSEWHERE]),
        ("exact", NOT_LISTED, ELSEWHERE),
        ("remove", [*NOT_LISTED, *ELSEWHERE], []),
    ],
)
def test_memberships_that_git_does_not_list(portal: Start, setting: str, gone: list[str], shown: list[str]) -> None:
    """`exact`: taken away where git is the list, and reported elsewhere; `remove`: taken away everywhere in scope.

    Git is the list for the memberships of people under `developers` and of teams that give `members`.
    """
    story = portal(TEAMS)
    story.git(
        policy(memberships=setting),
        listed="""
            developers: [ada@partner.example]
            teams: [{name: club, members: [ada@partner.example]}, {name: plain, description: gives no members}]
            """,
    )
    before = story.portal
    assert sorted(story.listed("unlisted")) == sorted(shown)
    assert sorted(story.changes()) == sorted(["update-team | plain", *(f"remove-member | {one}" for one in gone)])
    story.apply()
    assert story.since(before) == {
        "team plain": "no description, owns no applications → gives no members, owns no applications",
        **{one.replace(" | ", " in "): "member →" for one in gone},
    }
    assert story.drift()[0] == (2 if shown else 0)


def test_a_team_that_lists_no_member_at_all_gives_members_all_the_same(portal: Start) -> None:
    """`members: []` is a list: under `exact` the team is emptied, of one member without a refusal."""
    story = portal("""
        portals:
          - name: acme-partners
            developers: [{email: bob@partner.example, status: approved}]
            teams: [{name: club, members: [bob@partner.example]}, {name: beta}]
        """)
    story.git(
        policy(memberships="exact"),
        listed="""
            teams: [{name: club, members: []}, {name: beta, members: [bob@partner.example]}]
            """,
    )
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "bob@partner.example in beta": "→ member",
        "bob@partner.example in club": "member →",
    }


REGISTRATIONS = """
    apis: [{name: payments}, {name: orders}, {name: refunds}, {name: kit, package: true}]
    portals:
      - name: acme-partners
        developers:
          - {email: ada@partner.example, status: approved}
          - {email: bob@partner.example, status: approved}
        teams: [{name: club, can_own_applications: true}, {name: open, can_own_applications: true}]
        applications:
          - name: Checkout
            owner: ada@partner.example
            registrations:
              - {api: payments, status: approved}
              - {api: orders, status: approved}
              - {package: kit, status: approved}
              - {api: refunds, status: pending}
          - {name: Unknown, owner: ada@partner.example, registrations: [{api: payments, status: approved}]}
          - name: Shop
            owner: bob@partner.example
            registrations:
              [{api: payments, status: approved}, {api: orders, status: pending}, {api: refunds, status: revoked}]
          - {name: Bot, owner: {team: club}, registrations: [{api: payments, status: approved}]}
          - {name: Daemon, owner: {team: open}, registrations: [{api: payments, status: approved}]}
    """
OF_LISTED_OWNERS = [
    "ada@partner.example | Checkout | kit",
    "ada@partner.example | Checkout | orders",
    "ada@partner.example | Unknown | payments",
    "club | Bot | payments",
]
OF_OTHERS = ["bob@partner.example | Shop | payments", "open | Daemon | payments"]
ASKED = ["ada@partner.example | Checkout | refunds", "bob@partner.example | Shop | orders"]


@pytest.mark.parametrize(
    ("setting", "gone", "shown", "asked"),
    [
        ("ignore", [], [], []),
        ("report", [], [*OF_LISTED_OWNERS, *OF_OTHERS], ASKED),
        ("exact", OF_LISTED_OWNERS, OF_OTHERS, ASKED),
        ("revoke", [*OF_LISTED_OWNERS, *OF_OTHERS], [], ASKED),
    ],
)
def test_registrations_that_git_does_not_list(
    portal: Start, setting: str, gone: list[str], shown: list[str], asked: list[str]
) -> None:
    """Unlisted and approved: unlisted; unlisted and pending: a request, declined by no policy.

    Git is the list for the applications whose owner is under `developers` or `teams`.
    """
    story = portal(REGISTRATIONS)
    story.git(
        policy(registrations=setting),
        listed="""
            developers: [{email: ada@partner.example, applications: [{name: Checkout, apis: [payments]}]}]
            teams: [{name: club}]
            """,
    )
    before = story.portal
    assert sorted(story.listed("unlisted")) == sorted(shown)
    assert sorted(story.listed("requests")) == sorted(asked)
    assert sorted(story.changes()) == sorted(f"revoke-registration | {one}" for one in gone)
    story.apply("--allow", "removals.registrations", "--reason", "a small portal")
    changed = {
        "ada@partner.example | Checkout | kit": "ada@partner.example / Checkout / package kit",
        "club | Bot | payments": "team:club / Bot / payments",
        "open | Daemon | payments": "team:open / Daemon / payments",
    }
    assert story.since(before) == {changed.get(one, one.replace(" | ", " / ")): "approved → revoked" for one in gone}
    assert story.drift()[0] == (2 if shown else 0), "requests never change an exit code"
    assert sorted(story.listed("requests")) == sorted(asked)


ROLES = """
    apis: [{name: payments}, {name: orders}]
    portals:
      - name: acme-partners
        teams:
          - name: club
            roles:
              - {role: API Consumer, api: payments, region: eu}
              - {role: API Viewer, api: payments, region: eu}
              - {role: API Consumer, api: orders, region: eu}
          - {name: empty, roles: [{role: API Viewer, api: orders, region: us}]}
          - {name: plain, roles: [{role: API Consumer, api: orders, region: eu}]}
          - {name: other, roles: [{role: API Consumer, api: orders, region: eu}]}
    """


@pytest.mark.parametrize(
    ("setting", "removed", "drift"), [("ignore", False, 0), ("report", False, 2), ("remove", True, 0)]
)
def test_roles_that_git_does_not_list(portal: Start, setting: str, removed: bool, drift: int) -> None:
    """Roles: of teams that give `roles`; a team without the key, or not under `teams`, is left alone."""
    story = portal(ROLES)
    story.git(
        policy(roles=setting),
        listed="""
            teams:
              - {name: club, roles: [{role: API Consumer, api: payments}]}
              - {name: empty, roles: []}
              - {name: plain}
            """,
    )
    unlisted = [
        "club | API Consumer | orders",
        "club | API Viewer | payments",
        "empty | API Viewer | orders",
    ]
    before = story.portal
    assert sorted(story.listed("unlisted")) == (unlisted if setting == "report" else [])
    assert sorted(story.changes()) == ([f"remove-role | {one}" for one in unlisted] if removed else [])
    story.apply()
    gone = {
        "club: API Consumer orders eu": "assigned →",
        "club: API Viewer payments eu": "assigned →",
        "empty: API Viewer orders us": "assigned →",
    }
    assert story.since(before) == (gone if removed else {})
    assert story.drift()[0] == drift


def test_by_default_everything_unlisted_is_reported_and_nothing_is_taken(portal: Start) -> None:
    """Nothing is taken away unless git says so: a workspace that lists nobody changes nothing."""
    story = portal(PEOPLE)
    story.git()
    before = story.portal
    assert sorted(story.listed("unlisted")) == [
        "ada@partner.example",
        "ada@partner.example | partners",
        "bob@partner.example",
        "bob@partner.example | Checkout | payments",
        "bob@partner.example | partners",
        "pat@partner.example | Early | payments",
        "pat@partner.example | partners",
        "rex@partner.example | Left | payments",
        "rex@partner.example | partners",
        "ron@partner.example | partners",
    ]
    assert story.listed("requests") == ["bob@partner.example | Checkout | orders", "pat@partner.example"]
    story.apply()
    assert story.since(before) == {}
    assert story.drift()[0] == 2


@pytest.mark.parametrize(
    ("kind", "setting", "scope"),
    [
        ("developers", "revoke", "{teams: ['*'], apis: ['*']}"),
        ("memberships", "remove", "{developers: ['*'], apis: ['*']}"),
        ("roles", "remove", "{developers: ['*'], apis: ['*']}"),
        ("registrations", "revoke", "{developers: ['*'], teams: ['*']}"),
    ],
)
def test_taking_away_everywhere_needs_the_scope_written_out(
    portal: Start, kind: str, setting: str, scope: str
) -> None:
    """`revoke` and `remove` need `policy.scope` written out for that kind: owning everything must be said."""
    story = portal(PEOPLE)
    story.git(f"""
        policy:
          scope: {scope}
          unlisted: {{{kind}: {setting}}}
        developers: [ada@partner.example]
        """)
    before = story.portal
    ran = story.run("validate", str(story.folder))
    assert ran.code == 3
    assert "access.yaml:5" in ran.err + ran.out
    assert story.run("apply", str(story.folder), "--yes").code == 3
    assert story.since(before) == {}


# Requests


def test_requests_of_people_and_for_apis_are_shown_and_change_no_exit_code(portal: Start) -> None:
    """Who and what is pending and not listed is a request; waiting and requests never change any code."""
    story = portal("""
        apis: [{name: payments}]
        portals:
          - name: acme-partners
            developers: [{email: ada@partner.example, status: approved}, {email: pat@partner.example}]
            teams: [{name: club, can_own_applications: true}]
            applications:
              - {name: Checkout, owner: ada@partner.example, registrations: [{api: payments}]}
              - {name: Early, owner: pat@partner.example, registrations: [{api: payments}]}
              - {name: Bot, owner: {team: club}, registrations: [{api: payments}]}
        """)
    story.git("developers: [ada@partner.example]")
    before = story.portal
    asked = [
        "club | Bot | payments",
        "ada@partner.example | Checkout | payments",
        "pat@partner.example",
        "pat@partner.example | Early | payments",
    ]
    assert story.listed("requests") == asked
    assert story.plan()["summary"]["requests"] == 4
    assert story.drift()[0] == 0
    assert "pat@partner.example" in story.run("plan", str(story.folder)).out
    story.apply()
    assert story.since(before) == {}


# Scope

OTHERS_TOO = """
    apis: [{name: pay-in}, {name: pay-out}, {name: ledger}]
    portals:
      - name: acme-partners
        developers:
          - {email: ada@ours.example, status: approved}
          - {email: bob@ours.example, status: approved}
          - {email: pat@ours.example, status: pending}
          - {email: eve@theirs.example, status: approved}
          - {email: sam@theirs.example, status: pending}
        teams:
          - {name: our-club, members: [ada@ours.example, bob@ours.example, eve@theirs.example]}
          - {name: their-club, can_own_applications: true, members: [ada@ours.example, eve@theirs.example]}
        applications:
          - name: Checkout
            owner: ada@ours.example
            registrations: [{api: pay-in, status: approved}, {api: ledger, status: approved}]
          - name: Shop
            owner: bob@ours.example
            registrations: [{api: pay-out, status: approved}, {api: ledger, status: pending}]
          - name: Theirs
            owner: eve@theirs.example
            registrations: [{api: pay-in, status: approved}, {api: pay-out, status: pending}]
          - {name: Bot, owner: {team: their-club}, registrations: [{api: pay-in, status: approved}]}
    """
OUR_SCOPE = '{developers: ["*@OURS.example"], teams: ["our-*"], apis: ["pay-*"]}'


def test_nothing_outside_the_scope_is_changed_reported_or_counted_under_the_strictest_policy(portal: Start) -> None:
    """A membership is in scope when its person and its team are, a registration when its owner and its API are."""
    story = portal(OTHERS_TOO)
    story.git(f"""
        policy:
          scope: {OUR_SCOPE}
          unlisted: {{developers: report, memberships: remove, registrations: revoke}}
          limits: {{may_empty: ["*"]}}
        developers: [ada@ours.example]
        teams: [{{name: our-club, members: [ada@ours.example]}}]
        apis: [{{name: pay-in, applications: [{{owner: ada@ours.example, name: Checkout}}]}}]
        """)
    before = story.portal
    assert story.listed("unlisted") == ["bob@ours.example"]
    assert story.listed("requests") == ["pat@ours.example"]
    story.apply()
    assert story.since(before) == {
        "bob@ours.example in our-club": "member →",
        "bob@ours.example / Shop / pay-out": "approved → revoked",
    }


def test_nothing_outside_the_scope_is_reported(portal: Start) -> None:
    """Under `report` only what this repository owns is shown."""
    story = portal(OTHERS_TOO)
    story.git(f"policy: {{scope: {OUR_SCOPE}}}")
    before = story.portal
    assert sorted(story.listed("unlisted")) == [
        "ada@ours.example",
        "ada@ours.example | Checkout | pay-in",
        "ada@ours.example | our-club",
        "bob@ours.example",
        "bob@ours.example | Shop | pay-out",
        "bob@ours.example | our-club",
    ]
    assert story.listed("requests") == ["pat@ours.example"]
    story.apply()
    assert story.since(before) == {}


def test_unlisted_people_outside_the_scope_are_not_revoked(portal: Start) -> None:
    """`developers: revoke` is for the people whom this repository owns; with them goes all that they own."""
    story = portal(OTHERS_TOO)
    story.git(f"""
        policy:
          scope: {OUR_SCOPE}
          unlisted: {{developers: revoke, memberships: ignore, registrations: ignore}}
        developers: [ada@ours.example]
        """)
    before = story.portal
    story.apply()
    assert story.since(before) == {
        "bob@ours.example": "approved → revoked",
        "bob@ours.example in our-club": "member →",
        "bob@ours.example / Shop / pay-out": "approved → revoked",
    }


def test_roles_on_apis_outside_the_scope_are_somebody_elses(portal: Start) -> None:
    """A team of ours may have roles on APIs that another repository owns: not removed, and not reported."""
    story = portal("""
        apis: [{name: pay-in}, {name: pay-out}, {name: ledger}]
        portals:
          - name: acme-partners
            teams:
              - name: our-club
                roles:
                  - {role: API Consumer, api: pay-in, region: eu}
                  - {role: API Consumer, api: pay-out, region: eu}
                  - {role: API Consumer, api: ledger, region: eu}
        """)
    listed = "teams: [{name: our-club, roles: [{role: API Consumer, api: pay-in}]}]"
    story.git(f"policy: {{scope: {OUR_SCOPE}}}\n{listed}\n")
    before = story.portal
    assert story.listed("unlisted") == ["our-club | API Consumer | pay-out"]
    story.git(f"policy: {{scope: {OUR_SCOPE}, unlisted: {{roles: remove}}}}\n{listed}\n")
    story.apply()
    assert story.since(before) == {"our-club: API Consumer pay-out eu": "assigned →"}


@pytest.mark.parametrize(
    ("listing", "line"),
    [
        ("developers: [eve@theirs.example]", 3),
        ("developers: [{email: ada@ours.example, teams: [their-club]}]", 3),
        ("developers: [{email: ada@ours.example, applications: [{name: Checkout, apis: [ledger]}]}]", 3),
        ("teams: [{name: their-club}]", 3),
        ("teams: [{name: our-club, members: [eve@theirs.example]}]", 3),
        ("teams: [{name: our-club, roles: [{role: API Viewer, api: ledger}]}]", 3),
        ("apis: [{name: ledger, applications: [{owner: ada@ours.example, name: Checkout}]}]", 3),
        ("apis: [{name: pay-in, applications: [{owner: eve@theirs.example, name: Theirs}]}]", 3),
        ("apis: [{name: pay-in, applications: [{owner: {team: their-club}, name: Bot}]}]", 3),
        ("developers: [{email: eve@theirs.example, status: revoked}]", 3),
    ],
)
def test_listing_something_outside_the_scope_is_an_error(portal: Start, listing: str, line: int) -> None:
    """Listing something outside is an error, at its line, and nothing is applied."""
    story = portal(OTHERS_TOO)
    story.git(f"policy: {{scope: {OUR_SCOPE}}}\n{listing}\n")
    ran = story.run("validate", str(story.folder))
    assert ran.code == 3, ran
    assert f"access.yaml:{line}" in ran.err + ran.out
    assert "scope" in ran.err + ran.out
    assert story.run("apply", str(story.folder), "--yes").code == 3
    assert story.writes() == []


def test_a_non_ascii_address_is_in_no_scope_but_that_of_everybody(portal: Start) -> None:
    """An address with non-ASCII characters is matched by its own entry alone, never by a glob other than `*`."""
    story = portal("""
        portals:
          - name: acme-partners
            developers:
              - {email: ada@ours.example, status: approved}
              - {email: ädå@ours.example, status: approved}
              - {email: \u212aim@ours.example, status: pending}
        """)
    story.git('policy: {scope: {developers: ["*@ours.example", "*ours*"]}}')
    assert story.listed("unlisted") == ["ada@ours.example"]
    assert story.listed("requests") == []
    story.git('policy: {scope: {developers: ["*"]}}')
    assert story.listed("unlisted") == ["ada@ours.example", "ädå@ours.example"]
    assert story.listed("requests") == ["\u212aim@ours.example"]


def test_what_is_outside_the_scope_does_not_make_a_removal_look_small(portal: Start) -> None:
    """Removals are held against that kind's approved things in scope: other people's do not count."""
    ours = "".join(f"          - {{email: ours{n}@ours.example, status: approved}}\n" for n in range(8))
    theirs = "".join(f"          - {{email: theirs{n}@theirs.example, status: approved}}\n" for n in range(100))
    story = portal(f"portals:\n  - name: {PORTAL}\n    developers:\n{ours}{theirs}")
    gone = ", ".join(f"{{email: ours{n}@ours.example, status: revoked}}" for n in range(6))
    listing = f"developers: [{gone}, ours6@ours.example, ours7@ours.example]\n"
    before = story.portal
    story.git(f'policy: {{scope: {{developers: ["*@ours.example"]}}}}\n{listing}')
    assert [refusal["rule"] for refusal in story.plan()["refusals"]] == ["removals.developers"]
    story.apply(code=4)
    assert story.since(before) == {}
    story.git(listing)
    story.apply()
    assert len(story.since(before)) == 6


# What git could mean is not unlisted


def test_what_git_lists_on_any_side_is_listed(portal: Start) -> None:
    """The three sides add up: under `remove` and `revoke` a listing on one of them is enough."""
    story = portal("""
        apis: [{name: payments}, {name: orders}]
        portals:
          - name: acme-partners
            developers:
              - {email: ada@partner.example, status: approved}
              - {email: bob@partner.example, status: approved}
            teams:
              - {name: club, members: [ada@partner.example, bob@partner.example]}
              - {name: rules, members: [bob@partner.example]}
            applications:
              - name: Checkout
                owner: ada@partner.example
                registrations: [{api: payments, status: approved}, {api: orders, status: approved}]
              - {name: Shop, owner: bob@partner.example, registrations: [{api: orders, status: approved}]}
        """)
    story.git(
        policy(developers="revoke", memberships="remove", registrations="revoke"),
        more="""
            developers:
              - {email: ada@partner.example, teams: [club], applications: [{name: Checkout, apis: [payments]}]}
            teams: [{name: club, members: [bob@partner.example]}]
            apis: [{name: orders, applications: [{owner: ada@partner.example, name: Checkout}]}]
            """,
        rules="""
            rules:
              - {name: door, match: {email: "*@partner.example"}, approve: true, teams: [rules], apis: [orders]}
            """,
    )
    before = story.portal
    story.apply()
    assert story.since(before) == {}
    assert story.wrote == []
    assert story.drift()[0] == 0
