"""The oracle, sentence by sentence of the manifest's specification: what it says of one small portal.

Each test is one cell of the table or one sentence; together they document what the property tests measure with.
"""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.observed import (
    Api,
    Application,
    Developer,
    Membership,
    Observed,
    OwnerType,
    Portal,
    Registration,
    Role,
    Status,
    Team,
)
from tests.properties.generate import TODAY
from tests.properties.listed import fits, fits_person, same_person
from tests.properties.oracle import Reading, expected

ADA, BOB = "ada@partner.example", "bob@partner.example"
PAST, FUTURE = TODAY.replace(day=14), TODAY.replace(day=16)
THEN = "2026-11-10T12:00:00.000Z"
KIND = ("developers", "memberships", "registrations", "roles")


def account(email: str = ADA, status: Status = "approved", id_: str = "ada", updated_at: str = THEN) -> Developer:
    return Developer(id_, email, status, "", THEN, updated_at)


def app(
    owner: str = "ada", name: str = "Checkout", kind: OwnerType = "developer", id_: str = "checkout"
) -> Application:
    return Application(id_, name, kind, owner)


def registration(
    status: Status, api: Api | None = None, application: str = "checkout", updated_at: str = THEN
) -> Registration:
    api = api or PAYMENTS
    return Registration(
        f"{application}-{api.id}", application, api.id, api.name, api.version, status, api.entity_type, updated_at
    )


PAYMENTS, ORDERS = Api("payments", "payments", None), Api("orders", "orders", "v1")
PAYMENTS_2, KIT = Api("payments-2", "payments", "v2"), Api("kit", "kit", None, "api_package")
ALPHA, BETA = Team("alpha", "alpha"), Team("beta", "beta")


def portal(**has: Any) -> Observed:
    lists = {
        "developers": [account()],
        "teams": [ALPHA, BETA],
        "applications": [app()],
        "apis": [PAYMENTS, ORDERS, KIT],
        **has,
    }
    return Observed(Portal("p", "acme", region="eu"), **{kind: tuple(things) for kind, things in lists.items()})


def member(of: str = "alpha", who: str = "ada") -> Membership:
    return Membership(of, who)


def git(
    *developers: Any, unlisted: dict[str, str] | None = None, scope: dict[str, Any] | None = None, **keys: Any
) -> Any:
    policy: dict[str, Any] = {"unlisted": unlisted or {}, "scope": scope or {}, **keys.pop("policy", {})}
    return [("access.yaml", {"policy": policy, "developers": list(developers), **keys})]


def entry(**keys: Any) -> dict[str, Any]:
    return {"email": ADA, **keys}


def checkout(*apis: Any, **keys: Any) -> dict[str, Any]:
    return entry(applications=[{"name": "Checkout", "apis": list(apis), **keys}])


def rule(approve: bool = True, domain: str = "partner.example", **keys: Any) -> dict[str, Any]:
    return {"name": "r", "match": {"email": f"*@{domain}"}, "approve": approve, **keys}


def status(workspace: Any, observed: Observed, who: str = "ada") -> str:
    return expected(workspace, observed, TODAY).developers[who]


def registered(workspace: Any, observed: Observed, api: str = "payments", application: str = "checkout") -> str:
    return expected(workspace, observed, TODAY).registrations[application, api]


def members(workspace: Any, observed: Observed) -> set[tuple[str, str]]:
    return expected(workspace, observed, TODAY).memberships


# ------------------------------------------------------------------------------------------------------ identity


def test_a_person_is_an_address_whose_ascii_letters_have_no_case():
    assert same_person("Ada@Partner.Example") == ADA
    assert same_person("ZOË@x.example") != same_person("zoë@x.example")
    assert same_person("\u212aim@x.example") != same_person("kim@x.example")


@pytest.mark.parametrize(
    ("glob", "text", "fit"),
    [
        ("*", "", True),
        ("a*", "abc", True),
        ("a*c", "abc", True),
        ("a*c", "ac", True),
        ("a*a", "a", False),
        ("*b*", "abc", True),
        ("a?c", "abc", False),
        ("[a]", "a", False),
        ("a*b*c", "a-c-b-c", True),
        ("a", "A", False),
    ],
)
def test_the_star_is_the_only_wildcard(glob: str, text: str, fit: bool):
    assert fits(glob, text) is fit


