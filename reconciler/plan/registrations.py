"""Registrations: which application may call which API, by entry, by rule, or not by git at all."""

from __future__ import annotations

from collections import defaultdict

from reconciler.model.change import Action, ApiRef, Cause, Item, Ref, Subject
from reconciler.model.desired import ApiName, Desired, DesiredRegistration, Rule, Wanted
from reconciler.model.observed import Application, Developer, Registration, Team
from reconciler.model.origin import Origin
from reconciler.plan.draft import Draft, by_entry, by_policy, by_rule, shown
from reconciler.plan.index import Index, ref, registration_subject
from reconciler.plan.names import api_problem, owner_problem, the_api
from reconciler.plan.people import People, Standing, reinstated

_WRITES: dict[Wanted, Action] = {
    "approved": "approve-registration",
    "revoked": "revoke-registration",
    "rejected": "reject-registration",
}


class Registrations:
    """First who says what about each registration, then one decision for each, then what is left over."""

    def __init__(self, desired: Desired, index: Index, people: People, draft: Draft) -> None:
        self.desired = desired
        self.index = index
        self.people = people
        self.draft = draft
        self.taking: dict[str, list[DesiredRegistration]] = defaultdict(list)
        self.giving: dict[str, list[DesiredRegistration]] = defaultdict(list)
        self.by_rule: dict[str, Cause] = {}
        self.kept: set[str] = {a.id for owner in self._kept_owners() for a in index.owned(owner)}
        self._created: set[tuple[str, str]] = set()
        self._blocked_by_rule: set[tuple[str, ApiName]] = set()

    def decide(self) -> None:
        """Add every change and item about registrations to the draft."""
        for line in self.desired.registrations:
            if line.taking:
                self._claim_taking(line)
            else:
                self._claim_giving(line)
        for standing in self.people.standings.values():
            if standing.granted:
                for rule in standing.rules:
                    for api, origin in rule.apis:
                        self._claim_by_rule(standing, rule, api, origin)
        for registration in self.index.observed.registrations:
            self._settle(registration)

    def _kept_owners(self) -> list[Developer | Team]:
        """People and teams whose own entry is ambiguous: what it could mean is never unlisted."""
        kept: list[Developer | Team] = [s.developer for s in self.people.standings.values() if s.ambiguous]
        for name in self.desired.teams:
            candidates = self.index.teams_named(name)
            if len(candidates) > 1:
                kept += candidates
        return kept

    def _applications(self, line: DesiredRegistration) -> list[Application]:
        """Every application that the line may mean."""
        owners = self.index.owners(line.owner, line.owner_key)
        return [
            application
            for owner in owners
            for application in self.index.owned(owner)
            if application.name == line.application and application.owner_type == line.owner.type
        ]

    def _claim_taking(self, line: DesiredRegistration) -> None:
        """Taking away takes every candidate, published or not (docs/manifest.md, "Identity")."""
        for registration in self.index.registrations(self._applications(line)):
            package = registration.entity_type == "api_package"
            if line.api.covers(registration.api_name, registration.api_version, package):
                self.taking[registration.id].append(line)

    def _claim_giving(self, line: DesiredRegistration) -> None:
        applications = self._applications(line)
        problem = owner_problem(self.desired, self.index, line.owner, line.owner_key) or api_problem(
            self.index, line.api
        )
        if not problem and len(applications) > 1:
            ids = ", ".join(sorted(application.id for application in applications))
            problem = f"{line.owner} has {len(applications)} applications named {line.application}: {ids}"
        if problem:
            self.kept.update(application.id for application in applications)
            self.draft.blocked.append(Item(_named(line), problem, by_entry(line)))
        elif not applications:
            owners = self.index.owners(line.owner, line.owner_key)
            missing = "has not signed up yet" if line.owner.type == "developer" else "is not on the portal yet"
            reason = "the application is not created yet" if owners else f"the owner {missing}"
            named = _named(line, ref(owners[0]) if owners else None)
            self.draft.waiting.append(Item(named, reason, by_entry(line)))
        else:
            self._claim_for(applications[0], line)

    def _claim_for(self, application: Application, line: DesiredRegistration) -> None:
        api = the_api(self.index, line.api)
        found = [r for r in self.index.registrations([application]) if r.api_id == api.id]
        for registration in found:
            self.giving[registration.id].append(line)
        if found:
            return
        standing = self._standing(application)
        owner = ref(standing.developer) if standing else Ref(line.owner.name, application.owner_id)
        subject = _subject(line, owner, application, ApiRef(api.name, api.version, api.id, api.entity_type))
        if not line.register:
            self.draft.waiting.append(Item(subject, "the application has not asked for the API yet", by_entry(line)))
        elif standing is not None and not standing.granted:
            self.draft.waiting.append(Item(subject, f"the owner {standing.why}", by_entry(line)))
        elif (application.id, api.id) not in self._created:
            self._created.add((application.id, api.id))
            self.draft.change("create-registration", subject, None, {"status": "approved"}, by_entry(line))

    def _claim_by_rule(self, standing: Standing, rule: Rule, name: ApiName, origin: Origin) -> None:
        owned = self.index.owned(standing.developer)
        cause = Cause("rule", by_rule(rule).text, origin)
        problem = api_problem(self.index, name)
        if problem:
            self.kept.update(application.id for application in owned)
            if (rule.name, name) not in self._blocked_by_rule:
                self._blocked_by_rule.add((rule.name, name))
                subject = Subject("registration", api=ApiRef(name.name, name.version))
                self.draft.blocked.append(Item(subject, problem, cause))
            return
        api = the_api(self.index, name)
        for registration in self.index.registrations(owned):
            if registration.api_id == api.id:
                self.by_rule.setdefault(registration.id, cause)

    def _settle(self, registration: Registration) -> None:
        """One decision: taken by a line, taken with its owner, given by a line, given by a rule, or left over."""
        standing = self._standing(self.index.applications.get(registration.application_id))
        taking, giving = self.taking.get(registration.id), self.giving.get(registration.id)
        if taking:
            self._take_by_line(registration, min(taking, key=_weight))
            for line in giving or ():
                reason = f"the line at {min(taking, key=_weight).origin} takes this registration away"
                self.draft.blocked.append(
                    Item(registration_subject(self.index, registration), reason, by_entry(line))
                )
        elif standing is not None and standing.taken:
            if registration.status == "approved":
                self._write(registration, "revoked", standing.taken)
        elif giving:
            self._give(registration, max(giving, key=lambda line: line.reinstated or ""), standing)
        elif registration.id in self.by_rule:
            if registration.status == "pending":
                self._write(registration, "approved", self.by_rule[registration.id])
        elif self.index.registration_in_scope(registration) and registration.application_id not in self.kept:
            self._left_over(registration, standing)

    def _take_by_line(self, registration: Registration, line: DesiredRegistration) -> None:
        if line.status != "approved":
            if registration.status != line.status:
                self._write(registration, line.status, by_entry(line))
        elif registration.status == "approved":
            self._write(registration, "revoked", by_entry(line))

    def _give(self, registration: Registration, line: DesiredRegistration, standing: Standing | None) -> None:
        if registration.status == "approved":
            return
        subject = registration_subject(self.index, registration)
        back = self.desired.policy.reinstate_always or reinstated(line.reinstated, registration.updated_at)
        if registration.status != "pending" and not back:
            reason = f"was {registration.status} on the portal; say `reinstated: DATE` to approve again"
            self.draft.held.append(Item(subject, reason, by_entry(line), registration.updated_at))
        elif standing is not None and not standing.granted:
            self.draft.waiting.append(Item(subject, f"the owner {standing.why}", by_entry(line)))
        else:
            self._write(registration, "approved", by_entry(line))

    def _left_over(self, registration: Registration, standing: Standing | None) -> None:
        policy = self.desired.policy
        setting = policy.unlisted.registrations
        subject = registration_subject(self.index, registration)
        if registration.status == "pending" and shown(policy.unlisted, "registrations"):
            self.draft.requests.append(Item(subject, "asks for the API", since=registration.updated_at))
        elif registration.status == "approved":
            listed_owner = (
                standing.entry is not None
                if standing
                else subject.team is not None and (subject.team.name in self.desired.teams)
            )
            if setting == "revoke" or (setting == "exact" and listed_owner):
                self._write(registration, "revoked", by_policy(policy, "registrations"))
            elif shown(policy.unlisted, "registrations"):
                item = Item(subject, "approved on the portal, not listed in git", since=registration.updated_at)
                self.draft.unlisted.append(item)

    def _write(self, registration: Registration, status: Wanted, cause: Cause) -> None:
        subject = registration_subject(self.index, registration)
        before, after = {"status": registration.status}, {"status": status}
        self.draft.change(_WRITES[status], subject, dict(before), dict(after), cause)

    def _standing(self, application: Application | None) -> Standing | None:
        """Where the person stands who owns the application; None for a team's, or an owner that is gone."""
        if application is None or application.owner_type != "developer":
            return None
        return self.people.standings.get(application.owner_id)


def _weight(line: DesiredRegistration) -> tuple[bool, Origin]:
    """Between two lines that take the same registration the one that names a version wins, then the earlier."""
    return (line.api.any_version and not line.api.package, line.origin)


def _named(line: DesiredRegistration, owner: Ref | None = None) -> Subject:
    """What the line says, in its own words: nothing of it has been found on the portal, but perhaps the owner."""
    return _subject(
        line,
        owner or Ref(line.owner.name),
        None,
        ApiRef(line.api.name, line.api.version, entity_type="api_package" if line.api.package else "api"),
    )


def _subject(line: DesiredRegistration, owner: Ref, application: Application | None, api: ApiRef) -> Subject:
    return Subject(
        "registration",
        developer=owner if line.owner.type == "developer" else None,
        team=owner if line.owner.type == "team" else None,
        application=Ref(line.application, application.id if application else None),
        api=api,
    )
