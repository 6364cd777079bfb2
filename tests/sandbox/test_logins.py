"""Logins through an identity provider, which approve people and synchronise teams past git (contract 4, 5, 11.8)."""

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.sandbox import Problem, Sandbox

from .conftest import Clock

TEAMS: list[dict[str, Any]] = [
    {"name": "mapped", "groups": ["eng", "ops"], "konnect_managed": False},
    {"name": "empty", "konnect_managed": False},
    {"name": "manual", "konnect_managed": True},
    {"name": "unsaid"},
    {"name": "unsaid mapped", "groups": ["eng"]},
]
EVERY = [str(team["name"]) for team in TEAMS]


def portal(**more: Any) -> dict[str, Any]:
    """A portal with every kind of team, ada being in all of them."""
    members = ["ada@x.example"]
    return {
        "portals": [
            {
                "name": "p",
                "identity_providers": [{"type": "oidc", "enabled": True}],
                "authentication_settings": {"idp_mapping_enabled": True},
                "developers": [
                    {"email": "ada@x.example", "status": "approved"},
                    {"email": "bob@x.example", "status": "pending"},
                    {"email": "cy@x.example", "status": "revoked"},
                    {"email": "dan@x.example", "status": "rejected"},
                ],
                "teams": [{**team, "members": members} for team in TEAMS],
                **more,
            }
        ]
    }


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(clock=Clock())
    yield sandbox
    sandbox.close()


def teams_of(sandbox: Sandbox, email: str) -> list[str]:
    teams = sandbox.dump()["p"]["teams"]
    return [name for name in EVERY if email in teams[name]["members"]]


def log_in(sandbox: Sandbox, email: str) -> int:
    """0, or the status of the refusal."""
    try:
        sandbox.log_in("p", email)
    except Problem as problem:
        return problem.status
    return 0


@pytest.mark.parametrize(
    ("switch", "in_time"),
    [
        ("none", {"ada": "approved", "bob": "pending", "cy": "revoked", "dan": "rejected", "new": "pending"}),
        ("pending", {"ada": "approved", "bob": "approved", "cy": "revoked", "dan": "rejected", "new": "approved"}),
        ("all", {"ada": "approved", "bob": "approved", "cy": "approved", "dan": "approved", "new": "approved"}),
    ],
)
def test_a_login_approves_whom_the_switch_says_and_lets_in_who_is_approved(
    sandbox: Sandbox, switch: str, in_time: dict[str, str]
) -> None:
    """An account that is not approved is kept, a new one too, and refused."""
    sandbox.load({**portal(), "switches": {"login_approves": switch}})
    answers = {name: log_in(sandbox, f"{name}@x.example") for name in in_time}
    assert sandbox.dump()["p"]["developers"] == {f"{name}@x.example": status for name, status in in_time.items()}
    assert answers == {name: 0 if status == "approved" else 403 for name, status in in_time.items()}


def test_a_login_verifies_the_address(sandbox: Sandbox) -> None:
    """The identity provider says it."""
    sandbox.load(portal())
    sandbox.sign_up("p", "eve@x.example", "Eve")
    sandbox.log_in("p", "eve@x.example")
    sandbox.create_application("p", "eve@x.example", "App")


@pytest.mark.parametrize("portal_of", [portal(identity_providers=[]), portal(authentication_enabled=False)])
def test_without_an_identity_provider_or_authentication_nobody_logs_in(
    sandbox: Sandbox, portal_of: dict[str, Any]
) -> None:
    sandbox.load(portal_of)
    before = sandbox.dump()
    assert (log_in(sandbox, "new@x.example"), sandbox.dump()) == (403, before)


def test_a_login_brings_people_into_the_teams_of_their_groups_and_out_of_other_synchronised_ones(
    sandbox: Sandbox,
) -> None:
    """A team that does not say is synchronised if it has groups; one without a mapping is an empty group."""
    sandbox.load(portal())
    sandbox.log_in("p", "bob@x.example", ["eng"])
    assert teams_of(sandbox, "bob@x.example") == ["mapped", "unsaid mapped"]
    assert teams_of(sandbox, "ada@x.example") == EVERY, "not before their own next login"
    sandbox.log_in("p", "ada@x.example", ["ops"])
    assert teams_of(sandbox, "ada@x.example") == ["mapped", "manual", "unsaid"]
    sandbox.log_in("p", "ada@x.example")
    assert teams_of(sandbox, "ada@x.example") == ["manual", "unsaid"]


def test_a_portal_that_does_not_prune_only_adds(sandbox: Sandbox) -> None:
    sandbox.load({**portal(), "switches": {"login_prunes": False}})
    sandbox.log_in("p", "ada@x.example")
    sandbox.log_in("p", "bob@x.example", ["eng"])
    assert teams_of(sandbox, "ada@x.example") == EVERY
    assert teams_of(sandbox, "bob@x.example") == ["mapped", "unsaid mapped"]


def test_without_group_mapping_a_login_leaves_teams_alone(sandbox: Sandbox) -> None:
    sandbox.load(portal(authentication_settings={}))
    sandbox.log_in("p", "ada@x.example", ["eng"])
    sandbox.log_in("p", "bob@x.example", ["eng"])
    assert (teams_of(sandbox, "ada@x.example"), teams_of(sandbox, "bob@x.example")) == (EVERY, [])


def test_who_is_refused_keeps_their_teams(sandbox: Sandbox) -> None:
    """They did not log in."""
    sandbox.load(portal())
    sandbox.set_status("p", "ada@x.example", "revoked")
    assert log_in(sandbox, "ada@x.example") == 403
    assert teams_of(sandbox, "ada@x.example") == EVERY
