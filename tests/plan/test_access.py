"""Effective access: who may do what, through which path, and whether git, the portal or both say so."""

from __future__ import annotations

import datetime as dt

from reconciler.manifest.read import parse
from reconciler.manifest.resolve import resolve
from reconciler.model.desired import Desired
from reconciler.model.observed import (
    Api,
    Application,
    Developer,
    Membership,
    Observed,
    Portal,
    Registration,
    Role,
    Team,
)
from reconciler.plan.access.access import Access
from reconciler.plan.access.turns import people_turns, team_turns
from reconciler.plan.make import make_plan
from reconciler.report.access_words import right_words, turn_notes

MANIFEST = """\
portal: {name: acme, region: eu}
developers:
  - email: ada@partner.example
    teams: [partners]
    applications: [{name: Checkout, apis: [payments, orders]}]
  - {email: bob@partner.example, status: revoked}
  - {email: cy@partner.example, teams: [partners]}
teams:
  - name: partners
    roles: [{role: API Consumer, api: payments}, {role: API Viewer, api: orders}]
    applications: [{name: Bot, apis: [payments]}]
rules:
  - {name: other, match: {email: "*@other.example"}, approve: true, teams: [partners]}
"""

PORTAL = Observed(
    Portal("p", "acme", region="eu"),
    developers=(
        Developer("ada", "Ada@partner.example", "pending"),
        Developer("bob", "bob@partner.example", "approved"),
        Developer("dee", "dee@other.example", "approved"),
        Developer("eve", "eve@partner.example", "revoked"),
    ),
    teams=(Team("t1", "partners"), Team("t2", "beta")),
    memberships=(Membership("t1", "bob"), Membership("t1", "dee"), Membership("t2", "bob")),
    roles=(
        Role("r1", "t1", "API Consumer", "pay", "eu"),
        Role("r2", "t2", "API Viewer", "pay", "us"),
        Role("r3", "t2", "Auditor", "gone", "eu"),
    ),
    applications=(
        Application("c", "Checkout", "developer", "ada"),
        Application("b", "Bot", "team", "t1"),
        Application("m", "Mine", "developer", "bob"),
        Application("o", "Old", "developer", "eve"),
    ),
    registrations=(
        Registration("g1", "c", "pay", "payments", "v1", "pending"),
        Registration("g2", "b", "pay", "payments", "v1", "approved"),
        Registration("g3", "m", "pay", "payments", "v1", "approved"),
        Registration("g4", "o", "pay", "payments", "v1", "approved"),
    ),
    apis=(Api("pay", "payments", "v1"), Api("ord", "orders", "v1")),
    read=frozenset({"developers", "teams", "memberships", "roles", "applications", "registrations", "apis"}),
)


def desired() -> Desired:
    document, findings = parse(MANIFEST, "access.yaml")
    assert document, findings
    resolved, findings = resolve([document], dt.date(2026, 11, 20))
    assert resolved, findings
    return resolved


def access() -> Access:
    git = desired()
    return Access(git, PORTAL, make_plan(git, PORTAL).changes)


def test_every_path_is_told_with_where_it_is_and_the_lines_that_list_it() -> None:
    """`git` alone is planned or waits; `portal` alone is unlisted; credentials outlive an approval: `leftover`."""
    found = access()
    told = [
        (
            person.email,
            "".join(right_words(right, "eu")),
            right.source,
            [why.origin.line for why in right.lines if why.origin],
        )
        for person in found.people()
        for right in found.rights(person)
    ]
    ada, bob, cy, dee = "Ada@partner.example", "bob@partner.example", "cy@partner.example", "dee@other.example"
    bot = "call payments v1, through application Bot of team partners"
    register = "register applications for payments v1, through team partners"
    assert told == [
        (ada, "sign in to the portal", "git", [3]),
        (ada, "call orders, through application Checkout", "git", [3, 5]),
        (ada, "call payments v1, through application Checkout", "git", [3, 5]),
        (ada, "see orders v1, through team partners", "git", [3, 4, 10]),
        (ada, bot, "git", [3, 4, 11]),
        (ada, register, "git", [3, 4, 10]),
        (bob, "sign in to the portal", "portal", []),
        (bob, "call payments v1, through application Mine", "portal", []),
        (bob, "hold role Auditor on gone, through team beta", "portal", []),
        (bob, "see payments v1 in us, through team beta", "portal", []),
        (bob, bot, "portal", [11]),
        (bob, register, "portal", [10]),
        (cy, "sign in to the portal", "git", [7]),
        (cy, "see orders v1, through team partners", "git", [7, 7, 10]),
        (cy, bot, "git", [7, 7, 11]),
        (cy, register, "git", [7, 7, 10]),
        (dee, "sign in to the portal", "both", [13]),
        (dee, "see orders v1, through team partners", "git", [13, 13, 10]),
        (dee, bot, "both", [13, 13, 11]),
        (dee, register, "both", [13, 13, 10]),
        ("eve@partner.example", "call payments v1, through application Old", "portal", []),
    ]
    [eve] = found.of("eve@partner.example")
    assert [right.leftover for right in found.rights(eve)] == [True]


def test_gains_and_losses_of_people_and_what_a_team_gains_for_all_of_them() -> None:
    """Of a loss it is said what goes on: other paths, and credentials of a team's application."""
    found = access()
    people = [
        f"{each.person.email} {turn.kind}: "
        + "; ".join("".join(words) for words in (right_words(turn.right, "eu"), *turn_notes(turn)))
        for each in people_turns(found)
        for turn in each.turns
    ]
    assert people == [
        "Ada@partner.example gains: sign in to the portal",
        "Ada@partner.example gains: call payments v1, through application Checkout",
        "Ada@partner.example gains: see orders v1, through team partners",
        "Ada@partner.example gains: call payments v1, through application Bot of team partners",
        "Ada@partner.example gains: register applications for payments v1, through team partners",
        "bob@partner.example loses: sign in to the portal",
        "bob@partner.example loses: call payments v1, through application Mine",
        "bob@partner.example loses: hold role Auditor on gone, through team beta",
        "bob@partner.example loses: see payments v1 in us, through team beta",
        "bob@partner.example loses: call payments v1, through application Bot of team partners; "
        "credentials of it that they know go on working",
        "bob@partner.example loses: register applications for payments v1, through team partners",
    ]
    [partners] = team_turns(found)
    assert (partners.team.name, partners.members) == ("partners", 1)
    assert [(turn.kind, "".join(right_words(turn.right, "eu"))) for turn in partners.turns] == [
        ("gains", "see orders v1, through team partners")
    ]


def test_a_path_that_is_lost_beside_one_that_stays_is_told_with_it() -> None:
    """Losing a path is not losing access: a reviewer must see what is left."""
    portal = Observed(
        PORTAL.portal,
        developers=(Developer("bob", "bob@partner.example", "approved"),),
        teams=PORTAL.teams,
        memberships=(Membership("t1", "bob"), Membership("t2", "bob")),
        roles=(PORTAL.roles[0], Role("r2", "t2", "API Viewer", "pay", "eu")),
        apis=PORTAL.apis,
        read=PORTAL.read,
    )
    git = desired()
    leave = [c for c in make_plan(git, PORTAL).changes if c.action == "remove-member" and c.subject.team]
    [change] = [c for c in leave if c.subject.team and c.subject.team.name == "beta"]
    [bob] = people_turns(Access(git, portal, [change]))
    assert [["".join(words) for words in turn_notes(turn)] for turn in bob.turns] == [
        ["still can, through team partners"]
    ]
