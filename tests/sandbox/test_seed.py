"""Seeds: what they make, what they default to, and how they are refused."""

import time
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Sandbox, SeedError

from .conftest import SEED

DUMP = {
    "acme": {
        "developers": {"ada@x.example": "approved", "bob@x.example": "pending", "cy@y.example": "revoked"},
        "teams": {
            "owners": {"description": None, "can_own_applications": True, "members": [], "roles": []},
            "partners": {
                "description": "All partners",
                "can_own_applications": False,
                "members": ["ada@x.example", "bob@x.example"],
                "roles": [["API Consumer", "payments", "v1", "eu"]],
            },
        },
        "applications": [
            {"owner": "ada@x.example", "name": "Checkout", "registrations": {"payments v1": "approved"}},
            {"owner": "team:owners", "name": "Shared", "registrations": {"package starter-kit": "pending"}},
        ],
    },
    "other": {"developers": {}, "teams": {}, "applications": []},
}


def load(**portal: Any) -> dict[str, Any]:
    sandbox = Sandbox()
    sandbox.load({"apis": [{"name": "api"}], "portals": [{"name": "p", **portal}]})
    dump: dict[str, Any] = sandbox.dump()["p"]
    sandbox.close()
    return dump


def test_a_dump_is_the_state_in_words(sandbox: Sandbox) -> None:
    assert sandbox.dump() == DUMP


def test_an_empty_sandbox_says_so(sandbox: Sandbox) -> None:
    fresh = Sandbox()
    assert (fresh.empty, sandbox.empty, fresh.dump()) == (True, False, {})
    fresh.load({})
    assert fresh.empty
    fresh.close()


def test_the_same_seed_makes_the_same_ids_and_times() -> None:
    """A test may compare whole answers."""
    dumps = []
    for _ in range(2):
        sandbox = Sandbox()
        sandbox.load(SEED)
        with sandbox._store.read() as tx:
            tables = (
                "portals",
                "apis",
                "publications",
                "developers",
                "teams",
                "roles",
                "applications",
                "registrations",
            )
            dumps.append([[tuple(row) for row in tx.all(f"SELECT * FROM {table}")] for table in tables])
        sandbox.close()
    assert dumps[0] == dumps[1]


def test_a_seed_may_make_what_the_api_forbids() -> None:
    found = load(
        developers=[
            {"email": "Ada@x.example"},
            {"email": "ada@x.example", "status": "approved"},
            {"email": "ada@x.example", "id": "00000000-0000-4000-8000-00000000000A"},
        ],
        teams=[
            {"name": "t", "members": ["Ada@x.example", {"id": "00000000-0000-4000-8000-00000000000a"}]},
            {"name": "t"},
        ],
        applications=[
            {"name": "App", "owner": "Ada@x.example", "registrations": [{"api": "api"}]},
            {"name": "App", "owner": "Ada@x.example"},
            {"name": "App", "owner": {"id": "00000000-0000-4000-8000-00000000000a"}},
        ],
    )
    team: dict[str, Any] = {"description": None, "can_own_applications": False, "members": [], "roles": []}
    assert found == {
        "developers": {"Ada@x.example": "pending", "ada@x.example": "approved", "ada@x.example #2": "pending"},
        "teams": {"t": {**team, "members": ["Ada@x.example", "ada@x.example #2"]}, "t #2": team},
        "applications": [
            {"owner": "Ada@x.example", "name": "App", "registrations": {}},
            {"owner": "Ada@x.example", "name": "App", "registrations": {"api": "pending"}},
            {"owner": "ada@x.example #2", "name": "App", "registrations": {}},
        ],
    }


