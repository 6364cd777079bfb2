"""Do what a plan says: side by side where its order allows, past failures, keeping done and failed apart."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue

from reconciler.apply.attempt import Attempts, Halt, Record
from reconciler.apply.stop import LOOK_UP, Stop
from reconciler.apply.writes import Writes
from reconciler.errors import InterruptedRunError, ReconcilerError
from reconciler.model.change import NOT_MADE, Outcome, Plan

Progress = Callable[[Outcome], None]


@dataclass(frozen=True, slots=True)
class Applied:
    """`outcomes` in the order of the plan's changes, extra writes after the change that led to them.

    `error` is what ended the run early: the portal was lost, the token no longer counted, the journal could not be
    written, or somebody asked to stop. `verified`: all that was written was looked for afterwards.
    """

    outcomes: tuple[Outcome, ...]
    error: ReconcilerError | None = None
    verified: bool = False


def apply_plan(
    plan: Plan,
    portal: Writes,
    *,
    workers: int = 8,
    progress: Progress | None = None,
    record: Record | None = None,
    stop: Stop | None = None,
    decided: Mapping[int, Outcome] | None = None,
) -> Applied:
    """Try every change of the plan. A failure holds up only what needs it; nothing is raised for one.

    `decided`: by position, changes of which is known already that they are not to be tried, and what became of them.
    Once `stop` is asked, or the portal or the record is lost, no new change is begun; those under way are waited
    for, and the rest is reported as skipped.
    """
    halt = Halt()
    attempts = Attempts(plan.portal.id, portal, halt, record)
    run = _Run(plan, attempts, halt, progress or (lambda _: None), stop or Stop(), decided or {})
    return run.run(workers, portal.hurry)


@dataclass
class _Run:
    plan: Plan
    attempts: Attempts
    halt: Halt
    progress: Progress
    stop: Stop
    decided: Mapping[int, Outcome]
    results: dict[int, list[Outcome]] = field(default_factory=dict)

    def run(self, workers: int, hurry: Callable[[], None]) -> Applied:
        plan, waiting_for = self.plan, [len(before) for before in self.plan.after]
        followers = _followers(plan)
        ready = [index for index, count in enumerate(waiting_for) if not count]
        under_way: dict[Future[list[Outcome]], int] = {}
        # A SimpleQueue, for its `put` is the one that a signal handler may call while its `get` waits.
        news: SimpleQueue[Future[list[Outcome]] | None] = SimpleQueue()
        self.stop.wakes(partial(news.put, None))
        with ThreadPoolExecutor(workers, thread_name_prefix="apply") as pool:
            while ready or under_way:
                while ready and len(under_way) < workers:
                    index = heapq.heappop(ready)
                    future = pool.submit(self._one, index)
                    under_way[future] = index
                    future.add_done_callback(news.put)
                try:
                    done = news.get(timeout=LOOK_UP)
                except Empty:
                    continue
                if done is None:
                    self.halt("interrupted", interrupted(self.stop.by))
                    hurry()
                    continue
                index = under_way.pop(done)
                self._note(index, done.result())
                for follower in followers[index]:
                    waiting_for[follower] -= 1
                    if not waiting_for[follower]:
                        heapq.heappush(ready, follower)
        outcomes = tuple(outcome for index in range(len(plan.changes)) for outcome in self.results[index])
        return Applied(outcomes, self.halt.error)

    def _note(self, index: int, outcomes: list[Outcome]) -> None:
        self.results[index] = outcomes
        for outcome in outcomes:
            self.progress(outcome)

    def _one(self, index: int) -> list[Outcome]:
        change = self.plan.changes[index]
        if index in self.decided:
            return self.attempts.settled(self.decided[index], index)
        why = self._why_not(index)
        return [self.attempts.skipped(change, index, why)] if why else self.attempts.make(change, index)

    def _why_not(self, index: int) -> str:
        """Why the change is not tried, or ""."""
        ended = "interrupted" if self.stop.by else self.halt.why
        if ended:
            return f"not tried: {ended}"
        for needed in self.plan.requires[index]:
            if self.results[needed][0].result in NOT_MADE:
                what = self.plan.changes[needed].action.replace("-", " ")
                return f"not tried, because this did not succeed: {what}"
        return ""


def interrupted(by: str) -> InterruptedRunError:
    """Somebody asked to stop."""
    return InterruptedRunError(
        f"interrupted ({by}): what was under way was waited for, and nothing new was begun",
        "apply again: it plans anew and does what is left",
    )


def _followers(plan: Plan) -> list[list[int]]:
    """For each change those that wait for it."""
    followers: list[list[int]] = [[] for _ in plan.changes]
    for index, before in enumerate(plan.after):
        for earlier in before:
            followers[earlier].append(index)
    return followers
