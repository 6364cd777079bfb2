"""Cases that every property is tried with, each for the reason that its name gives."""

from __future__ import annotations

import datetime as dt
from typing import Any

from reconciler.model.observed import Api, Application, Developer, Membership, Observed, Portal, Registration, Team
from tests.properties.generate import LISTS, TODAY, Case

THEN, LATER = "2026-10-01T12:00:00.000Z", "2026-11-11T00:00:00.000Z"
PAST = TODAY - dt.timedelta(days=1)
ADA, ADA_AGAIN = "ada@partner.example", "ADA@partner.example"
EVERYTHING = {"developers": ["*"], "teams": ["*"], "apis": ["*"]}


def _case(*files: dict[str, Any], policy: dict[str, Any] | None = None, **lists: Any) -> Case:
    top = {"portal": {"name": "acme", "region": "eu"}, "policy": policy or {}}
    workspace = [("a.yaml", top), *((f"b{n}.yaml", data) for n, data in enumerate(files))]
    observed = Observed(Portal("p1", "acme", region="eu"), read=LISTS, **{k: tuple(v) for k, v in lists.items()})
    return Case(workspace, observed)


def _registration(status: Any, api: Api, application: str = "checkout", updated_at: str = THEN) -> Registration:
    id_ = f"{application}-{api.id}"
    return Registration(id_, application, api.id, api.name, api.version, status, api.entity_type, updated_at)


PAYMENTS, ORDERS, KIT = (
    Api("payments", "payments"),
    Api("orders", "orders", "v1"),
    Api("kit", "kit", None, "api_package"),
)
OLD_ORDERS = Api("orders-0", "orders", "v0")
CHECKOUT = Application("checkout", "Checkout", "developer", "ada")
ALPHA, BETA = Team("alpha", "alpha"), Team("beta", "beta")

