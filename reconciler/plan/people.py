"""Developers: where each account stands after the plan, by the table of docs/manifest.md ("Meaning")."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from reconciler.model.change import Action, Cause, Facts, Item, Ref, Subject
from reconciler.model.desired import Desired, DesiredDeveloper, Rule
from reconciler.model.names import domain_of, email_key
from reconciler.model.observed import Developer, Status
from reconciler.plan.draft import Draft, by_entry, by_policy, by_rule, shown
from reconciler.plan.index import Index, person

_WRITES: dict[Status, Action] = {"revoked": "revoke-developer", "rejected": "reject-developer"}


@dataclass(slots=True)
class Standing:
    """One account: `after` is its status once the plan is done, `taken` why its access is taken away, if it is.

    `why` says why nothing can be granted to it, where nothing can. `listed`: git lists the account as a developer.
    """

    developer: Developer
    after: Status
    entry: DesiredDeveloper | None = None
    rules: tuple[Rule, ...] = ()
    taken: Cause | None = None
    ambiguous: bool = False
    why: str = ""

    @property
    def granted(self) -> bool:
        """Whether memberships and registrations may be granted: approved now or by this plan."""
        return self.after == "approved" and self.taken is None


class People:
    """The standings of all accounts, by id; accounts outside the scope stand where they are."""

    def __init__(self, desired: Desired, index: Index, draft: Draft) -> None:
        self.desired = desired
        self.index = index
        self.draft = draft
        self._rules: dict[str, list[Rule]] = defaultdict(list)
        for rule in desired.rules:
            self._rules[rule.domain].append(rule)
        self.standings = {d.id: self._standing(d) for d in index.observed.developers}
        self.invited = {entry.key for entry in desired.developers.values() if self._nobody(entry)}

    def of(self, developer: Developer) -> Standing:
        """Where that account stands."""
        return self.standings[developer.id]

    def _standing(self, developer: Developer) -> Standing:
        standing = Standing(developer, developer.status)
        if not self.index.developer_in_scope(developer):
            standing.why = f"is {developer.status} on the portal" if developer.status != "approved" else ""
            return standing
        key = email_key(developer.email)
        standing.entry = self.desired.developers.get(key)
        if standing.entry is not None:
            self._by_entry(standing, standing.entry, len(self.index.people(key)) > 1)
        else:
            if developer.email.isascii():
                standing.rules = tuple(self._rules.get(domain_of(developer.email), ()))
            self._without_entry(standing)
        return standing

    def _by_entry(self, standing: Standing, entry: DesiredDeveloper, ambiguous: bool) -> None:
        developer, cause = standing.developer, by_entry(entry)
        if entry.status != "approved":
            self._take(standing, entry.status, cause)
        elif entry.expired:
            self._take(standing, "revoked" if developer.status == "approved" else developer.status, cause)
        elif ambiguous:
            standing.ambiguous = True
            standing.why = "the address is ambiguous on the portal"
            accounts = self.index.people(entry.key)
            if accounts[0] is developer:
                names = ", ".join(sorted(f"{a.email} ({a.id}, {a.status})" for a in accounts))
                subject = Subject("developer", developer=Ref(entry.email))
                self.draft.blocked.append(
                    Item(subject, f"{len(accounts)} accounts have this address: {names}", cause)
                )
        elif developer.status == "pending" or self._reinstated(entry, developer):
            standing.after = "approved"
            self._write(standing, "approve-developer", cause)
        elif developer.status != "approved":
            standing.why = f"is held: {developer.status} on the portal"
            reason = f"was {developer.status} on the portal; say `reinstated: DATE` to approve again"
            self.draft.held.append(Item(person(developer), reason, cause, developer.updated_at))

    def _without_entry(self, standing: Standing) -> None:
        developer, policy = standing.developer, self.desired.policy
        approving = next((rule for rule in standing.rules if rule.approve), None)
        standing.why = f"is {developer.status} on the portal"
        if approving and developer.status == "pending":
            standing.after = "approved"
            self._write(standing, "approve-developer", by_rule(approving))
        elif approving:
            return
        elif policy.unlisted.developers == "revoke":
            cause = by_policy(policy, "developers")
            self._take(standing, "revoked" if developer.status == "approved" else developer.status, cause)
        elif developer.status == "approved" and shown(policy.unlisted, "developers"):
            item = Item(person(developer), "approved on the portal, not listed in git", since=developer.updated_at)
            self.draft.unlisted.append(item)
        if standing.after == "pending" and shown(policy.unlisted, "developers"):
            item = Item(person(developer), "asks to be approved", since=developer.created_at)
            self.draft.requests.append(item)

    def _take(self, standing: Standing, status: Status, cause: Cause) -> None:
        standing.taken = cause
        standing.after = status
        standing.why = "access is taken away"
        if status != standing.developer.status:
            self._write(standing, _WRITES[status], cause)

    def _write(self, standing: Standing, action: Action, cause: Cause) -> None:
        before, after = standing.developer.status, standing.after
        self.draft.change(action, person(standing.developer), {"status": before}, {"status": after}, cause)

    def _reinstated(self, entry: DesiredDeveloper, developer: Developer) -> bool:
        if developer.status == "approved":
            return False
        return self.desired.policy.reinstate_always or reinstated(entry.reinstated, developer.updated_at)

    def _nobody(self, entry: DesiredDeveloper) -> bool:
        """An entry without an account: invited (True), waiting, or satisfied."""
        if entry.taken or self.index.people(entry.key):
            return False
        subject = Subject("developer", developer=Ref(entry.email))
        if not entry.invite:
            self.draft.waiting.append(Item(subject, "has not signed up yet", by_entry(entry)))
            return False
        after: Facts = {"status": "approved", "full_name": entry.full_name}
        self.draft.change("invite-developer", subject, None, after, by_entry(entry))
        return True


def reinstated(day: str | None, updated_at: str) -> bool:
    """Whether git spoke after the portal did: `updated_at` (UTC) is not later than that day.

    A portal that does not say when leaves it held: an emergency stop counts until git can be sure.
    """
    return day is not None and bool(updated_at) and updated_at[:10] <= day
