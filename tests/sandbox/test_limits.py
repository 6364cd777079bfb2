"""What the edge and the caches do to an honest client (contract 4, 7, 11.5 to 11.7)."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from reconciler.sandbox import Request, Response, Sandbox
from reconciler.sandbox.web.limits import Limits

from .conftest import SEED, Acme, Client, Clock

LIST = Request("GET", "/v3/portals", {"authorization": "Bearer t"})


class Ticks:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.now = 120.0

    def __call__(self) -> float:
        return self.now


def limited(ticks: Ticks, **switches: Any) -> Sandbox:
    """A portal with a limit on such a clock."""
    sandbox = Sandbox(clock=Clock(), switches=switches)
    sandbox.load(SEED)
    sandbox.app._limits = Limits(ticks)
    return sandbox


def test_the_limit_of_a_minute_answers_as_recorded() -> None:
    """Contract 7: the names and relations of the recorded headers; retry-after lies behind ratelimit-reset."""
    ticks = Ticks()
    sandbox = limited(ticks, limit_requests=3)
    ticks.now += 12
    answers = [sandbox.answer(LIST) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[3] == Response(
        429,
        b'{"message":"API rate limit exceeded"}',
        {
            "Content-Type": "application/json; charset=utf-8",
            "RateLimit-Limit": "3",
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": "48",
            "X-RateLimit-Limit-Minute": "3",
            "X-RateLimit-Remaining-Minute": "0",
            "Retry-After": "77",
            "Via": "kong-enterprise-edition",
        },
    )
    ticks.now += 48
    assert sandbox.answer(LIST).status == 200
    sandbox.close()


def test_a_limited_write_takes_no_effect() -> None:
    """A 429 is always safe to repeat."""
    sandbox = limited(Ticks(), limit_requests=1)
    [portal, _] = sandbox.answer(LIST).value()["data"]
    add = Request("POST", f"/v3/portals/{portal['id']}/teams", LIST.headers, b'{"name": "new"}')
    assert sandbox.answer(add).status == 429
    assert "new" not in sandbox.dump()["acme"]["teams"]
    sandbox.close()


def test_each_token_has_a_limit_of_its_own() -> None:
    sandbox = limited(Ticks(), limit_requests=1)
    other = Request("GET", "/v3/portals", {"authorization": "Bearer other"})
    assert [sandbox.answer(each).status for each in (LIST, other, LIST, other)] == [200, 200, 429, 429]
    sandbox.close()


def test_another_window_scales_the_limit_down_and_the_header_may_be_missing() -> None:
    """Before 2025 the limiter sent no Retry-After (contract 7)."""
    sandbox = limited(Ticks(), limit_requests=1, limit_window=1.0, limit_retry_after=False)
    answer = [sandbox.answer(LIST) for _ in range(2)][1]
    assert answer.headers == {
        "Content-Type": "application/json; charset=utf-8",
        "RateLimit-Limit": "1",
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": "1",
        "Via": "kong-enterprise-edition",
    }
    sandbox.close()


def test_the_second_limiter_counts_requests_at_one_time_and_tells_nothing(sandbox: Sandbox) -> None:
    """Contract 7: the limit of connections has no Retry-After."""
    limits, inside, leave = Limits(), threading.Event(), threading.Event()
    with sandbox._store.read() as tx:
        switches = tx.switches.but({"limit_connections": 1})

    def stay() -> None:
        with limits.entered(LIST, switches):
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=stay)
    thread.start()
    inside.wait(10)
    with limits.entered(LIST, switches) as refused:
        assert refused is not None
        assert (refused.status, list(refused.headers)) == (429, ["Content-Type"])
    leave.set()
    thread.join()
    with limits.entered(LIST, switches) as refused:
        assert refused is None


# Reads that are behind


class Steady(Clock):
    """A clock that is set by hand."""

    def __call__(self) -> Any:
        return self.now


def at(clock: Clock, seconds: float) -> None:
    """Set the clock to so many seconds after noon."""
    clock.now = clock.now.replace(minute=0, second=0, microsecond=int(seconds % 1 * 1e6)).replace(
        minute=int(seconds // 60), second=int(seconds % 60)
    )


def statuses(sandbox: Sandbox) -> dict[str, str]:
    """What a client reads: developer → status."""
    [portal, _] = sandbox.answer(LIST).value()["data"]
    page = sandbox.answer(Request("GET", f"/v3/portals/{portal['id']}/developers", LIST.headers)).value()
    return {one["email"].partition("@")[0]: one["status"] for one in page["data"]}


def test_reads_see_the_state_as_it_was_some_seconds_ago() -> None:
    """11.5: each write is seen when it is that old, in order; what rules look at is the state as it is."""
    clock = Steady()
    sandbox = Sandbox(clock=clock, switches={"stale_seconds": 5})
    sandbox.load(SEED)
    at(clock, 10)
    sandbox.set_status("acme", "bob@x.example", "approved")
    at(clock, 12)
    sandbox.set_status("acme", "bob@x.example", "revoked")
    seen = {}
    for second in (12, 14.9, 15, 16.9, 17):
        at(clock, second)
        seen[second] = statuses(sandbox)["bob"]
    assert seen == {12: "pending", 14.9: "pending", 15: "approved", 16.9: "approved", 17: "revoked"}
    assert not sandbox._store._past._copies, "what nobody sees any more is not kept"
    sandbox.close()


def test_what_tests_look_at_is_never_behind() -> None:
    sandbox = Sandbox(clock=Steady(), switches={"stale_seconds": 5})
    sandbox.load(SEED)
    sandbox.set_status("acme", "bob@x.example", "approved")
    assert sandbox.dump()["acme"]["developers"]["bob@x.example"] == "approved"
    sandbox.close()


def test_without_the_switch_a_write_is_seen_at_once(sandbox: Sandbox) -> None:
    sandbox.set_status("acme", "bob@x.example", "approved")
    assert statuses(sandbox)["bob"] == "approved"


# What was just granted


def test_what_was_granted_a_moment_ago_is_forbidden(sandbox: Sandbox, acme: Acme, client: Client) -> None:
    """11.6: the team and the person of a new membership, for some seconds (this clock: one a request)."""
    sandbox.keep_switches(forbidden_seconds=4)
    team, bob = acme.team("owners"), acme.developer("bob@x.example")
    assert client.send("POST", f"{team}/developers", {"id": bob.rpartition("/")[2]}).status == 201
    assert [client.get(team).status for _ in range(4)] == [403, 403, 403, 200]
    assert client.get(acme.path).status == 200


def test_taking_away_and_asking_are_not_granting(sandbox: Sandbox, acme: Acme, client: Client) -> None:
    sandbox.keep_switches(forbidden_seconds=60)
    ada = acme.developer("ada@x.example")
    assert client.send("PATCH", ada, {"status": "revoked"}).status == 200
    assert client.get(ada).status == 200
    assert client.send("PATCH", ada, {"status": "approved"}).status == 200
    assert client.get(ada).status == 403


@pytest.mark.parametrize("path", ["developers", "teams"])
def test_others_are_not_concerned(sandbox: Sandbox, acme: Acme, client: Client, path: str) -> None:
    sandbox.keep_switches(forbidden_seconds=60)
    client.send("PATCH", acme.developer("bob@x.example"), {"status": "approved"})
    assert client.get(acme.developer("ada@x.example")).status == 200
    assert client.get(f"{acme.path}/{path}").status == 200
