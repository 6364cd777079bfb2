"""A plan in the making: what the rooms of the diff add to, and the causes that they give."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.model.change import Action, Cause, Change, Effect, Facts, Item, Subject
from reconciler.model.desired import Line, Policy, Rule, Unlisted

_GRANTS = frozenset(
    {
        "approve-developer",
        "invite-developer",
        "add-member",
        "approve-registration",
        "create-registration",
        "assign-role",
    }
)
_REMOVES = frozenset({"remove-member", "remove-role"})


def effect_of(action: Action, before: Facts | None) -> Effect:
    """Whether access is given or taken: declining what was not approved is neither (docs/manifest.md, "Refusals")."""
    if action in _GRANTS:
        return "grants"
    if action in _REMOVES or (before is not None and before.get("status") == "approved"):
        return "removes"
    return "neither"


@dataclass(slots=True)
class Draft:
    """Changes and items as they are found; `order` sorts them and `guard` judges them afterwards."""

    changes: list[Change] = field(default_factory=list)
    held: list[Item] = field(default_factory=list)
    waiting: list[Item] = field(default_factory=list)
    blocked: list[Item] = field(default_factory=list)
    unlisted: list[Item] = field(default_factory=list)
    requests: list[Item] = field(default_factory=list)
    residual: list[Item] = field(default_factory=list)

    def change(
        self, action: Action, subject: Subject, before: Facts | None, after: Facts | None, cause: Cause
    ) -> None:
        """Add a change; its effect follows from what was there before."""
        self.changes.append(Change(action, subject, before, after, effect_of(action, before), cause))

    def subjects(self) -> list[Subject]:
        """What all changes and items are about."""
        items = [*self.held, *self.waiting, *self.blocked, *self.unlisted, *self.requests, *self.residual]
        return [*(change.subject for change in self.changes), *(item.subject for item in items)]


def by_entry(line: Line) -> Cause:
    """A manifest line that asks for it, and what it says."""
    status = getattr(line, "status", "approved")
    if status != "approved":
        text = f"listed as {status}"
    elif line.expired:
        text = f"expired on {line.expires}"
    else:
        text = "listed"
    return Cause("entry", text + (f" ({line.reason})" if line.reason else ""), line.origin)


def by_rule(rule: Rule) -> Cause:
    """A standing rule that asks for it."""
    return Cause("rule", f"rule {rule.name!r}", rule.origin)


def by_policy(policy: Policy, kind: str) -> Cause:
    """The `unlisted` policy of that kind."""
    setting = getattr(policy.unlisted, kind)
    origin = policy.origins.get(f"unlisted.{kind}")
    return Cause("policy", f"not listed, and policy.unlisted.{kind} is {setting}", origin)


REPORTED = frozenset({"report", "exact", "revoke", "remove"})
"""The `unlisted` settings under which access that git does not list is at least shown: all but `ignore`."""


def shown(unlisted: Unlisted, kind: str) -> bool:
    """Whether unlisted access and requests of that kind are reported at all."""
    return getattr(unlisted, kind) in REPORTED
