"""What journal, snapshot and base commit tell of a subject: that, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.model.change import Subject
from reconciler.model.drift import LetGo
from reconciler.model.snapshot import Snapshot
from reconciler.plan.drift.match import Lookup
from reconciler.plan.drift.presence import presence


@dataclass(frozen=True, slots=True)
class Event:
    """What the journal says became of one change: it `gives` access, or takes or declines it, and was `made` or not.

    `time`: ISO-8601 in UTC, ending in Z. `detail`: why it was not made.
    """

    time: str
    run: str
    subject: Subject
    gives: bool
    made: bool
    detail: str = ""


class Evidence:
    """Everything that was given besides git and the portal. Without anything it knows nothing."""

    def __init__(
        self,
        events: Sequence[Event] | None = None,
        snapshot: Snapshot | None = None,
        let_go: Sequence[LetGo] = (),
        *,
        base: str = "",
    ) -> None:
        self.events = None if events is None else sorted(events, key=lambda event: event.time)
        self.snapshot = snapshot
        self._base = base
        self._events = Lookup((event.subject, event) for event in self.events or ())
        self._then = Lookup((subject, subject) for subject in (presence(snapshot.observed) if snapshot else ()))
        self._let_go = Lookup((one.subject, one) for one in let_go)

    def described(self) -> tuple[str, ...]:
        """What was looked at, in words."""
        said = []
        if self.events is not None:
            span = f", {day(self.events[0].time)} to {day(self.events[-1].time)}" if self.events else ""
            runs = len({event.run for event in self.events})
            said.append(f"journal: changes of this portal: {len(self.events):,}, runs: {runs:,}{span}")
        if self.snapshot:
            said.append(f"snapshot: taken {self.snapshot.source.taken_at}")
        if self._base:
            said.append(f"base: {self._base}")
        return tuple(said)

    def last(self, subject: Subject, *, anew: bool = False) -> Event | None:
        """The last thing that the journal says of it; `anew`: or of what was there under its name (see `Lookup`)."""
        found = self._events.told(subject, anew=anew)
        return found[-1] if found else None

    def given(self, subject: Subject, *, anew: bool = False) -> Event | None:
        """The journal's last word, if it is that the access was given."""
        event = self.last(subject, anew=anew)
        return event if event and event.gives and event.made else None

    def then(self, subject: Subject, *, anew: bool = False) -> bool | None:
        """Whether it was there when the snapshot was taken; None where that cannot be told."""
        if self.snapshot is None:
            return None
        return True if self._then.told(subject, anew=anew) else None if self._then.any(subject) else False

    def let_go(self, subject: Subject) -> str:
        """Where git listed it before, in words, or ""."""
        listed = self._let_go.told(subject)
        if listed:
            return f"listed at {listed[0].origin}"
        event = self.given(subject)
        return f"`apply` gave it on {day(event.time)} (journal)" if event else ""


def day(moment: str) -> str:
    """The day of a moment (UTC)."""
    return moment[:10]
