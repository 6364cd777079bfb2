"""Access as JSON, which validates against `reconciler schema access`."""

from __future__ import annotations

from reconciler.model.provenance import Commit, Provenance
from reconciler.model.snapshot import SnapshotSource
from reconciler.plan.access.grounds import Ground, Grounded
from reconciler.plan.access.holders import Holder
from reconciler.plan.document import FORMAT_VERSION
from reconciler.plan.document_fields import (
    Document,
    api_fields,
    cause_fields,
    finding_fields,
    portal_fields,
    ref_fields,
    subject_fields,
)
from reconciler.report.access.model import AccessReport
from reconciler.report.as_json import written


def render(report: AccessReport) -> str:
    """The document as text."""
    document: Document = {
        "format_version": FORMAT_VERSION,
        "kind": "access",
        "tool_version": report.tool_version,
        "generated_at": report.generated_at,
        "portal": portal_fields(report.portal),
        "manifests": {"digest": report.digest, "paths": [report.path], "files": report.files},
        "commit": report.commit,
        "snapshot": _snapshot(report.snapshot),
        "only": list(report.only),
        "explain": report.explain or None,
        "review_before": report.review_before or None,
        "provenance_unknown": list(report.unknown),
        "summary": report.summary,
        "people": [_person(holder) for holder in report.people],
        "teams": [{"team": ref_fields(holder.name), "rights": _rights(holder)} for holder in report.teams],
        "due": [
            {"looked_at": due.looked or None, **_ground(due.ground)} for sponsor in report.due for due in sponsor.due
        ],
        "findings": [finding_fields(finding) for finding in report.findings],
    }
    return written(document)


def _snapshot(seen: SnapshotSource | None) -> Document | None:
    return {"taken_at": seen.taken_at, "digest": seen.digest} if seen else None


def _person(holder: Holder) -> Document:
    return {
        "developer": ref_fields(holder.name),
        "status": holder.person.now if holder.person else None,
        "changed_at": holder.changed or None,
        "rights": _rights(holder),
    }


def _rights(holder: Holder) -> list[Document]:
    return [_right(each) for each in holder.rights]


def _right(grounded: Grounded) -> Document:
    right = grounded.right
    return {
        "can": right.can,
        "api": api_fields(right.api),
        "application": ref_fields(right.application),
        "team": ref_fields(right.team),
        "role": right.role or None,
        "region": right.region or None,
        "now": right.now,
        "source": right.source,
        "leftover": right.leftover,
        "since": grounded.since or None,
        "grounds": [_ground(each) for each in grounded.grounds],
    }


def _ground(ground: Ground) -> Document:
    return {
        "kind": ground.kind,
        "subject": subject_fields(ground.subject),
        "now": ground.now,
        "cause": cause_fields(ground.cause),
        "reason": ground.reason or None,
        "expires": ground.expires or None,
        "reviewed": ground.reviewed or None,
        "sponsor": ground.sponsor or None,
        "provenance": _provenance(ground.provenance),
    }


def _provenance(found: Provenance | None) -> Document | None:
    if found is None:
        return None
    return {
        "state": found.state,
        "why": found.why or None,
        "approvers": list(found.approvers),
        "request": found.request or None,
        "since": found.since or None,
        "commit": _commit(found.commit),
        "merge": _commit(found.merge),
    }


def _commit(commit: Commit | None) -> Document | None:
    if commit is None:
        return None
    return {
        "id": commit.id,
        "author": commit.author,
        "authored_at": commit.authored or None,
        "committer": commit.committer,
        "committed_at": commit.committed or None,
        "subject": commit.subject,
    }
