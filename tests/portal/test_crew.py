"""Jobs side by side on few threads: order, bounds, nesting, errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Barrier, Lock, Thread
from typing import Any

import pytest

from reconciler.portal.crew import Crew, Job


@pytest.fixture
def crew() -> Iterator[Crew]:
    one = Crew(4)
    yield one
    one.close()


def value(of: Any) -> Callable[[], Any]:
    return lambda: of


def adding(*numbers: int) -> Job[int]:
    return sum((yield [value(n) for n in numbers]))


def test_results_come_in_the_order_of_the_steps(crew: Crew) -> None:
    def job() -> Job[list[Any]]:
        return (yield [value(1), adding(2, 3), value(4), adding(), adding(5)])

    assert crew.run(job()) == [1, 5, 4, 0, 5]


def test_a_job_may_yield_as_often_as_it_likes(crew: Crew) -> None:
    def job() -> Job[int]:
        total = 0
        for n in range(10):
            total += sum((yield [value(n), value(n)]))
            yield []
        return total

    assert crew.run(job()) == 90


def test_jobs_nested_deeper_than_there_are_threads_do_not_block(crew: Crew) -> None:
    def nest(depth: int) -> Job[int]:
        if depth == 0:
            (one,) = yield [value(1)]
            return int(one)
        return sum((yield [nest(depth - 1), nest(depth - 1)]))

    assert crew.run(nest(8)) == 256


def test_steps_are_taken_from_a_lazy_list_only_as_threads_come_free(crew: Crew) -> None:
    """A million pages must not become a million futures."""
    taken, done, lock, most = 0, 0, Lock(), 0

    def call() -> None:
        nonlocal done
        with lock:
            done += 1

    def steps() -> Iterator[Callable[[], None]]:
        nonlocal taken, most
        for _ in range(2000):
            taken += 1
            with lock:
                most = max(most, taken - done)
            yield call

    def job() -> Job[int]:
        return len((yield steps()))

    assert crew.run(job()) == 2000
    assert most <= 4 + 1


def test_as_many_calls_are_under_way_as_there_are_threads(crew: Crew) -> None:
    barrier = Barrier(4, timeout=5)

    def job() -> Job[int]:
        done: list[Any] = yield [barrier.wait] * 8
        return len(done)

    assert crew.run(job()) == 8


def test_every_list_begins_before_any_goes_on(crew: Crew) -> None:
    begun: list[str] = []

    def two_pages(name: str) -> Job[None]:
        yield [lambda: begun.append(f"{name}1")]
        yield [lambda: begun.append(f"{name}2")]

    def job() -> Job[None]:
        yield [two_pages("a"), two_pages("b"), two_pages("c")]

    one = Crew(1)
    one.run(job())
    one.close()
    assert begun == ["a1", "b1", "c1", "a2", "b2", "c2"]


def test_an_error_ends_the_job_and_drops_what_is_not_begun(crew: Crew) -> None:
    called: list[int] = []

    def call(n: int) -> Callable[[], None]:
        def one() -> None:
            called.append(n)
            if n == 3:
                raise LookupError("three")

        return one

    def job() -> Job[None]:
        yield (call(n) for n in range(1000))

    with pytest.raises(LookupError, match="three"):
        crew.run(job())
    assert len(called) < 100


def test_an_error_in_a_job_itself_comes_out_too(crew: Crew) -> None:
    def bad() -> Job[None]:
        yield []
        raise LookupError

    def job() -> Job[None]:
        yield [bad(), value(1)]

    with pytest.raises(LookupError):
        crew.run(job())


def test_several_threads_may_run_jobs_at_once(crew: Crew) -> None:
    results: list[int] = []
    threads = [Thread(target=lambda: results.append(crew.run(adding(*range(50))))) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert results == [1225] * 10


def test_what_leads_to_further_calls_is_begun_before_what_does_not() -> None:
    """Teams lead to members, and those to more of their pages: behind a long list they would hold up the end."""
    called: list[str] = []

    def call(name: str) -> Callable[[], None]:
        return lambda: called.append(name)

    def pages(name: str, further: int) -> Job[None]:
        yield [call(f"{name} 1")]
        yield [call(f"{name} {number}") for number in range(2, further + 2)]

    def teams() -> Job[None]:
        yield from pages("teams", 0)
        yield [pages("members", 1), pages("roles", 0)]

    def job() -> Job[None]:
        yield [pages("people", 3), teams(), pages("requests", 3)]

    one = Crew(1)
    one.run(job())
    one.close()
    assert called == [
        "people 1", "teams 1", "members 1", "roles 1", "requests 1",
        "people 2", "people 3", "people 4", "members 2", "requests 2", "requests 3", "requests 4",
    ]  # fmt: skip
