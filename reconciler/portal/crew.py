"""Runs jobs side by side on a bounded number of threads.

A job is a generator: it yields steps, gets the list of what they returned, in the order of the steps, and may yield
again; what it returns is its result. A step is a call, made on one of the threads, or another job. Only calls
occupy a thread, and no more of them are under way than there are threads: a job may yield a million steps lazily,
and jobs may nest, without a deadlock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import chain, islice
from types import GeneratorType
from typing import Any, TypeVar, cast

LOOK_UP = 0.25
"""Seconds after which who waits looks up: a signal that came just before a wait began is only then seen (CPython)."""

T = TypeVar("T")
Call = Callable[[], Any]
Job = Generator[Iterable["Call | Job[Any]"], list[Any], T]


class _Running:
    """A job under way: the steps not begun yet, what came back so far, and how many steps are open."""

    __slots__ = ("job", "leads_on", "open", "parent", "place", "results", "steps")

    def __init__(self, job: Job[Any], parent: _Running | None = None, place: int = 0) -> None:
        self.job, self.parent, self.place = job, parent, place
        self.steps: Iterator[Call | Job[Any]] = iter(())
        self.results: list[Any] | None = None
        self.open = 0
        self.leads_on = False
        """Whether more will come after its next steps: they are its first, are jobs again, or there are none."""

    def next_step(self) -> tuple[Call | Job[Any], int] | None:
        """The next step and its place among the results; None if all are begun."""
        step = next(self.steps, None)
        if step is None or self.results is None:
            return None
        self.results.append(None)
        self.open += 1
        return step, len(self.results) - 1

    def go_on(self) -> None:
        """Hand the job its results and take its next steps. Raises StopIteration with the job's result at its end."""
        begins = self.results is None
        steps = iter(self.job.send(self.results))  # type: ignore[arg-type] # None starts a generator
        first = list(islice(steps, 1))
        self.steps, self.results = chain(first, steps), []
        self.leads_on = begins or not first or isinstance(first[0], GeneratorType)


class Crew:
    """A pool of `workers` threads for jobs; several threads may call `run` at the same time."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="portal")

    def run(self, job: Job[T]) -> T:
        """Run the job to its end. The first error of any step ends it; what is not begun by then is dropped."""
        under_way: dict[Future[Any], tuple[_Running, int]] = {}
        ready = deque([_Running(job)])
        """Jobs that can begin a step or go on; those that only wait for open steps are not here."""
        ended: list[T] = []
        try:
            while not ended:
                while ready and not ended and len(under_way) < self.workers:
                    self._advance(ready, under_way, ended)
                if under_way and not ended:
                    for future in wait(under_way, LOOK_UP, FIRST_COMPLETED).done:
                        _deliver(*under_way.pop(future), future.result(), ready)
            return ended[0]
        finally:
            for future in under_way:
                future.cancel()

    def _advance(
        self, ready: deque[_Running], under_way: dict[Future[Any], tuple[_Running, int]], ended: list[Any]
    ) -> None:
        """Begin the next step of the foremost job; if none is left and none is open, let the job go on.

        What leads to further calls comes first, and all else goes to the end of the queue: so the first page of
        every list comes before any second page, and no long list is waited for before another is begun.
        """
        running = ready[0]
        begun = running.next_step()
        if begun is None:
            ready.popleft()
            if not running.open:
                _go_on(running, ready, ended)
            return
        step, place = begun
        if isinstance(step, GeneratorType):
            ready.appendleft(_Running(step, running, place))
        else:
            under_way[self._pool.submit(cast("Call", step))] = running, place

    def close(self) -> None:
        """Let the threads end; calls that were not begun are dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _go_on(running: _Running, ready: deque[_Running], ended: list[Any]) -> None:
    try:
        running.go_on()
        (ready.appendleft if running.leads_on else ready.append)(running)
    except StopIteration as end:
        if running.parent is None:
            ended.append(end.value)
        else:
            _deliver(running.parent, running.place, end.value, ready)


def _deliver(running: _Running, place: int, value: Any, ready: deque[_Running]) -> None:
    """Put one result in its place; the last open one brings a job that has nothing to begin to the queue's front."""
    assert running.results is not None  # noqa: S101 # a step has come back, so there were steps
    running.results[place] = value
    running.open -= 1
    if not running.open and running not in ready:
        ready.appendleft(running)
