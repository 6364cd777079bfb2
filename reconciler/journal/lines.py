"""What each line of a journal says: whole by itself, so that one line can be read, sent or kept alone."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from reconciler.actor import Actor
from reconciler.errors import ReconcilerError
from reconciler.model.change import Change, Outcome, Plan, Result
from reconciler.model.observed import Portal
from reconciler.plan.document_fields import change_fields, plan_counts, portal_fields

FORMAT_VERSION = "1.0"
"""Fields and kinds of line are added with a new minor version; a reader refuses another major version."""

Line = dict[str, Any]
Came = Literal["applied", "already", "failed", "unknown", "skipped", "not-kept"]

_CAME: dict[Result, Came] = {
    "done": "applied",
    "already": "already",
    "failed": "failed",
    "unknown": "unknown",
    "skipped": "skipped",
    "stale": "skipped",
    "not-kept": "not-kept",
}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What every line of a run says: which run, who started it, from which commit and plan, on which portal."""

    run: str
    actor: Actor
    commit: str | None
    plan: str
    portal: Portal
    tool_version: str
    workspace: tuple[str, ...] = ()


def began(at: Circumstances, time: str, plan: Plan) -> Line:
    """The first line of a run: what was planned."""
    counts = plan_counts(plan)
    planned = {name: counts[name] for name in ("changes", "grants", "removals", "neither")}
    lifted = [{"rule": one.refusal.rule, "reason": one.reason} for one in plan.lifted]
    more = {"tool_version": at.tool_version, "workspace": list(at.workspace), "planned": planned, "lifted": lifted}
    return {**_head(at, "run-began", time), **more}


def attempted(at: Circumstances, time: str, change: Change, position: int | None) -> Line:
    """A change is about to be sent."""
    return {**_head(at, "change-attempted", time), "position": position, **change_fields(change)}


def answered(at: Circumstances, time: str, outcome: Outcome, position: int | None) -> Line:
    """What the portal answered, or why a change was not sent."""
    return _told(at, "change-answered", time, outcome, position)


def read_back(at: Circumstances, time: str, outcome: Outcome, position: int | None) -> Line:
    """What was there when a change was read back, where that is not what the answer had said."""
    return _told(at, "change-read-back", time, outcome, position)


def ended(
    at: Circumstances, time: str, outcomes: tuple[Outcome, ...], error: ReconcilerError | None, *, verified: bool
) -> Line:
    """The last line of a run: what came of it, and what ended it early, if anything did."""
    came = Counter(_CAME[outcome.result] for outcome in outcomes)
    said = None if error is None else error.message
    counts = {word: came[word] for word in _CAME.values()}
    return {**_head(at, "run-ended", time), "outcomes": counts, "verified": verified, "error": said}


def written(line: Line) -> str:
    """The line as it stands in the file: ASCII, so that nothing in it acts on who shows it."""
    return json.dumps(line, separators=(", ", ": "))


def _told(at: Circumstances, kind: str, time: str, outcome: Outcome, position: int | None) -> Line:
    return {
        **_head(at, kind, time),
        "position": position,
        **change_fields(outcome.change),
        "outcome": _CAME[outcome.result],
        "error": outcome.detail or None,
        "status": outcome.status,
        "trace": outcome.trace or None,
    }


def _head(at: Circumstances, kind: str, time: str) -> Line:
    return {
        "format_version": FORMAT_VERSION,
        "kind": kind,
        "time": time,
        "run": at.run,
        "actor": {"name": at.actor.name, "source": at.actor.source, "url": at.actor.url},
        "commit": at.commit,
        "plan": at.plan,
        "portal": portal_fields(at.portal),
    }
