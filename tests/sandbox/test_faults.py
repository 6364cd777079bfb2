"""Trouble on demand: which requests meet it, what it looks like on the wire, and that it comes again the same."""

from __future__ import annotations

import http.client
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import FaultError, Faults, Request, Sandbox, Server

from .conftest import Acme, Client

Waits = list[float]


@pytest.fixture
def waits() -> Waits:
    return []


@pytest.fixture
def trouble(server: Server, waits: Waits) -> Iterator[Callable[..., Faults]]:
    """Set a script of these rules on the server."""

    def start(*rules: dict[str, Any], seed: int = 0) -> Faults:
        server.faults = Faults.of({"seed": seed, "faults": list(rules)}, waits.append)
        return server.faults

    yield start
    server.faults = None


@dataclass(frozen=True)
class Raw:
    status: int
    headers: Mapping[str, str]
    body: bytes


def raw(server: Server, method: str, path: str, body: Any = None) -> Raw:
    """One request on a connection of its own, its answer unjudged."""
    data = None if body is None else json.dumps(body).encode()
    with closing(http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)) as connection:
        connection.request(method, "/v3" + path, data, {"Authorization": "Bearer t"})
        with connection.getresponse() as response:
            return Raw(response.status, response.headers, response.read())


# Which requests


@pytest.mark.parametrize(
    ("rule", "statuses"),
    [
        ({"nth": 2}, [200, 503, 200, 200, 200, 200]),
        ({"nth": [1, 4]}, [503, 200, 200, 503, 200, 200]),
        ({"every": 3}, [200, 200, 503, 200, 200, 503]),
        ({"first": 2}, [503, 503, 200, 200, 200, 200]),
        ({"after": 4}, [200, 200, 200, 200, 503, 503]),
        ({"after": 1, "first": 2}, [200, 503, 503, 200, 200, 200]),
        ({"after": 1, "every": 2}, [200, 200, 503, 200, 503, 200]),
        ({"probability": 0}, [200] * 6),
        ({"probability": 1}, [503] * 6),
        ({}, [503] * 6),
    ],
)
def test_a_rule_says_which_of_the_requests_that_fit(
    trouble: Callable[..., Faults], acme: Acme, server: Server, rule: dict[str, Any], statuses: list[int]
) -> None:
    trouble({**rule, "path": "/portals/*/teams", "status": 503})
    assert [raw(server, "GET", f"{acme.path}/teams").status for _ in statuses] == statuses
    assert raw(server, "GET", f"{acme.path}/developers").status == 200


@pytest.mark.parametrize(
    ("which", "fits"),
    [
        ({"method": "GET"}, {"GET developers", "GET team"}),
        ({"method": "PATCH"}, {"PATCH team"}),
        ({"path": "/portals/*/developers"}, {"GET developers"}),
        ({"path": "/portals/*"}, set()),
        ({"path": "/portals/**"}, {"GET developers", "GET team", "PATCH team"}),
        ({"path": "**/teams/*", "method": "GET"}, {"GET team"}),
        ({"query": "page[number]=2"}, set()),
        ({"query": "sort=email"}, {"GET developers"}),
    ],
)
def test_a_rule_says_which_requests_fit(
    trouble: Callable[..., Faults], acme: Acme, server: Server, which: dict[str, Any], fits: set[str]
) -> None:
    """By method, by path (`*` one part, `**` any number), by what the query has."""
    team = acme.team("partners")
    trouble({**which, "status": 500})
    asked = {
        "GET developers": raw(server, "GET", f"{acme.path}/developers?sort=email").status,
        "GET team": raw(server, "GET", team).status,
        "PATCH team": raw(server, "PATCH", team, {}).status,
    }
    assert {name for name, status in asked.items() if status == 500} == fits


def test_several_rules_add_up_and_the_first_that_answers_wins(
    trouble: Callable[..., Faults], acme: Acme, server: Server, waits: Waits
) -> None:
    trouble({"latency": 0.5}, {"latency": 0.25, "status": 503, "retry_after": 3}, {"status": 500})
    answer = raw(server, "GET", acme.path)
    assert (answer.status, answer.headers["Retry-After"], waits) == (503, "3", [0.75])


