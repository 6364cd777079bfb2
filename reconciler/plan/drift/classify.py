"""From a plan to its drift: every change and item in exactly one class, with what the evidence tells of why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.model.change import Cause, Change, Item, Plan, Subject
from reconciler.model.desired import Desired, Line
from reconciler.model.drift import Drift, DriftClass, DriftItem
from reconciler.model.observed import Observed, PortalSettings
from reconciler.model.origin import Origin
from reconciler.plan.drift.because import because
from reconciler.plan.drift.evidence import Evidence
from reconciler.plan.drift.match import Lookup
from reconciler.plan.drift.presence import presence
from reconciler.plan.drift.table import CAUSE_UNKNOWN, TABLE


@dataclass(frozen=True, slots=True)
class Scene:
    """All that drift is told from: git, the portal with its settings, their plan, and what else was given.

    `now`: when the portal was looked at, ISO-8601 with its zone. `newer_than`: leave out what is known to be older.
    """

    plan: Plan
    desired: Desired
    observed: Observed
    now: str
    settings: PortalSettings = field(default_factory=PortalSettings)
    evidence: Evidence = field(default_factory=Evidence)
    newer_than: str = ""


def classify(scene: Scene) -> Drift:
    """The drift, by class in the order of the table, else in the plan's order."""
    classifier = _Classifier(scene)
    everything = list(classifier.items())
    shown = [item for item in everything if not (item.since and item.since < scene.newer_than)]
    order = list(TABLE)
    return Drift(
        items=tuple(sorted(shown, key=lambda item: order.index(item.type))),
        evidence=scene.evidence.described(),
        newer_than=scene.newer_than,
        older=len(everything) - len(shown),
        unread=classifier.unread(),
    )


class _Classifier:
    def __init__(self, scene: Scene) -> None:
        self.scene, self.plan = scene, scene.plan
        desired, observed = scene.desired, scene.observed
        lines: list[Line] = [*desired.developers.values(), *desired.memberships, *desired.registrations]
        self._lines: dict[Origin, Line] = {line.origin: line for line in lines}
        self._present = Lookup((subject, subject) for subject in presence(observed))
        self._synchronised = {team.name for team in observed.teams if team.synchronised}
        self._changed = {one.id: one.updated_at for one in observed.developers}
        self._changed |= {one.id: one.updated_at for one in observed.registrations}

    def items(self) -> Iterator[DriftItem]:
        """One for each change and each item of the plan."""
        for change in self.plan.changes:
            yield self._item(self._of_change(change), change.subject, _says(change), change.cause, planned=True)
        for kind in ("residual", "held", "unlisted", "blocked", "waiting", "requests"):
            found: tuple[Item, ...] = getattr(self.plan, kind)
            for item in found:
                yield self._item(self._of_item(kind, item), item.subject, item.reason, item.cause, item.since)

    def unread(self) -> tuple[str, ...]:
        """The settings that would tell of automatic approval, where extra access was found and they are not known."""
        settings, extra = self.scene.settings, extra_kinds(self.plan)
        told: list[str] = []
        if "developer" in extra and settings.auto_approve_developers is None:
            told.append("whether the portal approves developers by itself")
        if "developer" in extra and settings.providers is None and not settings.auto_approve_developers:
            told.append("whether a login by an identity provider approves them")
        if "registration" in extra and not settings.auto_approve_applications:
            if settings.auto_approve_applications is None:
                told.append("whether the portal approves registrations by itself")
            if settings.self_approving is None:
                told.append("whether a publication approves registrations by itself")
        return tuple(told)

    def _of_change(self, change: Change) -> DriftClass:
        if change.subject.kind == "team":
            return "team"
        if change.effect == "grants":
            return "vanished" if self._was_there(change.subject) else "missing"
        if change.cause.by == "policy":
            return self._of_extra(change.subject)
        line = self._lines.get(change.cause.origin) if change.cause.origin else None
        return "expired" if line and line.expired else "denied"

    def _of_item(self, kind: str, item: Item) -> DriftClass:
        if kind == "unlisted":
            return self._of_extra(item.subject)
        if kind == "waiting":
            return "vanished" if self._was_there(item.subject) else "waiting"
        if kind == "blocked":
            return "identity-provider" if self._by_identity_provider(item) else "blocked"
        return _OF_LIST[kind]

    def _of_extra(self, subject: Subject) -> DriftClass:
        if self.scene.evidence.let_go(subject):
            return "let-go"
        return "auto-approved" if approved_by(subject, self.scene.settings) else "extra"

    def _was_there(self, subject: Subject) -> bool:
        """Whether it was there before, and nothing of its name is there now that the evidence could be about."""
        evidence = self.scene.evidence
        told = bool(evidence.then(subject, anew=True)) or evidence.given(subject, anew=True) is not None
        return told and not self._present.any(subject)

    def _by_identity_provider(self, item: Item) -> bool:
        """A membership, or the team that a rule gives; an entry under `teams` is blocked for other reasons."""
        subject = item.subject
        if subject.team is None or subject.team.name not in self._synchronised:
            return False
        by_rule = item.cause is not None and item.cause.by == "rule"
        return subject.kind == "membership" or (subject.kind == "team" and by_rule)

    def _item(
        self,
        type_: DriftClass,
        subject: Subject,
        reason: str,
        cause: Cause | None,
        since: str = "",
        *,
        planned: bool = False,
    ) -> DriftItem:
        row = TABLE[type_]
        since = since or self._changed.get(_id(subject), "")
        told = because(type_, subject, self.scene.evidence) or approved_by(subject, self.scene.settings, type_)
        return DriftItem(
            type=type_,
            severity=row.severity,
            subject=subject,
            reason=reason,
            because=told or (CAUSE_UNKNOWN if row.asks else ""),
            since=since,
            age=_days(since, self.scene.now),
            action=row.applied if planned else row.action,
            cause=cause,
        )