def test_an_address_with_other_letters_fits_only_the_star():
    assert fits_person(["*"], "zoë@partner.example")
    assert not fits_person(["*@partner.example", "z*"], "zoë@partner.example")
    assert fits_person(["*@PARTNER.example"], ADA)


# ------------------------------------------------------------------------------------------- the table of Meaning

TABLE = {
    "approved": (
        entry(),
        {"approved": "approved", "pending": "approved", "revoked": "revoked", "rejected": "rejected"},
    ),
    "revoked": (entry(status="revoked"), dict.fromkeys(("approved", "pending", "revoked", "rejected"), "revoked")),
    "rejected": (entry(status="rejected"), dict.fromkeys(("approved", "pending", "revoked", "rejected"), "rejected")),
    "expired": (
        entry(expires=PAST),
        {"approved": "revoked", "pending": "pending", "revoked": "revoked", "rejected": "rejected"},
    ),
}


@pytest.mark.parametrize("column", TABLE)
@pytest.mark.parametrize("row", ["approved", "pending", "revoked", "rejected"])
def test_each_cell_of_the_listed_columns(column: str, row: Status):
    said, cells = TABLE[column]
    assert status(git(said), portal(developers=[account(status=row)])) == cells[row]


@pytest.mark.parametrize("row", ["approved", "pending", "revoked", "rejected"])
@pytest.mark.parametrize("policy", ["report", "ignore", "revoke"])
def test_each_cell_of_the_unlisted_columns(row: Status, policy: str):
    there = portal(developers=[account(status=row)])
    revoked = policy == "revoke" and row == "approved"
    assert status(git(unlisted={"developers": policy}), there) == ("revoked" if revoked else row)


@pytest.mark.parametrize("policy", ["report", "revoke"])
def test_each_cell_of_the_column_of_an_approving_rule(policy: str):
    """ "As it should be, counts as listed"; "approved"; "nothing, ever"."""
    cells = {"approved": "approved", "pending": "approved", "revoked": "revoked", "rejected": "rejected"}
    for row, final in cells.items():
        there = portal(developers=[account(status=row)])  # type: ignore[arg-type]
        assert status(git(rules=[rule()], unlisted={"developers": policy}), there) == final


def test_nobody_there_is_waiting_or_invited():
    nobody = portal(developers=[], applications=[])
    assert expected(git(entry()), nobody, TODAY).developers == {}
    invited = expected(git(entry(invite=True, full_name="Ada", teams=["alpha"])), nobody, TODAY)
    assert invited.developers == {f"+{ADA}": "approved"}
    assert invited.memberships == {(f"+{ADA}", "alpha")}


def test_nobody_there_and_taken_away_is_satisfied():
    nobody = portal(developers=[], applications=[])
    assert expected(git(entry(status="revoked")), nobody, TODAY).developers == {}
    assert expected(git(entry(expires=PAST, invite=True, full_name="Ada")), nobody, TODAY).developers == {}


def test_the_last_day_of_access_is_a_day_of_access():
    assert status(git(entry(expires=TODAY)), portal()) == "approved"
    assert status(git(entry(expires=PAST)), portal()) == "revoked"


# -------------------------------------------------------------------------------------- taking away is complete


@pytest.mark.parametrize("said", [entry(status="revoked"), entry(expires=PAST), None])
def test_taking_away_revokes_every_registration_and_removes_memberships_within_scope(said: Any):
    there = portal(
        registrations=[registration("approved"), registration("approved", KIT), registration("pending", ORDERS)],
        memberships=[member("alpha"), member("beta")],
    )
    workspace = git(
        *([said] if said else []),
        unlisted={"developers": "revoke"},
        scope={"developers": ["*"], "teams": ["a*"], "apis": ["none"]},
    )
    result = expected(workspace, there, TODAY)
    assert result.developers == {"ada": "revoked"}
    assert result.registrations == {
        ("checkout", "payments"): "revoked",
        ("checkout", "kit"): "revoked",
        ("checkout", "orders"): "pending",
    }
    assert result.memberships == {("ada", "beta")}


