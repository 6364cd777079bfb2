"""The order of a run: what may go side by side does, what must come before does, and a wish to stop is heard."""

from __future__ import annotations

from threading import Event, Lock
from typing import Any

import pytest

from reconciler.apply.run import apply_plan
from reconciler.apply.stop import Stop
from reconciler.errors import JournalError, PortalError, UnauthorizedError, UnknownOutcomeError
from reconciler.model.change import Cause, Change, Outcome, Plan, Ref, Subject
from reconciler.model.observed import Portal
from reconciler.portal.creation import Written


def approve(number: int) -> Change:
    subject = Subject("developer", developer=Ref(f"p{number}@x.example", str(number)))
    after = {"status": "approved"}
    return Change("approve-developer", subject, {"status": "pending"}, after, "grants", Cause("entry", "listed"))


def a_plan(count: int, after: dict[int, tuple[int, ...]] | None = None, requires: bool = False) -> Plan:
    before = tuple((after or {}).get(index, ()) for index in range(count))
    needed = before if requires else ((),) * count
    return Plan(Portal("1", "acme"), tuple(approve(n) for n in range(count)), before, needed)


class Writes:
    """Does what it is told, or fails where it is to; knows how many calls were under way at once."""

    def __init__(self, **failing: PortalError) -> None:
        self.failing, self.done, self.hurried = failing, list[str](), False
        self.under_way = self.most = 0
        self.lock, self.enough = Lock(), Event()
        self.together = 1

    def set_developer_status(self, portal_id: str, developer_id: str, status: str) -> Written:
        with self.lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            if self.most >= self.together:
                self.enough.set()
        assert self.enough.wait(30)
        with self.lock:
            self.under_way -= 1
            self.done.append(developer_id)
        if f"p{developer_id}" in self.failing:
            raise self.failing[f"p{developer_id}"]
        return Written("done", 200)

    def hurry(self) -> None:
        self.hurried = True


def came(plan: Plan, portal: Writes, **more: Any) -> list[str]:
    return [outcome.result for outcome in apply_plan(plan, portal, **more).outcomes]  # type: ignore[arg-type]


@pytest.mark.parametrize("workers", [1, 3])
def test_as_many_as_there_are_workers_go_side_by_side_and_no_more(workers: int) -> None:
    portal = Writes()
    portal.together = workers
    assert came(a_plan(12), portal, workers=workers) == ["done"] * 12
    assert portal.most == workers


def test_what_waits_comes_after_whatever_became_of_the_other() -> None:
    """A failed removal delays the next, and does not hold it up."""
    portal = Writes(p2=PortalError("no"))
    assert came(a_plan(3, {0: (), 1: (2,), 2: ()}), portal, workers=3) == ["done", "done", "failed"]
    assert portal.done.index("2") < portal.done.index("1")


@pytest.mark.parametrize("error", [PortalError("no"), UnknownOutcomeError("lost")])
def test_what_needs_another_is_not_tried_unless_that_is_there(error: PortalError) -> None:
    """Nobody is let into a team on an approval of which nobody knows whether it was made."""
    portal = Writes(p0=error)
    outcomes = apply_plan(a_plan(3, {1: (0,), 2: (1,)}, requires=True), portal).outcomes  # type: ignore[arg-type]
    assert [outcome.result for outcome in outcomes][1:] == ["skipped", "skipped"]
    assert outcomes[2].detail == "not tried, because this did not succeed: approve developer"
    assert portal.done == ["0"]


def test_a_run_that_lost_the_portal_begins_nothing_new() -> None:
    portal = Writes(p1=UnauthorizedError("401"))
    applied = apply_plan(a_plan(4), portal, workers=1)  # type: ignore[arg-type]
    assert [outcome.result for outcome in applied.outcomes] == ["done", "failed", "skipped", "skipped"]
    assert isinstance(applied.error, UnauthorizedError)
    assert {outcome.detail for outcome in applied.outcomes[2:]} == {"not tried: the portal was lost"}


def test_a_wish_to_stop_is_heard_between_two_changes_and_hurries_the_portal() -> None:
    portal, stop = Writes(), Stop()

    def after(outcome: Outcome) -> None:
        if outcome.change.subject.developer == Ref("p1@x.example", "1"):
            stop.ask("SIGTERM")

    applied = apply_plan(a_plan(4), portal, workers=1, progress=after, stop=stop)  # type: ignore[arg-type]
    assert [outcome.result for outcome in applied.outcomes] == ["done", "done", "skipped", "skipped"]
    assert portal.hurried
    assert {outcome.detail for outcome in applied.outcomes[2:]} == {"not tried: interrupted"}
    assert applied.error is not None
    assert applied.error.message.startswith("interrupted (SIGTERM)")
    assert applied.error.hint == "apply again: it plans anew and does what is left"


def test_who_asked_before_the_run_is_heard_too() -> None:
    stop = Stop()
    stop.ask("SIGINT")
    assert came(a_plan(2), Writes(), stop=stop) == ["skipped", "skipped"]


def test_the_first_who_asks_is_named_and_waiting_ends() -> None:
    stop = Stop()
    stop.wait(0.0)
    stop.ask("SIGINT")
    stop.ask("SIGTERM")
    stop.wait(3600.0)
    assert stop.by == "SIGINT"


class Record:
    """Writes down so many lines, and then cannot any more."""

    def __init__(self, lines: int) -> None:
        self.left, self.lines = lines, list[str]()

    def attempted(self, change: Change, position: int | None) -> None:
        self._put(f"attempted {position}")

    def answered(self, outcome: Outcome, position: int | None) -> None:
        self._put(f"{outcome.result} {position}")

    def _put(self, line: str) -> None:
        if not self.left:
            raise JournalError("full")
        self.left -= 1
        self.lines.append(line)


def test_each_change_is_written_down_before_and_after() -> None:
    record = Record(100)
    came(a_plan(2), Writes(p1=PortalError("no")), workers=1, record=record)
    assert record.lines == ["attempted 0", "done 0", "attempted 1", "failed 1"]


@pytest.mark.parametrize("lines", range(5))
def test_nothing_is_sent_that_could_not_be_written_down(lines: int) -> None:
    portal = Writes()
    applied = apply_plan(a_plan(3), portal, workers=1, record=Record(lines))  # type: ignore[arg-type]
    assert len(portal.done) == (lines + 1) // 2
    assert isinstance(applied.error, JournalError)
