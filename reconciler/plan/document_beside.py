"""How JSON documents tell what stands beside a plan: its drift, another commit, the snapshot that it is of."""

from __future__ import annotations

from reconciler.model.drift import Comparison, Drift, DriftItem, LetGo, PolicyChange
from reconciler.model.snapshot import SnapshotSource
from reconciler.plan.document_fields import Document, cause_fields, origin_fields, subject_fields
from reconciler.plan.drift.table import TABLE


def beside_fields(compared: Comparison | None, snapshot: SnapshotSource | None) -> Document:
    """Only what there is: documents without `--base` and `--snapshot` have none of it."""
    fields: Document = {}
    if compared:
        base = compared.base
        fields["base"] = {"ref": base.ref, "commit": base.commit, "state": base.state}
        fields["let_go"] = [_let_go(one) for one in compared.let_go]
        fields["policy_changes"] = [_policy_change(one) for one in compared.policy_changes]
    if snapshot:
        fields["snapshot"] = {"taken_at": snapshot.taken_at, "digest": snapshot.digest}
    return fields


def drift_fields(drift: Drift) -> Document:
    """The drift: a count of every class, then the items."""
    return {
        "counts": {name: len(drift.of(name)) for name in TABLE},
        "items": [_item(item) for item in drift.items],
        "evidence": list(drift.evidence),
        "newer_than": drift.newer_than or None,
        "older": drift.older,
        "unread": list(drift.unread),
    }


def _item(item: DriftItem) -> Document:
    return {
        "class": item.type,
        "severity": item.severity,
        "subject": subject_fields(item.subject),
        "reason": item.reason,
        "because": item.because or None,
        "since": item.since or None,
        "age_days": item.age,
        "action": item.action,
        "cause": cause_fields(item.cause),
    }


def _let_go(one: LetGo) -> Document:
    return {
        "subject": subject_fields(one.subject),
        "was": one.was,
        "fate": one.fate,
        "says": one.says,
        **origin_fields(one.origin),
    }


def _policy_change(one: PolicyChange) -> Document:
    return {"path": one.path, "before": one.before, "after": one.after, **origin_fields(one.origin)}
