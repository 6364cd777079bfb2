"""One run, written down as it happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from reconciler.errors import ReconcilerError
from reconciler.journal import lines
from reconciler.journal.file import JournalFile
from reconciler.journal.lines import Circumstances
from reconciler.model.change import Change, Outcome, Plan


class Recorder:
    """Writes down the run of one plan. Every method raises JournalError; each may be called from many threads."""

    def __init__(self, file: JournalFile, at: Circumstances, now: Callable[[], datetime]) -> None:
        self._file, self._at, self._now = file, at, now

    def began(self, plan: Plan) -> None:
        """The run begins; nothing has been sent."""
        self._put(lines.began(self._at, self._time(), plan))

    def attempted(self, change: Change, position: int | None) -> None:
        """The change is about to be sent."""
        self._put(lines.attempted(self._at, self._time(), change, position))

    def answered(self, outcome: Outcome, position: int | None) -> None:
        """What became of a change. What was not even sent need not be on the disk before the run goes on."""
        self._put(lines.answered(self._at, self._time(), outcome, position), now=outcome.result != "skipped")

    def read_back(self, outcome: Outcome, position: int | None) -> None:
        """What was there instead when a change was read back."""
        self._put(lines.read_back(self._at, self._time(), outcome, position))

    def ended(self, outcomes: tuple[Outcome, ...], error: ReconcilerError | None, *, verified: bool) -> None:
        """The run has ended."""
        self._put(lines.ended(self._at, self._time(), outcomes, error, verified=verified))

    def _put(self, line: lines.Line, *, now: bool = True) -> None:
        self._file.append(lines.written(line), now=now)

    def _time(self) -> str:
        return self._now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