@pytest.mark.parametrize("row", ["revoked", "rejected"])
def test_somebody_already_revoked_loses_what_was_left_approved(row: Status):
    there = portal(developers=[account(status=row)], registrations=[registration("approved")], memberships=[member()])
    for workspace in (git(entry(expires=PAST)), git(unlisted={"developers": "revoke"})):
        assert status(workspace, there) == row
        assert registered(workspace, there) == "revoked"
        assert members(workspace, there) == set()


def test_somebody_pending_loses_registrations_but_keeps_memberships_until_revoked():
    there = portal(
        developers=[account(status="pending")], registrations=[registration("approved")], memberships=[member()]
    )
    for workspace in (git(entry(expires=PAST)), git(unlisted={"developers": "revoke"})):
        assert registered(workspace, there) == "revoked"
        assert members(workspace, there) == {("ada", "alpha")}


def test_what_a_team_owns_stays_when_a_member_goes():
    there = portal(applications=[app("alpha", kind="team")], registrations=[registration("approved")])
    assert registered(git(entry(status="revoked")), there) == "approved"


def test_taking_away_takes_every_account_that_an_address_could_mean():
    there = portal(developers=[account(), account("ADA@partner.example", "pending", "ada2")])
    assert expected(git(entry(status="revoked")), there, TODAY).developers == {"ada": "revoked", "ada2": "revoked"}


# --------------------------------------------------------------------------------------------------------- grants


def test_grants_need_an_approved_person():
    listed = entry(teams=["alpha"], applications=[{"name": "Checkout", "apis": ["payments"], "register": True}])
    for row, granted in (("pending", True), ("revoked", False)):
        there = portal(developers=[account(status=row)])  # type: ignore[arg-type]
        result = expected(git(listed), there, TODAY)
        assert (result.memberships == {("ada", "alpha")}) is granted
        assert (result.registrations == {("checkout", "payments"): "approved"}) is granted


def test_a_team_side_does_not_list_its_people_as_developers():
    there = portal(developers=[account(status="pending")])
    workspace = git(teams=[{"name": "alpha", "members": [ADA]}], unlisted={"developers": "revoke"})
    assert status(workspace, there) == "pending"
    assert members(workspace, there) == set()


def test_what_another_side_lists_for_somebody_taken_away_is_ignored():
    there = portal(registrations=[registration("approved")], memberships=[member()])
    sides = {
        "teams": [{"name": "alpha", "members": [ADA]}],
        "apis": [{"name": "payments", "applications": [{"owner": ADA, "name": "Checkout"}]}],
    }
    for said in (entry(status="rejected"), entry(expires=PAST)):
        assert registered(git(said, **sides), there) == "revoked"
        assert members(git(said, **sides), there) == set()


def test_a_listed_team_that_is_missing_is_created_with_its_members():
    result = expected(git(teams=[{"name": "new", "description": "Of partners", "members": [ADA]}]), portal(), TODAY)
    assert result.teams["+new"] == ("Of partners", False)
    assert ("ada", "+new") in result.memberships


def test_what_a_team_entry_leaves_out_is_not_managed():
    there = portal(teams=[Team("alpha", "alpha", "Old", can_own_applications=True)])
    assert expected(git(teams=[{"name": "alpha"}]), there, TODAY).teams == {"alpha": ("Old", True)}
    entry_ = {"name": "alpha", "can_own_applications": False}
    assert expected(git(teams=[entry_]), there, TODAY).teams == {"alpha": ("Old", False)}


def test_defaults_are_for_the_developers_of_their_file_that_do_not_say_otherwise():
    people = [account(), account(BOB, id_="bob")]
    workspace = [
        ("a.yaml", {"defaults": {"teams": ["alpha"], "expires": PAST}, "developers": [entry(expires=FUTURE)]}),
        ("b.yaml", {"developers": [BOB]}),
    ]
    result = expected(workspace, portal(developers=people), TODAY)
    assert result.memberships == {("ada", "alpha")}
    assert result.developers == {"ada": "approved", "bob": "approved"}


