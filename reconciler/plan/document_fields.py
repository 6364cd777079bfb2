"""How each noun of a plan is written in JSON documents: plan, report, and whatever else tells of changes."""

from __future__ import annotations

from typing import Any

from reconciler.finding import Finding
from reconciler.model.change import ApiRef, Cause, Change, Item, Lifted, Plan, Ref, Refusal, Since, Subject
from reconciler.model.observed import Portal
from reconciler.model.origin import Origin

Document = dict[str, Any]
"""A JSON object."""

ITEM_LISTS = ("held", "waiting", "blocked", "unlisted", "requests", "residual")
"""The lists of a plan that are no changes, in the order in which they are shown."""


def plan_fields(plan: Plan) -> Document:
    """What the plan itself says: every list of it."""
    return {
        "changes": [
            {**change_fields(change), "waits_for": _at(plan.after, index), "requires": _at(plan.requires, index)}
            for index, change in enumerate(plan.changes)
        ],
        **{name: [_item_fields(item) for item in getattr(plan, name)] for name in ITEM_LISTS},
        "findings": [finding_fields(finding) for finding in plan.findings],
        "refusals": [_refusal_fields(refusal) for refusal in plan.refusals],
        "lifted": [_lifted_fields(lifted) for lifted in plan.lifted],
        "looked_at": dict(plan.looked_at),
        "only": list(plan.only),
        "left_out": [{**change_fields(each.change), "because": each.because} for each in plan.left_out],
        "not_needed": [change_fields(change) for change in plan.not_needed],
        **_since_fields(plan.changed_since),
    }


def _since_fields(since: Since | None) -> Document:
    """Only where a part of the portal was looked at."""
    if since is None:
        return {}
    told = {"ref": since.ref, "commit": since.commit, "people": since.people, "teams": since.teams}
    return {"changed_since": told}


def plan_counts(plan: Plan) -> dict[str, int]:
    """How many there are of each, findings aside."""
    return {
        "changes": len(plan.changes),
        "grants": plan.count("grants"),
        "removals": plan.count("removes"),
        "neither": plan.count("neither"),
        **{name: len(getattr(plan, name)) for name in ITEM_LISTS},
        "refusals": len(plan.refusals),
        "lifted": len(plan.lifted),
        "left_out": len(plan.left_out),
        "not_needed": len(plan.not_needed),
    }


def finding_counts(findings: tuple[Finding, ...]) -> dict[str, int]:
    """How many findings there are, and how many of them are errors and warnings."""
    severities = [finding.severity for finding in findings]
    return {
        "findings": len(findings),
        "errors": severities.count("error"),
        "warnings": severities.count("warning"),
    }


def portal_fields(portal: Portal) -> Document:
    """Which portal."""
    return {"id": portal.id, "name": portal.name, "server": portal.server, "region": portal.region}


def change_fields(change: Change) -> Document:
    """One change: what, to whom, from what to what, and who asked for it."""
    return {
        "action": change.action,
        "subject": subject_fields(change.subject),
        "before": change.before,
        "after": change.after,
        "effect": change.effect,
        "cause": cause_fields(change.cause),
    }


def finding_fields(finding: Finding) -> Document:
    """One finding, with its place."""
    said = {"rule": finding.rule, "severity": finding.severity, "message": finding.message, "hint": finding.hint}
    return {**said, **origin_fields(finding.origin)}


def _at(indices: tuple[tuple[int, ...], ...], index: int) -> list[int]:
    return list(indices[index]) if index < len(indices) else []


def subject_fields(subject: Subject) -> Document:
    """What a change, an item or a request is about."""
    return {
        "kind": subject.kind,
        "developer": ref_fields(subject.developer),
        "team": ref_fields(subject.team),
        "application": ref_fields(subject.application),
        "api": api_fields(subject.api),
        "registration_id": subject.registration_id,
        "role": ref_fields(subject.role),
        "region": subject.region,
    }


def ref_fields(ref: Ref | None) -> Document | None:
    """A thing by name and id."""
    return {"name": ref.name, "id": ref.id} if ref else None


def api_fields(api: ApiRef | None) -> Document | None:
    """An API or package."""
    return {"name": api.name, "version": api.version, "id": api.id, "entity_type": api.entity_type} if api else None


def cause_fields(cause: Cause | None) -> Document | None:
    """Who asked for it."""
    return {"by": cause.by, "text": cause.text, **origin_fields(cause.origin)} if cause else None


def origin_fields(origin: Origin | None) -> Document:
    """A place in a file, to stand among other fields."""
    if origin is None:
        return {"file": None, "line": None, "column": None}
    return {"file": origin.file, "line": origin.line or None, "column": origin.column or None}


def _item_fields(item: Item) -> Document:
    cause = cause_fields(item.cause)
    return {
        "subject": subject_fields(item.subject),
        "reason": item.reason,
        "cause": cause,
        "since": item.since or None,
    }


def _refusal_fields(refusal: Refusal) -> Document:
    return {
        "rule": refusal.rule,
        "message": refusal.message,
        "number": refusal.number,
        "limit": refusal.limit,
        "hint": refusal.hint,
        "liftable": refusal.liftable,
    }


def _lifted_fields(lifted: Lifted) -> Document:
    by = "flag" if lifted.origin is None else "policy"
    where = origin_fields(lifted.origin)
    return {"refusal": _refusal_fields(lifted.refusal), "by": by, "reason": lifted.reason, **where}
