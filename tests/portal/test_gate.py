"""The gate: how the pace is learned from the server, with a clock that never waits."""

from __future__ import annotations

from math import inf

import pytest

from reconciler.portal.gate import FIRST_WAIT, LONGEST_WAIT, YIELDS, YIELDS_MOST, Gate, retry_after
from tests.portal.stage import Clock

RECORDED = {
    "ratelimit-limit": "3000",
    "ratelimit-remaining": "0",
    "ratelimit-reset": "48",
    "retry-after": "77",
    "x-ratelimit-limit-minute": "3000",
    "x-ratelimit-remaining-minute": "0",
}
"""The recorded answer of contract section 7."""


@pytest.fixture
def gate(clock: Clock) -> Gate:
    return Gate(clock=clock, sleep=clock.sleep, rng=lambda: 0.0, reserve=4)


def enter(gate: Gate, clock: Clock) -> float:
    entered = gate.enter(clock() + 10_000)
    assert entered is not None
    clock.now += 0.01
    return entered


def test_without_limits_nobody_waits(gate: Gate, clock: Clock) -> None:
    for _ in range(100):
        gate.learn(enter(gate, clock), 200, {})
    assert (clock.slept, gate.rate) == ([], inf)


def test_retry_after_counts_and_not_ratelimit_reset(gate: Gate, clock: Clock) -> None:
    """Contract 7: the recorded 429 has retry-after 77 and ratelimit-reset 48."""
    gate.learn(enter(gate, clock), 429, RECORDED)
    enter(gate, clock)
    assert clock.slept == [pytest.approx(77)]


def test_a_429_without_any_header_waits_longer_each_time(gate: Gate, clock: Clock) -> None:
    """Contract 7: the limiter of connections sends no Retry-After."""
    for _ in range(10):
        gate.learn(enter(gate, clock), 429, {})
    assert clock.slept == pytest.approx([1, 2, 4, 8, 16, 32, 64, LONGEST_WAIT, LONGEST_WAIT])


def test_a_retry_after_of_zero_does_not_make_a_tight_loop(gate: Gate, clock: Clock) -> None:
    gate.learn(enter(gate, clock), 429, {"retry-after": "0"})
    enter(gate, clock)
    assert clock.slept == [pytest.approx(1)]


def test_the_waits_begin_anew_after_a_success(gate: Gate, clock: Clock) -> None:
    for status in (429, 429, 429, 200, 429):
        gate.learn(enter(gate, clock), status, {})
    last = clock()
    assert enter(gate, clock) - last == pytest.approx(FIRST_WAIT, abs=0.1)


def test_no_wait_is_longer_than_the_cap(gate: Gate, clock: Clock) -> None:
    gate.learn(enter(gate, clock), 429, {"retry-after": "86400"})
    enter(gate, clock)
    assert clock.slept == [LONGEST_WAIT]


def test_a_turn_after_the_deadline_is_not_waited_for(gate: Gate, clock: Clock) -> None:
    gate.learn(enter(gate, clock), 429, {"retry-after": "77"})
    assert gate.enter(clock() + 60) is None
    assert clock.slept == []


def test_requests_that_were_under_way_belong_to_the_same_429(gate: Gate, clock: Clock) -> None:
    """Sixteen threads that meet one limit together are one event: the pace falls once."""
    let_through(gate, clock, 100)
    entered = [enter(gate, clock) for _ in range(16)]
    gate.learn(entered[0], 429, {"retry-after": "2"})
    once = gate.rate
    for one in entered[1:]:
        gate.learn(one, 429, {"retry-after": "2"})
    assert gate.rate == once == pytest.approx(100 / 3.16 * YIELDS, rel=0.1)
    enter(gate, clock)
    assert sum(clock.slept) == pytest.approx(2)


def let_through(gate: Gate, clock: Clock, requests: int) -> None:
    for _ in range(requests):
        gate.learn(enter(gate, clock), 200, {})


def test_the_first_429_shows_what_was_borne_and_the_pace_grows_from_there(gate: Gate, clock: Clock) -> None:
    """Fifty in half a second and a second of waiting: the limit is somewhere between 33 and 50 a second."""
    let_through(gate, clock, 50)
    gate.learn(enter(gate, clock), 429, {"retry-after": "1"})
    assert gate.rate == pytest.approx(50 / 1.5, rel=0.05)
    begun = clock()
    while clock() < begun + 11:
        let_through(gate, clock, 1)
    assert gate.rate == pytest.approx(50 * YIELDS, rel=0.05)
    while gate.rate < inf:
        let_through(gate, clock, 1)


def test_a_429_after_a_long_quiet_takes_a_little_and_one_at_once_takes_more(gate: Gate, clock: Clock) -> None:
    let_through(gate, clock, 50)
    gate.learn(enter(gate, clock), 429, {"retry-after": "1"})
    begun = clock()
    while clock() < begun + 15:
        let_through(gate, clock, 1)
    reached = gate.rate
    gate.learn(enter(gate, clock), 429, {"retry-after": "1"})
    assert gate.rate == pytest.approx(YIELDS * reached, rel=0.01)
    let_through(gate, clock, 10)
    gate.learn(enter(gate, clock), 429, {"retry-after": "1"})
    assert gate.rate == pytest.approx(YIELDS_MOST * YIELDS * reached, rel=0.01)


def test_a_limit_by_the_minute_that_is_told_is_not_gone_beyond(gate: Gate, clock: Clock) -> None:
    """Contract 7: x-ratelimit-limit-minute 3000 is fifty a second."""
    let_through(gate, clock, 100)
    gate.learn(enter(gate, clock), 429, RECORDED)
    assert gate.rate <= 50
    clock.now += 10_000
    assert gate.rate == 50


def test_the_last_requests_before_a_reset_are_spread(gate: Gate, clock: Clock) -> None:
    """Contract 7: with none left, the next comes after ratelimit-reset, and the 429 with its longer wait never."""
    gate.learn(enter(gate, clock), 200, {"ratelimit-remaining": "3", "ratelimit-reset": "8"})
    gate.learn(enter(gate, clock), 200, {"ratelimit-remaining": "0", "ratelimit-reset": "6"})
    enter(gate, clock)
    assert [round(wait, 1) for wait in clock.slept] == [2.0, 6.0]


def test_the_count_by_the_minute_is_understood_too(gate: Gate, clock: Clock) -> None:
    gate.learn(enter(gate, clock), 200, {"x-ratelimit-remaining-minute": "0"})
    enter(gate, clock)
    assert [round(wait) for wait in clock.slept] == [60]


def test_plenty_left_means_no_wait(gate: Gate, clock: Clock) -> None:
    gate.learn(enter(gate, clock), 200, {"ratelimit-remaining": "2999", "ratelimit-reset": "48"})
    enter(gate, clock)
    assert clock.slept == []


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "77"}, 77),
        ({"retry-after": "Tue, 01 Dec 2026 10:00:30 GMT", "date": "Tue, 01 Dec 2026 10:00:00 GMT"}, 30),
        ({"retry-after": "Tue, 01 Dec 2026 09:00:00 GMT", "date": "Tue, 01 Dec 2026 10:00:00 GMT"}, 0),
        ({"retry-after": "Tue, 01 Dec 2026 10:00:30 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "١٢"}, None),
        ({"retry-after": "9" * 400}, None),
        ({}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_anything_else_is_none(headers: dict[str, str], seconds: float) -> None:
    """A date counts from the answer's own Date, so that no clock of ours matters."""
    assert retry_after(headers) == seconds