# -------------------------------------------------------------------------------------------------- registrations


@pytest.mark.parametrize(
    ("item", "row", "final"),
    [
        ("payments", "approved", "approved"),
        ("payments", "pending", "approved"),
        ("payments", "revoked", "revoked"),
        ("payments", "rejected", "rejected"),
        ({"name": "payments", "status": "rejected"}, "pending", "rejected"),
        ({"name": "payments", "status": "rejected"}, "revoked", "rejected"),
        ({"name": "payments", "status": "revoked"}, "approved", "revoked"),
        ({"name": "payments", "expires": PAST}, "approved", "revoked"),
        ({"name": "payments", "expires": PAST}, "pending", "pending"),
        ({"name": "payments", "expires": PAST}, "rejected", "rejected"),
        ({"name": "payments", "expires": TODAY}, "pending", "approved"),
    ],
)
def test_each_sentence_on_registrations(item: Any, row: Status, final: str):
    assert registered(git(checkout(item)), portal(registrations=[registration(row)])) == final


def test_absent_and_listed_is_waiting_or_created_if_register():
    assert expected(git(checkout("payments")), portal(), TODAY).registrations == {}
    created = expected(git(checkout("payments", register=True)), portal(), TODAY).registrations
    assert created == {("checkout", "payments"): "approved"}
    tombstone = {"name": "payments", "status": "revoked"}
    assert expected(git(checkout(tombstone, register=True)), portal(), TODAY).registrations == {}


def test_an_applications_expiry_is_that_of_its_apis():
    there = portal(registrations=[registration("approved")])
    assert registered(git(checkout({"name": "payments", "expires": FUTURE}, expires=PAST)), there) == "revoked"


def test_a_package_is_another_thing_than_an_api_of_its_name():
    package = Api("package", "payments", None, "api_package")
    there = portal(
        registrations=[registration("pending"), registration("pending", package)], apis=[PAYMENTS, package]
    )
    assert registered(git(checkout({"package": "payments"})), there, "package") == "approved"
    assert registered(git(checkout({"package": "payments"})), there) == "pending"


def test_a_team_owns_applications_too():
    there = portal(applications=[app("alpha", kind="team")], registrations=[registration("pending")])
    on_teams_side = [{"name": "alpha", "applications": [{"name": "Checkout", "apis": ["payments"]}]}]
    on_apis_side = [{"name": "payments", "applications": [{"owner": {"team": "alpha"}, "name": "Checkout"}]}]
    assert registered(git(teams=on_teams_side), there) == "approved"
    assert registered(git(apis=on_apis_side), there) == "approved"


# ------------------------------------------------------------------------------------------------------- unlisted


@pytest.mark.parametrize("policy", ["ignore", "report", "exact", "remove"])
@pytest.mark.parametrize("is_list", ["developers", "members", "neither"])
def test_unlisted_memberships(policy: str, is_list: str):
    there = portal(memberships=[member()])
    sides: dict[str, Any] = {"teams": [{"name": "alpha"}]}
    if is_list == "members":
        sides = {"teams": [{"name": "alpha", "members": []}]}
    said = [ADA] if is_list == "developers" else []
    goes = policy == "remove" or (policy == "exact" and is_list != "neither")
    assert members(git(*said, unlisted={"memberships": policy}, **sides), there) == (
        set() if goes else {("ada", "alpha")}
    )


@pytest.mark.parametrize("policy", ["ignore", "report", "exact", "revoke"])
@pytest.mark.parametrize("is_list", ["developers", "teams", "neither"])
def test_unlisted_registrations(policy: str, is_list: str):
    owner = app("alpha", kind="team") if is_list == "teams" else app()
    there = portal(applications=[owner], registrations=[registration("approved"), registration("pending", ORDERS)])
    said = [ADA] if is_list == "developers" else []
    sides: dict[str, Any] = {"teams": ["alpha"]} if is_list == "teams" else {}
    goes = policy == "revoke" or (policy == "exact" and is_list != "neither")
    workspace = git(*said, unlisted={"registrations": policy}, **sides)
    assert registered(workspace, there) == ("revoked" if goes else "approved")
    assert registered(workspace, there, "orders") == "pending"


