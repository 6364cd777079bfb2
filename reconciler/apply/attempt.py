"""One change at a time: written down, made, and what became of it written down again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from reconciler.apply.cascade import asked_meanwhile
from reconciler.apply.writes import WRITES, Known, Writes
from reconciler.errors import (
    PortalError,
    ReconcilerError,
    UnauthorizedError,
    UnknownOutcomeError,
    UnreachableError,
)
from reconciler.model.change import Change, Outcome, Result


class Record(Protocol):
    """Where attempts are written down. Both methods raise ReconcilerError if that fails."""

    def attempted(self, change: Change, position: int | None) -> None:
        """The change is about to be sent; `position` None: no plan had foreseen it."""

    def answered(self, outcome: Outcome, position: int | None) -> None:
        """What became of a change."""


class Halt:
    """What ended a run before its time: the first that says so counts."""

    def __init__(self) -> None:
        self.error: ReconcilerError | None = None
        self.why = ""

    def __call__(self, why: str, error: ReconcilerError) -> None:
        """End the run: `why` is told of what is not tried any more."""
        if self.error is None:
            self.error, self.why = error, why


@dataclass
class Attempts:
    """Makes changes, from many threads; no failure of one is raised."""

    portal_id: str
    portal: Writes
    halt: Halt
    record: Record | None
    known: Known = field(default_factory=Known)

    def skipped(self, change: Change, position: int, why: str) -> Outcome:
        """The change is not tried."""
        return self._answer(Outcome(change, "skipped", why), position)

    def settled(self, outcome: Outcome, position: int) -> list[Outcome]:
        """The change is not tried; if it is so already, what its person asked for meanwhile is ended all the same."""
        self._answer(outcome, position)
        if outcome.result != "already" or self.halt.error:
            return [outcome]
        self.known.note(outcome.change)
        return [outcome, *self._once_more(outcome.change)]

    def make(self, change: Change, position: int) -> list[Outcome]:
        """Try the change, and then what its person asked for meanwhile, if it took their access away."""
        made = self._one(change, position)
        return [made, *self._once_more(change)] if made.result in ("done", "already") else [made]

    def _one(self, change: Change, position: int | None) -> Outcome:
        if self.record is not None:
            try:
                self.record.attempted(change, position)
            except ReconcilerError as error:
                self.halt("the journal cannot be written", error)
                return Outcome(change, "skipped", f"not tried: {error.message}")
        return self._answer(self._outcome(change, extra=position is None), position)

    def _outcome(self, change: Change, *, extra: bool) -> Outcome:
        try:
            written = WRITES[change.action](self.portal, self.portal_id, change, self.known)
        except PortalError as error:
            return self._failed(change, error, extra=extra)
        except Exception as error:  # noqa: BLE001 - what is done must be told, whatever goes wrong with one change
            return Outcome(change, "failed", f"internal error: {type(error).__name__}; please report it", extra=extra)
        self.known.note(change)
        return Outcome(change, written.result, status=written.status, trace=written.trace, extra=extra)

    def _answer(self, outcome: Outcome, position: int | None) -> Outcome:
        if self.record is not None:
            try:
                self.record.answered(outcome, position)
            except ReconcilerError as error:
                self.halt("the journal cannot be written", error)
        return outcome

    def _failed(self, change: Change, error: PortalError, *, extra: bool) -> Outcome:
        if isinstance(error, UnreachableError | UnauthorizedError):
            self.halt("the portal was lost", error)
        result: Result = "unknown" if isinstance(error, UnknownOutcomeError) else "failed"
        detail = f"{error.message}; {error.hint}" if error.hint else error.message
        return Outcome(change, result, detail, error.status, error.trace, extra)

    def _once_more(self, change: Change) -> Iterator[Outcome]:
        try:
            more = asked_meanwhile(self.portal, self.portal_id, change, self.known.ended)
        except PortalError as error:
            yield self._answer(self._failed(change, error, extra=True), None)
            return
        for each in more:
            yield self._one(each, None)