_OF_LIST: dict[str, DriftClass] = {"residual": "residual", "held": "held", "requests": "request"}


def approved_by(subject: Subject, settings: PortalSettings, type_: DriftClass = "auto-approved") -> str:
    """Which setting approves such a thing without git, in words, or ""."""
    if type_ != "auto-approved":
        return ""
    if subject.kind == "developer":
        if settings.auto_approve_developers:
            return "the portal approves every developer who signs up"
        kinds = ", ".join(settings.providers or ())
        return f"a login by the identity provider ({kinds}) approves" if kinds else ""
    if subject.kind == "registration":
        if settings.auto_approve_applications:
            return "the portal approves every request of an application for an API"
        if subject.api and subject.api.id in (settings.self_approving or ()):
            return "the publication of the API approves every request by itself"
    return ""


def extra_kinds(plan: Plan) -> set[str]:
    """The kinds of which the portal has access that git does not list."""
    taken = {change.subject.kind for change in plan.changes if change.cause.by == "policy"}
    return taken | {item.subject.kind for item in plan.unlisted}


def _says(change: Change) -> str:
    """How the portal differs from git, for a change: its status, or that it is or is not there."""
    before = (change.before or {}).get("status")
    after = (change.after or {}).get("status")
    if change.subject.kind == "team":
        return "not on the portal" if change.before is None else f"differs in {', '.join(change.before)}"
    if change.effect == "grants":
        return f"{before} on the portal" if before else "not on the portal"
    taken = f", and git says {after}" if after else ""
    return f"{before or 'there'} on the portal{taken}"


def _id(subject: Subject) -> str:
    if subject.registration_id:
        return subject.registration_id
    return (subject.developer.id or "") if subject.kind == "developer" and subject.developer else ""


def _days(since: str, now: str) -> int | None:
    """Whole days from then to now; None where it is not known since when, or not told as a moment."""
    try:
        return max(0, (datetime.fromisoformat(now) - datetime.fromisoformat(since)).days)
    except (ValueError, TypeError):
        return None