EXAMPLES: dict[str, Case] = {
    "one address in three spellings is one person's order": _case(
        {
            "developers": [
                {"email": ADA, "teams": ["beta"], "applications": [{"name": "Checkout", "apis": ["payments"]}]}
            ]
        },
        {"teams": [{"name": "alpha", "members": ["Ada@Partner.Example"]}]},
        {"apis": [{"name": "orders", "applications": [{"owner": ADA_AGAIN, "name": "Checkout", "register": True}]}]},
        developers=[Developer("ada", "aDA@partner.example", "pending", updated_at=THEN)],
        teams=[ALPHA, BETA],
        applications=[CHECKOUT],
        registrations=[_registration("pending", PAYMENTS)],
        apis=[PAYMENTS, ORDERS],
    ),
    "somebody invited is listed by the team's side in another spelling": _case(
        {"developers": [{"email": "zoë@partner.example", "invite": True, "full_name": "Zoë"}]},
        {"teams": [{"name": "new", "members": ["Zoë@Partner.example"]}]},
    ),
    "a team is created although its first member is first taken out of another": _case(
        {"developers": [ADA], "teams": [{"name": "Alpha", "members": [ADA]}]},
        policy={"unlisted": {"memberships": "exact"}},
        developers=[Developer("ada", ADA, "approved", updated_at=THEN)],
        teams=[BETA],
        memberships=[Membership("beta", "ada")],
    ),
    "removals come before grants of the same person": _case(
        {
            "developers": [
                {"email": ADA, "applications": [{"name": "Checkout", "register": True, "apis": ["orders"]}]},
            ]
        },
        policy={"unlisted": {"memberships": "exact", "registrations": "exact"}},
        developers=[Developer("ada", ADA, "approved", updated_at=THEN)],
        teams=[BETA],
        memberships=[Membership("beta", "ada")],
        applications=[CHECKOUT],
        registrations=[_registration("approved", PAYMENTS)],
        apis=[PAYMENTS, ORDERS],
    ),
    "taking away is complete, whatever the API and for every account of the address": _case(
        {"developers": [{"email": ADA, "status": "revoked"}]},
        {"apis": [{"name": "payments", "applications": [{"owner": ADA, "name": "Checkout"}]}]},
        policy={"scope": {**EVERYTHING, "teams": ["a*"], "apis": ["pay*"]}},
        developers=[
            Developer("ada", ADA, "approved", updated_at=THEN),
            Developer("ada2", ADA_AGAIN, "rejected", updated_at=THEN),
        ],
        teams=[ALPHA, BETA],
        memberships=[Membership("alpha", "ada"), Membership("beta", "ada"), Membership("alpha", "ada2")],
        applications=[CHECKOUT, Application("checkout2", "Checkout", "developer", "ada2")],
        registrations=[
            *(_registration("approved", api) for api in (PAYMENTS, ORDERS, KIT, OLD_ORDERS)),
            _registration("approved", PAYMENTS, "checkout2"),
            _registration("pending", ORDERS, "checkout2"),
        ],
        apis=[PAYMENTS, ORDERS],
    ),
    "pending and unlisted under revoke keeps memberships, and no approved registration": _case(
        {"teams": [{"name": "alpha", "members": [ADA]}]},
        policy={"scope": EVERYTHING, "unlisted": {"developers": "revoke"}},
        developers=[Developer("ada", ADA, "pending", updated_at=THEN)],
        teams=[ALPHA, BETA],
        memberships=[Membership("alpha", "ada"), Membership("beta", "ada")],
        applications=[CHECKOUT],
        registrations=[_registration("approved", PAYMENTS), _registration("pending", ORDERS)],
        apis=[PAYMENTS, ORDERS],
    ),
    "the version in git is no longer published, and an old one still registered": _case(
        {
            "developers": [
                {"email": ADA, "applications": [{"name": "Checkout", "apis": ["orders", {"package": "kit"}]}]}
            ]
        },
        policy={"unlisted": {"registrations": "exact"}},
        developers=[Developer("ada", ADA, "approved", updated_at=THEN)],
        applications=[CHECKOUT],
        registrations=[_registration("approved", OLD_ORDERS), _registration("pending", KIT)],
        apis=[PAYMENTS, ORDERS],
    ),
    "held until the day that git names, registration by registration": _case(
        {
            "developers": [
                {
                    "email": ADA,
                    "reinstated": dt.date(2026, 11, 10),
                    "applications": [{"name": "Checkout", "apis": ["payments", {"name": "orders"}]}],
                }
            ]
        },
        developers=[Developer("ada", ADA, "revoked", updated_at="2026-11-10T23:59:59.999Z")],
        applications=[CHECKOUT],
        registrations=[
            _registration("revoked", PAYMENTS, updated_at="2026-11-10T23:59:59.999Z"),
            _registration("revoked", ORDERS, updated_at=LATER),
        ],
        apis=[PAYMENTS, ORDERS],
    ),
    "a rule's people, one of whom a team lists until yesterday": _case(
        {
            "rules": [
                {"name": "partners", "match": {"email": "*@partner.example"}, "approve": True, "teams": ["alpha"]},
                {
                    "name": "unknown",
                    "match": {"email": "*@partner.example"},
                    "teams": ["ghost"],
                    "apis": ["payments"],
                },
            ],
            "teams": [{"name": "alpha", "members": [{"email": ADA, "expires": PAST}]}],
        },
        policy={"scope": EVERYTHING, "unlisted": {"developers": "revoke", "memberships": "remove"}},
        developers=[
            Developer("ada", ADA, "approved", updated_at=THEN),
            Developer("bob", "bob@Partner.example", "pending", updated_at=THEN),
            Developer("kim", "\u212aim@partner.example", "pending", updated_at=THEN),
            Developer("eve", "eve@evil.partner.example", "approved", updated_at=THEN),
            Developer("mal", "mal@partner.example", "revoked", updated_at=THEN),
        ],
        teams=[ALPHA, BETA],
        memberships=[Membership(team, who) for team in ("alpha", "beta") for who in ("ada", "bob", "eve", "mal")],
        applications=[CHECKOUT],
        registrations=[_registration("pending", PAYMENTS)],
        apis=[PAYMENTS],
    ),
}