def test_jitter_lies_between_nothing_and_what_it_says(
    trouble: Callable[..., Faults], acme: Acme, client: Client, waits: Waits
) -> None:
    trouble({"latency": 1.0, "jitter": 0.5})
    for _ in range(20):
        client.get(acme.path)
    assert all(1.0 <= wait <= 1.5 for wait in waits)
    assert len(set(waits)) == 20


def test_chances_do_not_depend_on_the_order_in_which_requests_arrive() -> None:
    """The same requests meet the same trouble, whether they come one by one or side by side."""
    targets = [f"/v3/portals/p/developers?page[number]={n}" for n in range(50)] * 4
    script = {"seed": 3, "faults": [{"probability": 0.2, "status": 500}]}

    def met(*, threads: int) -> Counter[tuple[int, str, str]]:
        faults = Faults.of(script)
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda target: faults.meet(Request("GET", target)), targets))
        return Counter(faults.injected)

    one_by_one = met(threads=1)
    assert 20 < one_by_one.total() < 60
    assert met(threads=8) == one_by_one
    assert Counter(Faults.of({**script, "seed": 4}).injected) != one_by_one


# What it looks like


def test_a_server_that_fails_sends_a_problem(trouble: Callable[..., Faults], acme: Acme, server: Server) -> None:
    trouble({"status": 500})
    answer = raw(server, "GET", acme.path)
    assert (answer.status, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert json.loads(answer.body) == {
        "status": 500,
        "title": "Internal Server Error",
        "instance": "kong:trace:1000000000000000001",
        "detail": "An unexpected error occurred",
    }


def test_a_portal_that_does_not_know_of_a_grant_yet_forbids(
    trouble: Callable[..., Faults], acme: Acme, client: Client
) -> None:
    """Contract 4: transient, so the same request is answered a moment later."""
    trouble({"path": "/portals/*/teams/*/developers", "first": 1, "status": 403})
    team = acme.team("partners")
    first, second = (client.get(f"{team}/developers") for _ in range(2))
    assert (first.status, first.value["detail"]) == (403, "You do not have permission to perform this action")
    assert second.status == 200


def test_single_reads_may_be_behind(server: Server, sandbox: Sandbox, acme: Acme, client: Client) -> None:
    """The state as it was some seconds ago, for the requests that a rule is about: here every second look at people.

    The clock of these tests goes on by a second whenever it is looked at.
    """
    server.faults = Faults.of({"faults": [{"path": "/portals/*/developers", "every": 2, "stale": 60}]})
    client.get("/portals")

    def statuses() -> list[str]:
        return [
            next(
                one["status"] for one in client.get(f"{acme.path}/developers").value["data"] if "bob" in one["email"]
            )
            for _ in range(4)
        ]

    sandbox.set_status("acme", "bob@x.example", "approved")
    assert statuses() == ["approved", "pending", "approved", "pending"]
    for _ in range(60):
        sandbox._store._clock()
    assert statuses() == ["approved"] * 4
    server.faults = None


def test_a_gateway_that_fails_sends_a_page(trouble: Callable[..., Faults], acme: Acme, server: Server) -> None:
    trouble({"status": 502})
    answer = raw(server, "GET", acme.path)
    assert (answer.status, answer.headers["Content-Type"]) == (502, "text/html")
    assert answer.body.startswith(b"<html>")


def test_the_edge_sends_the_recorded_429(trouble: Callable[..., Faults], acme: Acme, server: Server) -> None:
    """Contract 7: plain JSON of exactly 37 bytes."""
    trouble({"status": 429, "retry_after": 77})
    answer = raw(server, "GET", acme.path)
    assert answer.body == b'{"message":"API rate limit exceeded"}'
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert (answer.headers["Content-Length"], answer.headers["Retry-After"]) == ("37", "77")


@pytest.mark.parametrize(("drop", "kept"), [("before", "pending"), ("after", "approved")])
def test_a_connection_breaks_before_or_after_the_write_took_effect(
    trouble: Callable[..., Faults], acme: Acme, server: Server, sandbox: Sandbox, drop: str, kept: str
) -> None:
    bob = acme.developer("bob@x.example")
    trouble({"method": "PATCH", "drop": drop})
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        raw(server, "PATCH", bob, {"status": "approved"})
    assert sandbox.dump()["acme"]["developers"]["bob@x.example"] == kept


def test_a_truncated_body_is_shorter_than_its_length(
    trouble: Callable[..., Faults], acme: Acme, server: Server
) -> None:
    trouble({"truncate": True})
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        raw(server, "GET", acme.path)


def test_garbage_is_no_json(trouble: Callable[..., Faults], acme: Acme, server: Server) -> None:
    trouble({"garbage": True})
    answer = raw(server, "GET", acme.path)
    assert (answer.status, answer.body) == (200, b"<!doctype html><title>Sign in</title>")


def test_a_hanging_answer_ends_when_the_client_gives_up_or_the_server_stops(
    trouble: Callable[..., Faults], acme: Acme, server: Server
) -> None:
    """It holds up nobody else, and not the end of the server."""
    trouble({"path": "/portals/*/teams", "hang": True})
    connections = [http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10) for _ in range(2)]
    for connection in connections:
        connection.request("GET", f"/v3{acme.path}/teams", headers={"Authorization": "Bearer t"})
    assert raw(server, "GET", acme.path).status == 200
    connections[0].close()
    ended = threading.Thread(target=server.stop)
    ended.start()
    ended.join(4)
    assert not ended.is_alive()
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        connections[1].getresponse()
    connections[1].close()


