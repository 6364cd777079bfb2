"""A limit is used and seldom met: gates against a limiter as the portal's, on a clock of their own."""

from __future__ import annotations

from math import inf, isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.portal.gate import LONGEST_WAIT, SLOWEST, Gate
from tests.portal.limiter import Limiter, run
from tests.portal.stage import Clock

TELLS = ("retry-after", "reset", "nothing")


@pytest.mark.parametrize("tells", TELLS)
@pytest.mark.parametrize("start", [0.0, 0.3, 0.6, 0.95])
def test_one_run_uses_the_limit_and_seldom_meets_it(tells: str, start: float) -> None:
    """Within 1.15 of the time that so many requests take at the limit, and two of a hundred answered 429."""
    came = run(Limiter(50, 1.0, start, tells), 2150)
    assert came.through == 2150
    assert came.seconds <= 1.15 * 2150 / 50
    assert came.limited <= 0.02 * (came.through + came.limited)


@pytest.mark.parametrize("tells", TELLS)
@pytest.mark.parametrize("later", [0.0, 0.4, 5.0])
def test_two_runs_share_a_limit(tells: str, later: float) -> None:
    """They do not starve each other, and what the one leaves the other takes."""
    came = run(Limiter(50, 1.0, 0.0, tells), 2000, 2000, begin=(0.0, later))
    assert came.through == 4000
    assert came.seconds <= 1.4 * 4000 / 50
    assert came.limited <= 0.02 * (came.through + came.limited)


@given(
    start=st.floats(0, 0.99),
    latency=st.floats(0.001, 0.1),
    limit=st.integers(20, 100),
    tells=st.sampled_from(TELLS),
    workers=st.integers(1, 16),
)
@settings(max_examples=25, derandomize=True)
def test_whatever_the_limit_it_is_used(start: float, latency: float, limit: int, tells: str, workers: int) -> None:
    """Unless so few workers wait for so slow answers that they do not come near it."""
    work = 20 * limit
    came = run(Limiter(limit, 1.0, start, tells), work, workers=workers, latency=latency)
    assert came.through == work
    assert came.seconds <= 1.35 * work / min(limit, workers / latency) + 3
    assert came.limited <= 0.04 * work + workers


@given(
    st.lists(
        st.tuples(
            st.sampled_from([200, 200, 200, 429, 503, 500]),
            st.dictionaries(
                st.sampled_from(
                    ["retry-after", "ratelimit-reset", "ratelimit-remaining", "x-ratelimit-limit-minute"]
                ),
                st.sampled_from(["0", "1", "77", "3000", "999999999", "soon", ""]),
            ),
            st.floats(0, 5),
        ),
        max_size=60,
    )
)
@settings(max_examples=100, derandomize=True)
def test_whatever_a_server_says_nobody_waits_for_ever(answers: list[tuple[int, dict[str, str], float]]) -> None:
    clock = Clock()
    gate = Gate(clock=clock, sleep=clock.sleep, rng=lambda: 0.5, reserve=4)
    for status, headers, seconds in answers:
        entered = gate.enter(inf)
        assert entered is not None
        clock.now += seconds
        gate.learn(entered, status, headers)
        assert gate.rate == inf or (isfinite(gate.rate) and gate.rate >= SLOWEST / 60)
    assert all(wait <= LONGEST_WAIT + 60 for wait in clock.slept)
