"""What the parts of a report are called: every format says it alike."""

from __future__ import annotations

from reconciler.model.change import Result

REPORTS = {
    "plan": "Plan for",
    "apply": "Apply to",
    "drift": "Drift of",
    "doctor": "Doctor for",
    "pending": "Pending on",
    "dump": "Dump of",
}
"""What a report on a portal is called."""

HEADINGS = {"removes": "Who LOSES access", "grants": "Who gains access", "neither": "Other changes"}

ITEMS = {
    "held": "Held: taken away on the portal, and left so until git says `reinstated`",
    "waiting": "Waiting for people to do their part",
    "blocked": "Blocked: it cannot be told what is meant; everything else goes on",
    "unlisted": "Unlisted: access on the portal that git does not list",
    "requests": "Requests that git does not answer",
    "residual": "RESIDUAL ACCESS: what still works for people who are not approved",
}
"""The lists of a plan that are no changes."""

LEFT_OUT = {
    "not-reviewed": "NOT REVIEWED: git asks for this, and the reviewed plan does not",
    "not-selected": "Left out: --only does not name this",
}
NOT_NEEDED = "Reviewed, and not needed any more"
ADOPTED = {True: "Adopted into git", False: "To be adopted into git"}
"""What `drift --adopt` wrote; or would write, with --dry-run."""
NOT_ADOPTED = "Not adopted"
LIFTED = "LIFTED for this run: limits that this plan would break"
DIAGNOSES = "On the portal, against git"

APPLIED: dict[str, tuple[Result | None, ...]] = {
    "NOT KEPT: the portal said that it was done, and it is not there": ("not-kept",),
    "FAILED": ("failed",),
    "UNKNOWN: the answer was lost": ("unknown",),
    "STALE: the portal is not as the saved plan says any more": ("stale",),
    "SKIPPED": ("skipped",),
    "NOT TRIED: the run ended before their turn": (None,),
    "Done": ("done", "already"),
}
"""What became of changes, by the heading under which it is told; the worst first."""


def refused(command: str) -> str:
    """Limits that are broken, by what it means for the command."""
    return "WOULD BE REFUSED: apply will not do this" if command == "drift" else "REFUSED: nothing is applied"


def source_of(command: str) -> str:
    """What the report's paths are: where git says who has access, or where `dump` wrote."""
    return "written to" if command == "dump" else "git"
