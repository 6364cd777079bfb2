"""What stands beside a plan in JSON documents, field by field: another commit, a snapshot, and drift."""

from __future__ import annotations

from typing import Any

from reconciler.model.change import Cause, Ref, Subject
from reconciler.model.drift import Base, Comparison, Drift, DriftItem, LetGo, PolicyChange
from reconciler.model.origin import Origin
from reconciler.model.snapshot import SnapshotSource
from reconciler.plan.document_beside import beside_fields, drift_fields
from reconciler.plan.drift.table import TABLE

ADA = Subject("developer", developer=Ref("ada@x.example", "d1"))
WRITTEN: dict[str, Any] = {
    "kind": "developer",
    "developer": {"name": "ada@x.example", "id": "d1"},
    **dict.fromkeys(("team", "application", "api", "registration_id", "role", "region")),
}
PLACE, PLACED = Origin("access.yaml", 4, 5), {"file": "access.yaml", "line": 4, "column": 5}
NOWHERE = {"file": None, "line": None, "column": None}


def test_another_commit_and_a_snapshot() -> None:
    compared = Comparison(
        Base("main", "3f2a", "new"),
        (LetGo(ADA, "approved", PLACE, "taken", "access is taken away"),),
        (PolicyChange("policy.protected", "[]", '["x"]', PLACE), PolicyChange("rules.x", "{}", None, None)),
    )
    assert beside_fields(compared, SnapshotSource("2026-11-20T09:30:00Z", "sha256:0d1e")) == {
        "base": {"ref": "main", "commit": "3f2a", "state": "new"},
        "let_go": [
            {"subject": WRITTEN, "was": "approved", "fate": "taken", "says": "access is taken away", **PLACED}
        ],
        "policy_changes": [
            {"path": "policy.protected", "before": "[]", "after": '["x"]', **PLACED},
            {"path": "rules.x", "before": "{}", "after": None, **NOWHERE},
        ],
        "snapshot": {"taken_at": "2026-11-20T09:30:00Z", "digest": "sha256:0d1e"},
    }


def test_what_was_not_compared_and_no_snapshot_have_no_field() -> None:
    assert beside_fields(None, None) == {}


def test_drift() -> None:
    """Every class has its count; what nobody knows is null."""
    known = DriftItem(
        "extra", "warning", ADA, "not in git", "a click", "2026-11-01", 19, "list it", Cause("rule", "r")
    )
    unknown = DriftItem("held", "note", ADA, "was revoked", "", "", None, "")
    drift = Drift((known, unknown, unknown), ("a journal",), "2026-11-02T00:00:00Z", 7, ("rbac",))
    assert drift_fields(drift) == {
        "counts": {**dict.fromkeys(TABLE, 0), "extra": 1, "held": 2},
        "items": [
            {
                "class": "extra",
                "severity": "warning",
                "subject": WRITTEN,
                "reason": "not in git",
                "because": "a click",
                "since": "2026-11-01",
                "age_days": 19,
                "action": "list it",
                "cause": {"by": "rule", "text": "r", **NOWHERE},
            },
            *[
                {
                    "class": "held",
                    "severity": "note",
                    "subject": WRITTEN,
                    "reason": "was revoked",
                    "because": None,
                    "since": None,
                    "age_days": None,
                    "action": "",
                    "cause": None,
                }
            ]
            * 2,
        ],
        "evidence": ["a journal"],
        "newer_than": "2026-11-02T00:00:00Z",
        "older": 7,
        "unread": ["rbac"],
    }
    assert drift_fields(Drift())["newer_than"] is None