@pytest.mark.parametrize(
    ("portal", "message"),
    [
        ({"colour": "red"}, ": unknown key 'colour' (known: id, name, "),
        ({"rbac_enabled": "no"}, ".rbac_enabled: expected true or false, found text"),
        ({"authentication_settings": {"x": True}}, ".authentication_settings: unknown key 'x'"),
        ({"identity_providers": [{"type": "ldap"}]}, ".identity_providers[0].type: 'ldap' is none of oidc, saml"),
        ({"publications": [{"api": "nope"}]}, ".publications[0]: no APIs are called 'nope'"),
        ({"publications": [{"api": {"id": "x"}}]}, ".publications[0].api.id: 'x' is no UUID"),
        ({"publications": [{}]}, ".publications[0]: 'api' or 'package' is missing"),
        ({"developers": {}}, ".developers: expected a list, found a mapping"),
        ({"developers": [{}]}, ".developers[0]: 'email' is missing"),
        ({"developers": [{"email": 7}]}, ".developers[0].email: expected text, found int (quote it)"),
        ({"developers": [{"email": "a@x", "status": "ok"}]}, ".developers[0].status: 'ok' is none of approved"),
        ({"developers": [{"email": "a@x", "created_at": "noon"}]}, ".developers[0].created_at: 'noon' is no time"),
        ({"developers": [{"email": "a@x", "id": "1"}]}, ".developers[0].id: '1' is no UUID"),
        ({"teams": [{"name": "t", "members": ["a@x"]}]}, ".teams[0].members[0]: no single developer is meant"),
        ({"teams": [{"name": "t", "roles": [{"role": "God", "api": "api"}]}]}, ".teams[0].roles[0].role: 'God'"),
        ({"applications": [{"name": "A"}]}, ".applications[0]: 'owner' is missing"),
        ({"applications": [{"name": "A", "owner": {"team": "t"}}]}, ".applications[0].owner.team: no single team"),
        ({"developers": ["ada"]}, ".developers[0]: expected a mapping, found text"),
    ],
)
def test_a_seed_is_refused_at_its_place_and_leaves_nothing(portal: dict[str, Any], message: str) -> None:
    sandbox = Sandbox()
    with pytest.raises(SeedError) as error:
        sandbox.load({"apis": [{"name": "api"}], "portals": [{"name": "p", **portal}]})
    assert str(error.value).startswith("portals[0]" + message)
    assert sandbox.empty
    sandbox.close()


def test_a_name_that_means_several_apis_is_refused() -> None:
    sandbox = Sandbox()
    apis = [{"name": "a", "version": "v1"}, {"name": "a", "version": "v2"}]
    with pytest.raises(SeedError, match="2 APIs are called 'a'"):
        sandbox.load({"apis": apis, "portals": [{"name": "p", "publications": [{"api": "a"}]}]})
    sandbox.close()


def test_a_portal_is_added_once(sandbox: Sandbox) -> None:
    with pytest.raises(SeedError, match="the state already has a portal 'acme'"):
        sandbox.load({"portals": [{"name": "acme"}]})
    sandbox.load({"portals": [{"name": "third", "publications": [{"api": "orders"}]}]})
    assert sorted(sandbox.dump()) == ["acme", "other", "third"]


@pytest.mark.parametrize("name", ["seed.yaml", "seed.json"])
def test_a_seed_file_is_loaded_once(tmp_path: Path, name: str) -> None:
    """The same content is not loaded again into the same state, a changed one is."""
    seed, state = tmp_path / name, tmp_path / "state.sqlite"
    seed.write_text('{"portals": [{"name": "one", "created_at": "2026-01-05T10:00:00Z"}]}')
    loaded = []
    for _ in range(2):
        sandbox = Sandbox(state)
        loaded.append(sandbox.seed_once(seed))
        sandbox.close()
    sandbox = Sandbox(state)
    seed.write_text('{"portals": [{"name": "two"}]}')
    loaded.append(sandbox.seed_once(seed))
    assert (loaded, sorted(sandbox.dump())) == ([True, False, True], ["one", "two"])
    sandbox.close()


def test_a_time_in_yaml_needs_no_quotes(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("portals:\n- {name: p, created_at: 2026-01-05T10:00:00Z, updated_at: 2026-01-05 11:00:00}\n")
    sandbox = Sandbox()
    sandbox.load_file(seed)
    with sandbox._store.read() as tx:
        [row] = tx.all("SELECT created_at, updated_at FROM portals")
    assert tuple(row) == ("2026-01-05T10:00:00.000Z", "2026-01-05T11:00:00.000Z")
    sandbox.close()


@pytest.mark.parametrize(("name", "text"), [("s.json", "{"), ("s.yaml", "a: [")])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, text: str) -> None:
    seed = tmp_path / name
    seed.write_text(text)
    sandbox = Sandbox()
    with pytest.raises(SeedError, match=name):
        sandbox.load_file(seed)
    sandbox.close()


def test_a_company_is_loaded_in_well_under_a_second() -> None:
    """Of computing time."""
    developers = [{"email": f"d{n}@x.example", "status": "approved"} for n in range(1000)]
    registrations = [{"api": "a"}, {"api": "b"}]
    portal = {
        "name": "p",
        "developers": developers,
        "teams": [
            {"name": f"t{n}", "members": [each["email"] for each in developers[n * 50 : n * 50 + 50]]}
            for n in range(20)
        ],
        "applications": [
            {"name": "App", "owner": each["email"], "registrations": registrations} for each in developers
        ],
    }
    sandbox = Sandbox()
    begun = time.process_time()  # not of the clock on the wall, which others move too
    sandbox.load({"apis": [{"name": "a"}, {"name": "b"}], "portals": [portal]})
    assert time.process_time() - begun < 1
    sandbox.close()
