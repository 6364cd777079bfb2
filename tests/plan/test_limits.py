"""The limits at their boundaries, as numbers: docs/manifest.md, "Refusals". The stories are in tests/scenarios."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.model.change import Plan
from reconciler.model.observed import Developer, Membership, Observed, Portal, Team
from reconciler.plan.make import make_plan
from reconciler.plan.narrow import Narrowing
from tests.plan.test_whole_plans import desired


def plan(
    people: int, gone: int, *, more: dict[str, Any] | None = None, only: tuple[str, ...] = (), **policy: Any
) -> Plan:
    """A plan that takes so many of so many approved people away."""
    addresses = [f"p{n}@x.example" for n in range(people)]
    said = {
        "portal": {"name": "acme", "region": "eu"},
        "policy": {"limits": policy},
        "developers": [
            {"email": email, **({"status": "revoked"} if n < gone else {})} for n, email in enumerate(addresses)
        ],
    }
    meant, found = desired({"access.yaml": json.dumps({**said, **(more or {})})})
    assert meant is not None, found
    there = Observed(
        Portal("p", "acme", region="eu"),
        developers=tuple(Developer(email, email, "approved") for email in addresses),
        teams=(Team("t", "crew"),),
        memberships=tuple(Membership("t", email) for email in addresses),
        read=frozenset({"developers", "teams", "memberships"}),
    )
    return make_plan(meant, there, narrowing=Narrowing(only))


def refused(found: Plan) -> list[str]:
    return [refusal.rule for refusal in found.refusals]


ALL = ["removals.developers", "removals.memberships", "removals.team"]


@pytest.mark.parametrize(
    ("people", "gone", "limit", "breaks"),
    [
        (100, 10, {"percent": 10, "floor": 5, "max": 50}, False),
        (100, 11, {"percent": 10, "floor": 5, "max": 50}, True),
        (101, 11, {"percent": 10, "floor": 5, "max": 50}, True),
        (110, 11, {"percent": 10, "floor": 5, "max": 50}, False),
        (7, 5, {"percent": 10, "floor": 5, "max": 50}, False),
        (7, 6, {"percent": 10, "floor": 5, "max": 50}, True),
        (100, 3, {"percent": 100, "floor": 0, "max": 3}, False),
        (100, 4, {"percent": 100, "floor": 0, "max": 3}, True),
        (100, 4, {"percent": 100, "floor": 4, "max": 3}, False),
        (3, 1, {"percent": 33.3, "floor": 0, "max": 3}, True),
        (3, 1, {"percent": 34, "floor": 0, "max": 3}, False),
        (3, 0, {"percent": 0, "floor": 0, "max": 0}, False),
    ],
)
def test_removals_are_refused_beyond_the_floor_and_either_limit(
    people: int, gone: int, limit: dict[str, float], breaks: bool
) -> None:
    """n > floor and (n > max or n > percent of what is there): people, their memberships, and their team alike."""
    assert refused(plan(people, gone, removals=limit)) == (ALL if breaks else [])


def test_a_narrowed_run_is_refused_for_an_empty_workspace_only_if_it_acts_on_that() -> None:
    """`--only` is for urgent revocations, which no policy asked for."""
    empty = {
        "policy": {
            "scope": {"developers": ["*"], "teams": ["*"], "apis": ["*"]},
            "unlisted": {"memberships": "remove", "roles": "remove"},
        }
    }
    assert refused(plan(3, 1, more=empty)) == ["empty-workspace", "empty-workspace", "never-empty"]
    assert refused(plan(3, 1, more=empty, only=("p0@x.example",))) == []
    assert refused(plan(3, 1, more=empty, only=("p1@x.example",))) == ["empty-workspace"]


def test_a_revoking_policy_needs_a_list_of_people() -> None:
    policy = {"scope": {"developers": ["*"], "teams": ["*"], "apis": ["*"]}, "unlisted": {"developers": "revoke"}}
    nobody = plan(3, 0, more={"policy": policy, "developers": []})
    assert refused(nobody) == ["empty-workspace", "never-empty"]
    assert refused(plan(3, 0, more={"policy": policy})) == []


@pytest.mark.parametrize(("count", "breaks"), [(2, False), (1, True)])
def test_grants_and_invitations_may_be_as_many_as_their_count(count: int, breaks: bool) -> None:
    guests = [{"email": f"g{n}@x.example", "invite": True, "full_name": "G"} for n in range(2)]
    found = plan(0, 0, more={"developers": guests}, grants={"count": count}, invites={"count": count})
    assert refused(found) == (["grants", "invites"] if breaks else [])


def test_what_is_one_is_told_as_one() -> None:
    guest = {"email": "g@x.example", "invite": True, "full_name": "G"}
    found = plan(0, 0, more={"developers": [guest]}, grants={"count": 0}, invites={"count": 0})
    assert [refusal.message for refusal in found.refusals] == [
        "the plan makes 1 grant",
        "the plan makes 1 invitation",
    ]