@pytest.mark.parametrize(
    ("shift", "first", "second", "total"),
    [
        (0, ["ada@x.example", "bob@x.example"], ["cy@y.example"], 3),
        (1, ["ada@x.example", "bob@x.example"], ["bob@x.example", "cy@y.example"], 4),
        (-1, ["ada@x.example", "bob@x.example"], [], 2),
    ],
)
def test_a_list_shifts_while_it_is_paged(
    trouble: Callable[..., Faults],
    acme: Acme,
    client: Client,
    shift: int,
    first: list[str],
    second: list[str],
    total: int,
) -> None:
    """As if a record had been added or removed before the second page since the first was read."""
    trouble({"shift": shift} if shift else {"latency": 0})
    pages = [
        client.get(f"{acme.path}/developers", **{"page[size]": "2", "page[number]": str(n)}).value for n in (1, 2)
    ]
    assert [[one["email"] for one in page["data"]] for page in pages] == [first, second]
    assert [page["meta"]["page"]["total"] for page in pages] == [3, total]


# The script


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ([], "script: expected a mapping, found a list"),
        ({"rules": []}, "script: unknown key 'rules' (known: seed, faults)"),
        ({"seed": -1}, "script.seed: expected a whole number from 0 on, found -1"),
        ({"faults": [{"path": "/x"}]}, "script.faults[0]: nothing happens: say one of latency, "),
        ({"faults": [{"status": 418}]}, "script.faults[0].status: 418 is none of 403, 429, 500, 502, 503, 504"),
        ({"faults": [{"status": 500, "method": "get"}]}, "script.faults[0].method: 'get' is none of GET, POST, "),
        ({"faults": [{"status": 500, "nth": 0}]}, "script.faults[0].nth: expected a number from 1 on, or a list"),
        ({"faults": [{"drop": "during"}]}, "script.faults[0].drop: 'during' is none of before, after"),
        ({"faults": [{"latency": "50ms"}]}, "script.faults[0].latency: expected seconds, found '50ms'"),
        (
            {"faults": [{"hang": True, "probability": 2}]},
            "script.faults[0].probability: expected a share from 0 to 1",
        ),
        ({"faults": [{"hang": "yes"}]}, "script.faults[0].hang: expected true or false, found text"),
    ],
)
def test_a_script_that_cannot_be_used_names_the_place(script: Any, message: str) -> None:
    with pytest.raises(FaultError) as refused:
        Faults.of(script)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize("name", ["faults.yaml", "faults.json"])
def test_a_script_may_be_a_file(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text('{"seed": 1, "faults": [{"nth": 1, "status": 503}]}')
    assert Faults.read_file(file).meet(Request("GET", "/v3/portals")).status == 503


@pytest.mark.parametrize("content", [None, "faults: [", "{", "\x00"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "faults.yaml"
    if content is not None:
        file.write_text(content)
    with pytest.raises(FaultError, match=r"faults\.yaml"):
        Faults.read_file(file)
