"""Every list that is paged by numbers, read in small pages, and answers that are given again (contract 2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Request, Sandbox
from reconciler.sandbox.protocol.listing import NOT_A_LIST
from reconciler.sandbox.state.memory import Memory
from reconciler.sandbox.web.routes import ROUTES

from .conftest import Client, Clock

PEOPLE = ["ada@x.example", "bob@x.example", "cy@x.example"]
APIS = [{"api": "payments", "version": version} for version in ("v1", "v2", "v3")]
ROLES = [{"role": "API Viewer", **api} for api in APIS]
SEED: dict[str, Any] = {
    "apis": [{"name": "payments", "version": version} for version in ("v1", "v2", "v3")],
    "portals": [
        {
            "name": "acme",
            "identity_providers": [{"type": "oidc", "enabled": True}],
            "developers": [{"email": email, "status": "approved"} for email in PEOPLE],
            "teams": [
                {"name": name, "groups": [name], "can_own_applications": True, "members": PEOPLE, "roles": ROLES}
                for name in ("one", "two", "three")
            ],
            "applications": [
                {
                    "name": name,
                    "owner": {"team": "one"},
                    "registrations": APIS,
                    "credentials": [{"display_name": key} for key in ("a", "b", "c")],
                }
                for name in ("Bot", "Cart", "Desk")
            ],
        },
        {"name": "second"},
        {"name": "third"},
    ],
}
LISTS = [route for route in ROUTES if route.listing is not NOT_A_LIST and route.listing.paged]
DRIFTING = ("registrations", "list-portal-team-developers", "list-portal-developer-teams")
NUMBERED = [route for route in LISTS if not route.listing.cursors]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(clock=Clock())
    sandbox.load(SEED)
    yield sandbox
    sandbox.close()


def get(sandbox: Sandbox, target: str, token: str = "t") -> Any:
    return sandbox.answer(Request("GET", target, {"authorization": f"Bearer {token}"})).value()


def path_of(sandbox: Sandbox, template: str) -> str:
    """A path with the ids of the first of each thing."""
    [portal, *_] = get(sandbox, "/v3/portals")["data"]
    here = f"/v3/portals/{portal['id']}"
    lists = {"developerId": "developers", "teamId": "teams", "applicationId": "applications"}
    ids = {name: get(sandbox, f"{here}/{path}")["data"][0]["id"] for name, path in lists.items()}
    return template.format(portalId=portal["id"], apiId=get(sandbox, "/v3/apis")["data"][0]["id"], **ids)


@pytest.mark.parametrize("stable", [True, False])
@pytest.mark.parametrize("route", NUMBERED, ids=lambda route: route.operation)
def test_small_pages_together_are_the_whole_list(sandbox: Sandbox, route: Any, stable: bool) -> None:
    """From the first page to the one behind the last.

    11.10: memberships and registrations may go the other way round on every second page; then some come twice and
    some never, though their number is right.
    """
    path = path_of(sandbox, route.path)
    whole = get(sandbox, f"{path}?page[size]=100")["data"]
    sandbox.keep_switches(stable_order=stable)
    assert get(sandbox, f"{path}?page[size]=100")["data"] == whole
    assert len(whole) == (9 if route.operation in ("list-registrations", "list-api-publications") else 3)
    pages = [get(sandbox, f"{path}?page[size]=2&page[number]={number}") for number in range(1, len(whole))]
    found = [each for page in pages for each in page["data"]]
    drifts = not stable and any(word in route.operation for word in DRIFTING)
    assert (found == whole) is not drifts
    assert len(found) == len(whole)
    assert {page["meta"]["page"]["total"] for page in pages} == {len(whole)}


def test_where_a_request_sorts_only_what_is_equal_there_changes_places(sandbox: Sandbox) -> None:
    """11.10: the order of creation is one that a request may insist on."""
    sandbox.keep_switches(stable_order=False)
    path = path_of(sandbox, "/v3/portals/{portalId}/application-registrations")
    whole = get(sandbox, f"{path}?page[size]=9&sort=created_at")["data"]
    pages = [
        get(sandbox, f"{path}?page[size]=3&page[number]={number}&sort=created_at")["data"] for number in (1, 2, 3)
    ]
    assert [each["created_at"] for page in pages for each in page] == [each["created_at"] for each in whole]


@pytest.mark.parametrize("number", [1, 2])
def test_an_answer_is_given_again_until_anybody_writes(tmp_path: Path, number: int) -> None:
    """Also until another process does, which shares the state file."""
    first, second = Sandbox(tmp_path / "s"), Sandbox(tmp_path / "s")
    first.load(SEED)
    target = path_of(first, "/v3/portals/{portalId}/developers") + f"?page[size]=2&page[number]={number}"

    def statuses(sandbox: Sandbox) -> list[str]:
        return [each["status"] for each in get(sandbox, target)["data"]]

    before = statuses(first)
    assert statuses(first) == before
    for writer, status in ((first, "revoked"), (second, "rejected"), (first, "pending")):
        for email in PEOPLE:
            writer.set_status("acme", email, status)
        assert statuses(first) == statuses(second) == [status] * len(before)
    first.close()
    second.close()


def test_an_answer_is_not_given_to_who_may_not_see_it(sandbox: Sandbox) -> None:
    """What is remembered is remembered for a token."""
    everywhere, one = sandbox.add_token("viewer"), sandbox.add_token("viewer", "second")
    assert len(get(sandbox, "/v3/portals", everywhere)["data"]) == 3
    assert [each["name"] for each in get(sandbox, "/v3/portals", one)["data"]] == ["second"]
    assert get(sandbox, "/v3/portals", "another")["status"] == 401


def test_a_second_look_at_a_page_reads_no_record(sandbox: Sandbox, client: Client) -> None:
    """Or the sandbox would be what is measured, where a client is."""
    asked: list[str] = []
    client.get("/portals")
    sandbox._store._connection.set_trace_callback(asked.append)
    client.get("/portals")
    sandbox._store._connection.set_trace_callback(None)
    assert asked == ["PRAGMA data_version"]


def test_what_is_remembered_stays_within_bounds() -> None:
    """What nobody asked for the longest goes first."""
    memory = Memory(largest=10)
    for key in "abc":
        memory.keep(key, key.upper(), 3)
    assert memory.get("a") == "A"
    memory.keep("d", "D", 4)
    assert [memory.get(key) for key in "abcd"] == ["A", None, "C", "D"]
    memory.keep("a", "again", 6)
    assert [memory.get(key) for key in "acd"] == ["again", None, "D"]
    memory.keep("huge", "value", 11)
    assert [memory.get(key) for key in ("a", "d", "huge")] == [None, None, None]