@pytest.mark.parametrize("policy", ["ignore", "report", "remove"])
def test_unlisted_roles_are_those_of_teams_that_give_roles(policy: str):
    roles = [Role("1", "alpha", "API Viewer", "orders", "eu"), Role("2", "beta", "API Viewer", "orders", "eu")]
    team = {"name": "alpha", "roles": [{"role": "API Consumer", "api": "payments"}]}
    result = expected(git(teams=[team], unlisted={"roles": policy}), portal(roles=roles), TODAY).roles
    assert ("alpha", "API Consumer", "payments", "eu") in result
    assert ("beta", "API Viewer", "orders", "eu") in result
    assert (("alpha", "API Viewer", "orders", "eu") in result) is (policy != "remove")


def test_a_region_is_part_of_a_role():
    roles = [Role("1", "alpha", "API Viewer", "payments", "*")]
    team = {"name": "alpha", "roles": [{"role": "API Viewer", "api": "payments"}]}
    result = expected(git(teams=[team], unlisted={"roles": "remove"}), portal(roles=roles), TODAY).roles
    assert result == {("alpha", "API Viewer", "payments", "eu")}


# ----------------------------------------------------------------------------------------------------------- held


@pytest.mark.parametrize(("day", "back"), [(9, False), (10, True), (11, True)])
def test_reinstated_counts_when_the_portal_changed_no_later_than_that_day(day: int, back: bool):
    date = TODAY.replace(day=day)
    there = portal(developers=[account(status="rejected")], registrations=[registration("revoked")])
    assert status(git(entry(reinstated=date)), there) == ("approved" if back else "rejected")
    person = {**checkout("payments"), "reinstated": date}
    assert registered(git(person), there) == ("approved" if back else "revoked")


def test_an_api_item_is_reinstated_on_its_own():
    there = portal(registrations=[registration("revoked")])
    item = {"name": "payments", "reinstated": TODAY.replace(day=10)}
    assert registered(git(checkout(item)), there) == "approved"


def test_reinstate_always_lets_git_win_at_once():
    there = portal(developers=[account(status="revoked")], registrations=[registration("rejected")])
    workspace = git(checkout("payments"), policy={"reinstate": "always"})
    assert status(workspace, there) == registered(workspace, there) == "approved"


# ---------------------------------------------------------------------------------------------------------- rules


def test_a_rule_gives_its_teams_and_apis_to_people_who_are_or_become_approved():
    for row, given in (("approved", True), ("pending", True), ("revoked", False)):
        there = portal(developers=[account(status=row)], registrations=[registration("pending")])  # type: ignore[arg-type]
        workspace = git(rules=[rule(teams=["alpha"], apis=["payments"])])
        assert members(workspace, there) == ({("ada", "alpha")} if given else set())
        assert registered(workspace, there) == ("approved" if given else "pending")


def test_a_rule_never_brings_back_a_registration():
    there = portal(registrations=[registration("revoked")])
    assert registered(git(rules=[rule(apis=["payments"])], policy={"reinstate": "always"}), there) == "revoked"


def test_a_rule_that_does_not_approve_lists_nobody():
    there = portal(registrations=[registration("pending")])
    workspace = git(rules=[rule(approve=False, apis=["payments"])], unlisted={"developers": "revoke"})
    assert status(workspace, there) == "revoked"
    assert registered(git(rules=[rule(approve=False, apis=["payments"])]), there) == "approved"


@pytest.mark.parametrize(
    ("address", "matches"),
    [
        (ADA, True),
        ("Ada@PARTNER.example", True),
        ("ada@sub.partner.example", False),
        ("ada@evilpartner.example", False),
        ("ada@partner.example@evil.example", False),
        ("zoë@partner.example", False),
    ],
)
def test_a_rules_domain_is_compared_whole(address: str, matches: bool):
    there = portal(developers=[account(address, "pending")])
    assert status(git(rules=[rule(domain="Partner.example")]), there) == ("approved" if matches else "pending")


