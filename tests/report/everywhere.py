"""A report that has one text in every place that takes one: whatever a stranger may have typed."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from reconciler.errors import UnreachableError
from reconciler.finding import Finding
from reconciler.model.change import Cause, Change, Item, LeftOut, Lifted, Outcome, Plan, Ref, Refusal
from reconciler.model.drift import Base, Comparison, Drift, DriftItem, Fate, LetGo, PolicyChange
from reconciler.model.observed import Portal
from reconciler.model.origin import Origin
from reconciler.model.snapshot import SnapshotSource
from reconciler.plan.document import PolicySource
from reconciler.plan.drift.table import TABLE
from reconciler.report.model import Command, Failure, Report
from tests.report.samples import registration, report, role


def everywhere(text: str, command: Command = "plan") -> Report:
    """The text as name, id, reason, message, file, status, rule; for `apply` with outcomes that failed."""
    origin = Origin(text, 1, 1)
    cause = Cause("rule", text, origin)
    subject = replace(registration("a@x.example", text, text, text), developer=Ref(text, text), region=text)
    kinds = [subject, replace(subject, kind="developer"), replace(subject, kind="membership", team=Ref(text, text))]
    kinds += [replace(role(text, text, text, text), team=Ref(text))]
    changes = [
        Change(action, about, {"status": text, text: text}, {"status": "approved", text: True}, effect, cause)
        for about in kinds
        for action, effect in (("approve-registration", "grants"), ("revoke-registration", "removes"))
    ]
    item = Item(subject, text, cause, text)
    refusal = Refusal(text, text, 1, text, text)
    plan = Plan(
        Portal(text, text, text, text),
        tuple(changes),
        **dict.fromkeys(("held", "waiting", "blocked", "unlisted", "requests", "residual"), (item,)),
        findings=tuple(Finding(text, severity, text, text, origin) for severity in ("error", "warning", "note")),
        refusals=(refusal,),
        lifted=(Lifted(refusal, text, origin),),
        looked_at={text: 1},
        only=(text,),
        left_out=(LeftOut(changes[0], "not-reviewed"), LeftOut(changes[1], "not-selected")),
        not_needed=(changes[2],),
    )
    compared = Comparison(
        Base(text, text),
        tuple(LetGo(subject, text, origin, fate, text) for fate in get_args(Fate)),
        (PolicyChange(text, text, text, origin), PolicyChange(text, None, text, None)),
    )
    drifted = Drift(
        tuple(
            DriftItem(type_, row.severity, subject, text, because, text, 1, text, cause)
            for type_, row in TABLE.items()
            for because in (text, "")
        ),
        (text,),
        text,
        1,
        (text,),
    )
    failed = tuple(Outcome(change, "failed", text, 403, text) for change in changes) if command == "apply" else ()
    return report(
        command,
        plan,
        outcomes=failed,
        workspace=(text,),
        commit=text,
        diagnoses=plan.findings,
        policy_from=PolicySource(text, text),
        saved_plan=text,
        compared=compared,
        snapshot=SnapshotSource("2026-11-17T09:30:00Z", text),
        drift=drifted if command == "drift" else None,
        error=Failure.of(UnreachableError(text, text)),
    )
