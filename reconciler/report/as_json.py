"""JSON for machines: a plan is the document that can be saved and applied, all else is a report document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from reconciler.model.change import Outcome, Plan
from reconciler.model.observed import Portal
from reconciler.plan.document import FORMAT_VERSION, policy_fields, to_document
from reconciler.plan.document_beside import beside_fields, drift_fields
from reconciler.plan.document_fields import Document, change_fields, finding_fields, plan_fields, portal_fields
from reconciler.report.model import Failure, Report
from reconciler.report.requests_json import adoption_fields, answer_fields


def render(report: Report) -> str:
    """The document as text: ASCII, indented, ending in a newline."""
    return written(document_of(report))


def render_all(reports: Sequence[Report]) -> str:
    """The reports of several workspaces as one document of kind `reports`; of one, its own document."""
    if len(reports) == 1:
        return render(reports[0])
    documents = [document_of(report) for report in reports]
    return written({"format_version": FORMAT_VERSION, "kind": "reports", "reports": documents})


def written(document: Document) -> str:
    r"""A document as text that a workflow log can show: `##[command]` in it is `#\u0023[command]`, the same value."""
    return json.dumps(document, indent=2).replace("##", "#\\u0023") + "\n"


def document_of(report: Report) -> Document:
    """What the report says as plain JSON values; of kind `plan` for what `plan` planned, else of kind `report`."""
    if report.command == "plan" and report.plan and not report.error:
        return to_document(replace(report.plan, findings=report.all_findings), report.stamp)
    plan = replace(report.plan or Plan(_NOWHERE), findings=report.all_findings)
    return {
        "format_version": FORMAT_VERSION,
        "kind": "report",
        "command": report.command,
        "tool_version": report.tool_version,
        "generated_at": report.generated_at,
        "portal": portal_fields(report.plan.portal) if report.plan else None,
        "manifests": {"digest": report.manifests_digest, "paths": list(report.workspace), "files": report.files},
        "commit": report.commit,
        "policy_from": policy_fields(report.policy_from),
        "saved_plan": report.saved_plan or None,
        "exit_code": int(report.exit_code),
        "error": _error_fields(report.error),
        "summary": report.summary,
        "outcomes": _outcomes(report),
        **plan_fields(plan),
        **_diagnoses(report),
        **answer_fields(report),
        **adoption_fields(report),
        **_drift(report),
        **beside_fields(report.compared, report.snapshot),
        **({"verified": report.verified} if report.command == "apply" else {}),
    }


_NOWHERE = Portal("", "")


def _diagnoses(report: Report) -> Document:
    return {"diagnoses": [finding_fields(found) for found in report.diagnoses]} if report.command == "doctor" else {}


def _drift(report: Report) -> Document:
    return {"drift": drift_fields(report.drift), "in_sync": report.in_sync} if report.drift else {}


def _error_fields(error: Failure | None) -> Document | None:
    return {"message": error.message, "hint": error.hint, "exit_code": int(error.exit_code)} if error else None


def _outcomes(report: Report) -> list[Document]:
    changes = report.plan.changes if report.plan else ()
    positions = {change.key: index for index, change in enumerate(changes)}
    return [_outcome_fields(outcome, positions.get(outcome.change.key)) for outcome in report.outcomes]


def _outcome_fields(outcome: Outcome, position: int | None) -> Document:
    return {
        "position": None if outcome.extra else position,
        **change_fields(outcome.change),
        "result": outcome.result,
        "detail": outcome.detail,
        "status": outcome.status,
        "trace": outcome.trace,
        "extra": outcome.extra,
    }
