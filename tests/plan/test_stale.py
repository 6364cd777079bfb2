"""A saved plan is held against the portal, change by change: as it was, so already, or stale and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.model.change import Action, ApiRef, Cause, Change, Effect, Facts, Plan, Ref, Subject
from reconciler.model.observed import (
    Application,
    Developer,
    Membership,
    Need,
    Observed,
    Portal,
    Registration,
    Role,
    Team,
)
from reconciler.plan.now import words
from reconciler.plan.stale import need_of_plan, recheck

PORTAL = Portal("portal", "acme-partners")
ADA, BETA = Ref("ada@partner.example", "ada"), Ref("beta", "beta")
SHOP, ORDERS = Ref("Shop", "shop"), ApiRef("orders", "v1", "orders")
NOW = Observed(
    PORTAL,
    developers=(
        Developer("ada", "Ada@partner.example", "approved"),
        Developer("bob", "bob@partner.example", "pending"),
        Developer("dan", "dan@partner.example", "pending"),
    ),
    teams=(Team("beta", "beta", "New", can_own_applications=False),),
    memberships=(Membership("beta", "ada"), Membership("beta", "dan")),
    roles=(Role("r2", "beta", "API Viewer", "orders", "eu"),),
    applications=(Application("shop", "Shop", "developer", "ada"), Application("bot", "Bot", "team", "beta")),
    registrations=(
        Registration("reg", "shop", "orders", "orders", "v1", "approved"),
        Registration("bots", "bot", "orders", "orders", "v1", "pending"),
    ),
    read=frozenset({"developers", "teams"}),
)


def change(action: Action, subject: Subject, before: Facts | None, after: Facts | None, effect: Effect) -> Change:
    return Change(action, subject, before, after, effect, Cause("entry", "listed"))


def role(ref: Ref, team: Ref = BETA) -> Subject:
    return Subject("role", team=team, role=ref, api=ORDERS, region="eu")


def member(person: Ref = ADA, team: Ref = BETA) -> Subject:
    return Subject("membership", developer=person, team=team)


def join(person: Ref = ADA, team: Ref = BETA) -> Change:
    return change("add-member", member(person, team), None, {"member": True}, "grants")


def leave(person: Ref = ADA, team: Ref = BETA) -> Change:
    return change("remove-member", member(person, team), {"member": True}, None, "removes")


def team(action: Action, before: Facts | None, after: Facts, ref: Ref = BETA) -> Change:
    return change(action, Subject("team", team=ref), before, after, "neither")


def invite(email: str) -> Change:
    after: Facts = {"status": "approved", "full_name": "A"}
    return change("invite-developer", Subject("developer", developer=Ref(email)), None, after, "grants")


def developer(action: Action, before: str, after: str, effect: Effect, ref: Ref) -> Change:
    return change(action, Subject("developer", developer=ref), {"status": before}, {"status": after}, effect)


def registration(action: Action, before: str | None, after: str, effect: Effect, **more: object) -> Change:
    given = {"developer": ADA, "application": SHOP, "api": ORDERS, "registration_id": "reg", **more}
    subject = Subject("registration", **given)  # type: ignore[arg-type]
    return change(action, subject, {"status": before} if before else None, {"status": after}, effect)


def revoked(**more: object) -> Change:
    return registration("revoke-registration", "approved", "revoked", "removes", **more)


def registered(**more: object) -> Change:
    return registration("create-registration", None, "approved", "grants", **more | {"registration_id": None})


BOTS = {"developer": None, "team": BETA, "application": Ref("Bot", "bot"), "registration_id": "bots"}
HOLDS, ALREADY = "holds", "already"
BOB, EVE = Ref("bob@partner.example", "bob"), Ref("eve@x.example", "eve")
CASES: dict[str, tuple[Change, str]] = {
    "somebody is approved": (developer("approve-developer", "pending", "approved", "grants", BOB), HOLDS),
    "somebody was approved already": (developer("approve-developer", "pending", "approved", "grants", ADA), ALREADY),
    "somebody is something else by now": (
        developer("revoke-developer", "approved", "revoked", "removes", BOB),
        "it was approved when the plan was made, and is pending now",
    ),
    "somebody who is gone is approved": (
        developer("approve-developer", "pending", "approved", "grants", EVE),
        "the developer is no longer on the portal",
    ),
    "a member who is there leaves": (leave(), HOLDS),
    "somebody who is there already joins": (join(), ALREADY),
    "somebody who is not approved joins": (join(Ref("bob@partner.example", "bob")), "the developer is pending now"),
    "somebody who is not approved is in the team already": (join(Ref("dan@partner.example", "dan")), ALREADY),
    "somebody who is gone joins": (join(Ref("eve@x.example", "eve")), "the developer is no longer on the portal"),
    "somebody who is gone leaves": (leave(Ref("eve@x.example", "eve")), ALREADY),
    "somebody leaves a team that is gone": (leave(team=Ref("live", "live")), ALREADY),
    "somebody joins a team that is gone": (join(team=Ref("live", "live")), "team live is no longer on the portal"),
    "an id has another address": (
        leave(Ref("eve@x.example", "ada")),
        "the developer has the address Ada@partner.example now",
    ),
    "a team has another name": (leave(team=Ref("gamma", "beta")), "team gamma is named beta now"),
    "a role is taken away": (
        change("remove-role", role(Ref("API Viewer", "r2")), {"assigned": True}, None, "removes"),
        HOLDS,
    ),
    "a role was taken away and assigned anew": (
        change("remove-role", role(Ref("API Viewer", "r1")), {"assigned": True}, None, "removes"),
        "the role was taken away and assigned anew",
    ),
    "a role that is not there is taken away": (
        change("remove-role", role(Ref("API Consumer", "r1")), {"assigned": True}, None, "removes"),
        ALREADY,
    ),
    "a role of a team that is gone is taken away": (
        change(
            "remove-role", role(Ref("API Viewer", "r1"), Ref("live", "live")), {"assigned": True}, None, "removes"
        ),
        ALREADY,
    ),
    "a role is assigned": (
        change("assign-role", role(Ref("API Consumer")), None, {"assigned": True}, "grants"),
        HOLDS,
    ),
    "a role that is there is assigned": (
        change("assign-role", role(Ref("API Viewer")), None, {"assigned": True}, "grants"),
        ALREADY,
    ),
    "a role is assigned to a team that is gone": (
        change("assign-role", role(Ref("API Viewer"), Ref("live", "live")), None, {"assigned": True}, "grants"),
        "team live is no longer on the portal",
    ),
    "a team is created": (team("create-team", None, {"name": "live"}, Ref("live")), HOLDS),
    "a team that is there is created": (team("create-team", None, {"name": "beta"}, Ref("beta")), ALREADY),
    "a team that is there otherwise is created": (
        team("create-team", None, {"name": "beta", "can_own_applications": True}, Ref("beta")),
        "it was not there when the plan was made, and is name 'beta', can own applications False now",
    ),
    "a team is updated": (team("update-team", {"description": "New"}, {"description": "Old"}), HOLDS),
    "a team is updated as it is": (team("update-team", {"description": None}, {"description": "New"}), ALREADY),
    "somebody new is invited": (invite("eve@partner.example"), HOLDS),
    "somebody who was approved meanwhile is invited": (invite("ADA@partner.example"), ALREADY),
    "somebody who signed up meanwhile is invited": (
        invite("bob@partner.example"),
        "it was not there when the plan was made, and is pending now",
    ),
    "a registration is revoked": (revoked(), HOLDS),
    "a registration is approved that is so": (
        registration("approve-registration", "pending", "approved", "grants"),
        ALREADY,
    ),
    "a registration is gone": (revoked(registration_id="x"), "the registration is no longer on the portal"),
    "a registration is for another API": (
        revoked(api=ApiRef("payments", None, "orders")),
        "the registration is for orders v1 now",
    ),
    "an application is gone": (
        revoked(application=Ref("Shop", "x")),
        "application Shop is no longer on the portal",
    ),
    "an application has another owner": (
        revoked(developer=Ref("bob@partner.example", "bob")),
        "application Shop has another owner now",
    ),
    "an application is a team's now": (
        revoked(application=Ref("Bot", "bot"), registration_id="bots"),
        "application Bot has another owner now",
    ),
    "a team's registration is approved": (
        registration("approve-registration", "pending", "approved", "grants", **BOTS),
        HOLDS,
    ),
    "a registration is created": (registered(api=ApiRef("payments", None, "payments")), HOLDS),
    "a registration that is there is created": (registered(), ALREADY),
    "a registration that asks meanwhile is created": (
        registered(**BOTS),
        "it was not there when the plan was made, and is pending now",
    ),
}


@pytest.mark.parametrize(("made", "expected"), CASES.values(), ids=CASES)
def test_each_change_holds_or_is_so_already_or_is_stale(made: Change, expected: str) -> None:
    plan = Plan(PORTAL, (made,), ((),), ((),))
    decided = recheck(plan, NOW).decided
    assert all(each.change == made for each in decided.values())
    said = {index: f"{each.result} {each.detail}".strip() for index, each in decided.items()}
    stale = {0: f"stale not tried: {expected}"}
    assert said == {HOLDS: {}, ALREADY: {0: "already"}}.get(expected, stale)


def test_two_accounts_or_teams_of_one_name_are_never_guessed_between() -> None:
    doubled = replace(
        NOW,
        developers=(*NOW.developers, Developer("ada2", "ADA@partner.example", "approved")),
        teams=(*NOW.teams, Team("beta2", "beta")),
    )
    plan = Plan(
        PORTAL, (invite("ada@partner.example"), CASES["a team that is there is created"][0]), ((), ()), ((), ())
    )
    assert [each.detail for each in recheck(plan, doubled).decided.values()] == [
        "not tried: 2 accounts have the address now",
        "not tried: 2 teams have the name now",
    ]


def test_nothing_is_done_about_a_team_that_the_identity_provider_has_taken_over() -> None:
    taken = replace(NOW, teams=(replace(NOW.teams[0], synchronised=True),))
    [outcome] = recheck(Plan(PORTAL, (leave(),), ((),), ((),)), taken).decided.values()
    assert (outcome.result, outcome.detail) == (
        "stale",
        "not tried: the identity provider decides now who is in team beta",
    )


def test_what_a_change_rests_on_may_have_been_made_by_somebody_else() -> None:
    """Its id is filled in, so that what rests on it can go on; what is not there yet stays without."""
    new, guest = Ref("beta"), Ref("Ada@partner.example")
    changes = (
        team("create-team", None, {"name": "beta"}, new),
        invite(guest.name),
        join(guest, new),
        join(Ref("eve@partner.example"), Ref("live")),
    )
    plan = Plan(PORTAL, changes, ((),) * 4, ((), (), (0, 1), ()))
    made = recheck(plan, NOW)
    assert made.plan.changes[:2] == changes[:2]
    assert [each.subject for each in made.plan.changes[2:]] == [
        member(Ref("Ada@partner.example", "ada"), BETA),
        member(Ref("eve@partner.example"), Ref("live")),
    ]
    assert {index: each.result for index, each in made.decided.items()} == {
        0: "already",
        1: "already",
        2: "already",
        3: "stale",
    }
    assert made.decided[3].detail == "not tried: the developer is not on the portal now"
    assert made.left == ()


def test_whom_the_plan_itself_approves_may_be_given_something() -> None:
    """Somebody who waits, or who is invited; what does not rest on that is for people who are approved."""
    guest = Ref("guest@partner.example")
    changes = (
        developer("approve-developer", "pending", "approved", "grants", BOB),
        invite(guest.name),
        join(BOB),
        join(guest),
        join(BOB),
    )
    made = recheck(Plan(PORTAL, changes, ((),) * 5, ((), (), (0,), (1,), ())), NOW)
    assert made.left == changes[:4]
    assert {index: each.detail for index, each in made.decided.items()} == {
        4: "not tried: the developer is pending now"
    }


def test_what_was_looked_at_is_the_most_of_then_and_now() -> None:
    """Then the whole portal was read, and now what the plan touches; a list may also be new."""
    then = Plan(PORTAL, looked_at={"developers": 9, "teams": 0, "apis": 4})
    assert recheck(then, replace(NOW, read=NOW.read | {"memberships"})).plan.looked_at == {
        "apis": 4,
        "developers": 9,
        "memberships": 2,
        "teams": 1,
    }
    assert recheck(Plan(PORTAL, looked_at={"roles": 0}), replace(NOW, developers=())).plan.looked_at == {
        "developers": 0,
        "roles": 0,
        "teams": 1,
    }


def test_what_is_read_is_what_the_plan_touches() -> None:
    assert need_of_plan(Plan(PORTAL)) == Need(
        developers=False, team_list=False, memberships=False, teams=(), registrations=False, apis=False
    )
    plan = Plan(PORTAL, (leave(), CASES["a role is assigned"][0], revoked()))
    assert need_of_plan(plan) == Need(teams=("beta",), roles_of=("beta",), apis=False)
    least = Need(developers=False, memberships=False, teams=(), registrations=False, apis=False)
    assert need_of_plan(Plan(PORTAL, (leave(),))) == replace(
        least, developers=True, memberships=True, teams=("beta",)
    )
    assert need_of_plan(Plan(PORTAL, (CASES["a role is assigned"][0],))) == replace(least, roles_of=("beta",))
    assert need_of_plan(Plan(PORTAL, (CASES["a team is updated"][0],))) == least
    assert need_of_plan(Plan(PORTAL, (revoked(**BOTS),))) == replace(least, registrations=True)


def test_facts_in_words() -> None:
    assert [
        words(facts) for facts in (None, {"status": "revoked"}, {"member": True}, {"name": "a", "x_y": None})
    ] == [
        "not there",
        "revoked",
        "there",
        "name 'a', x y None",
    ]