def test_an_entry_switches_all_rules_off_for_that_person():
    there = portal(developers=[account("ADA@partner.example")])
    assert members(git(entry(), rules=[rule(teams=["alpha"])]), there) == set()


def test_an_expired_rule_is_as_if_not_written():
    there = portal(developers=[account(status="pending")])
    assert status(git(rules=[rule(expires=PAST)]), there) == "pending"


def test_rules_act_within_scope():
    there = portal(developers=[account(status="pending")])
    assert status(git(rules=[rule()], scope={"developers": ["bob@*"]}), there) == "pending"


def test_matching_rules_add_up():
    workspace = git(rules=[rule(), rule(approve=False, teams=["alpha"]), rule(approve=False, teams=["beta"])])
    assert members(workspace, portal(developers=[account(status="pending")])) == {("ada", "alpha"), ("ada", "beta")}


def test_a_listing_goes_before_a_rule_for_the_same_thing():
    there = portal(registrations=[registration("approved")], memberships=[member()])
    workspace = git(
        rules=[rule(teams=["alpha"], apis=["payments"])],
        teams=[{"name": "alpha", "members": [{"email": ADA, "expires": PAST}]}],
        apis=[{"name": "payments", "applications": [{"owner": ADA, "name": "Checkout", "expires": PAST}]}],
    )
    assert members(workspace, there) == set()
    assert registered(workspace, there) == "revoked"


# -------------------------------------------------------------------------------------------- blocked and scope

REMOVE = {"memberships": "remove", "registrations": "revoke", "roles": "remove"}


@pytest.mark.parametrize(
    "teams",
    [
        [ALPHA],
        [ALPHA, BETA, Team("beta2", "beta")],
        [ALPHA, Team("beta", "beta", synchronised=True)],
    ],
    ids=["unknown", "ambiguous", "synchronised"],
)
def test_a_person_with_a_blocked_team_keeps_every_membership(teams: list[Team]):
    there = portal(teams=teams, memberships=[member("alpha")])
    assert members(git(entry(teams=["beta"]), unlisted=REMOVE), there) == {("ada", "alpha")}
    assert members(git(entry(), unlisted=REMOVE), there) == set()


def test_an_ambiguous_team_keeps_every_membership_of_its_candidates():
    there = portal(
        developers=[account(), account(BOB, id_="bob")],
        teams=[BETA, Team("beta2", "beta")],
        memberships=[member("beta2", "bob")],
    )
    assert members(git(entry(teams=["beta"]), unlisted=REMOVE), there) == {("bob", "beta2")}


def test_an_expired_membership_is_taken_from_every_candidate():
    there = portal(teams=[BETA, Team("beta2", "beta")], memberships=[member("beta"), member("beta2")])
    assert members(git(entry(teams=[{"name": "beta", "expires": PAST}])), there) == set()


def test_an_ambiguous_person_is_left_as_it_is():
    there = portal(
        developers=[account(status="pending"), account("ADA@partner.example", id_="ada2")],
        memberships=[member("beta", "ada2")],
    )
    result = expected(git(entry(teams=["alpha"]), unlisted={**REMOVE, "developers": "revoke"}), there, TODAY)
    assert result.developers == {"ada": "pending", "ada2": "approved"}
    assert result.memberships == {("ada2", "beta")}


@pytest.mark.parametrize("apis", [[ORDERS], [PAYMENTS, PAYMENTS_2, ORDERS]], ids=["unknown", "ambiguous"])
def test_an_application_with_a_blocked_api_keeps_every_registration(apis: list[Api]):
    there = portal(apis=apis, registrations=[registration("approved", ORDERS), registration("pending")])
    workspace = git(checkout("payments"), unlisted=REMOVE)
    assert registered(workspace, there, "orders") == "approved"
    assert registered(workspace, there) == "pending"


