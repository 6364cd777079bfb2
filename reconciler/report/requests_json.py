"""Requests as JSON."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.request import Decision, Patch, Request
from reconciler.plan.document_fields import Document, subject_fields
from reconciler.report.model import Report
from reconciler.report.requests import days_waited, gives


def answer_fields(report: Report) -> Document:
    """The keys that `pending` adds to a report."""
    if report.answer is None:
        return {}
    return {
        "pending": [_fields(*each, report.generated_at) for each in report.answer.decided],
        **_patches(report.answer.patches, report.answer.written),
        "branches": [
            {"name": each.name, "became": each.became, "requests": each.requests, "detail": each.detail or None}
            for each in report.answer.branches
        ],
    }


def adoption_fields(report: Report) -> Document:
    """The keys that `drift --adopt` adds to a report."""
    adoption = report.adoption
    if adoption is None:
        return {}
    items = [
        {
            "subject": subject_fields(item.subject),
            "says": item.says,
            "file": item.file or None if not item.problem else None,
            "problem": item.problem or None,
        }
        for item in adoption.items
    ]
    return {"adopted": items, **_patches(adoption.patches, adoption.written)}


def _patches(patches: Iterable[Patch], written: bool) -> Document:
    return {"patches": [{"file": patch.file, "diff": patch.diff} for patch in patches], "written": written}


def _fields(request: Request, decision: Decision, generated_at: str) -> Document:
    return {
        "subject": subject_fields(request.subject),
        "full_name": request.full_name or None,
        "domain": request.domain or None,
        "since": request.since or None,
        "days": days_waited(request, generated_at),
        "gives": ["".join(words) for words in gives(request)],
        "teams": list(request.teams),
        "suspicions": [{"rule": each.rule, "message": each.message} for each in request.suspicions],
        "obstacle": request.obstacle or None,
        "file": request.into or None,
        "decision": decision,
    }