def test_a_version_tells_apis_of_one_name_apart():
    there = portal(
        apis=[PAYMENTS, PAYMENTS_2], registrations=[registration("pending"), registration("pending", PAYMENTS_2)]
    )
    for version, api, other in ((None, "payments", "payments-2"), ("v2", "payments-2", "payments")):
        workspace = git(checkout({"name": "payments", "version": version}))
        assert registered(workspace, there, api) == "approved"
        assert registered(workspace, there, other) == "pending"


def test_a_tombstone_takes_every_registration_that_its_name_could_mean():
    there = portal(
        apis=[PAYMENTS, PAYMENTS_2], registrations=[registration("approved"), registration("pending", PAYMENTS_2)]
    )
    workspace = git(checkout({"name": "payments", "status": "rejected"}))
    assert registered(workspace, there) == registered(workspace, there, "payments-2") == "rejected"


def test_two_applications_of_one_owner_and_name_are_ambiguous():
    there = portal(
        applications=[app(), app(id_="checkout2")],
        registrations=[registration("pending"), registration("approved", ORDERS, "checkout2")],
    )
    workspace = git(checkout("payments"), unlisted=REMOVE)
    assert registered(workspace, there) == "pending"
    assert registered(workspace, there, "orders", "checkout2") == "approved"


def test_a_team_with_a_blocked_role_keeps_every_role():
    roles = [Role("1", "alpha", "API Viewer", "orders", "eu")]
    blocked = {"name": "alpha", "roles": [{"role": "API Viewer", "api": "unknown"}]}
    result = expected(git(teams=[blocked], unlisted=REMOVE), portal(roles=roles), TODAY).roles
    assert result == {("alpha", "API Viewer", "orders", "eu")}


def test_a_rules_blocked_team_keeps_every_membership_of_its_people():
    there = portal(memberships=[member()])
    assert members(git(rules=[rule(teams=["unknown"])], unlisted=REMOVE), there) == {("ada", "alpha")}


def test_blocked_names_do_not_hold_up_taking_away():
    there = portal(registrations=[registration("approved", ORDERS)], memberships=[member()])
    sides = {
        "teams": [{"name": "alpha", "members": [{"email": ADA, "expires": PAST}]}],
        "apis": [
            {"name": "unknown", "applications": [{"owner": ADA, "name": "Checkout"}]},
            {"name": "orders", "applications": [{"owner": ADA, "name": "Checkout", "expires": PAST}]},
        ],
    }
    workspace = git(entry(teams=["unknown"]), **sides)
    assert members(workspace, there) == set()
    assert registered(workspace, there, "orders") == "revoked"


def test_outside_scope_nothing_is_changed():
    there = portal(
        developers=[account(), account(BOB, id_="bob")],
        memberships=[member(), member("beta"), member("alpha", "bob")],
        registrations=[registration("approved"), registration("approved", ORDERS)],
    )
    workspace = git(unlisted=REMOVE, scope={"developers": ["ada@*"], "teams": ["a*"], "apis": ["pay*"]})
    assert members(workspace, there) == {("ada", "beta"), ("bob", "alpha")}
    assert registered(workspace, there) == "revoked"
    assert registered(workspace, there, "orders") == "approved"


def test_a_synchronised_team_is_left_alone():
    there = portal(teams=[Team("alpha", "alpha", synchronised=True)], memberships=[member()])
    for workspace in (git(entry(status="revoked")), git(unlisted=REMOVE), git(entry(teams=["alpha"]))):
        assert members(workspace, there) == {("ada", "alpha")}


def test_an_application_of_nobody_is_outside_everything():
    there = portal(applications=[app("stranger")], registrations=[registration("approved")])
    assert registered(git(unlisted=REMOVE), there) == "approved"


def test_what_is_listed_and_found_revoked_is_held():
    there = portal(developers=[account(), account(BOB, "revoked", "bob")], registrations=[registration("rejected")])
    reading = Reading(git(checkout("payments"), BOB), there, TODAY)
    assert reading.held_developers() == {"bob"}
    assert reading.held_registrations() == {"checkout-payments"}
