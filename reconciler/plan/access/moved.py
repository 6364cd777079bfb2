"""What a set of changes comes to, by what it is about: who joins and leaves, what is approved, assigned and ended."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from reconciler.model.change import ApiRef, Change, Ref
from reconciler.model.names import email_key
from reconciler.model.observed import Registration
from reconciler.plan.after import After


class Moved:
    """Look-ups over changes. People and applications that are on the portal go by id, all others by name."""

    def __init__(self, changes: Iterable[Change]) -> None:
        changes = tuple(changes)
        self.status = After(changes).status
        self.effects = Counter(change.effect for change in changes)
        self.invited: set[str] = set()
        self.people: dict[str, Ref] = {}
        """Whom the changes are about, by key of the address."""
        self.joins: dict[str, set[Ref]] = defaultdict(set)
        self.leaves: set[tuple[str | None, str | None]] = set()
        self.assigned: dict[Ref, list[tuple[str, ApiRef, str]]] = defaultdict(list)
        self.unassigned: set[str | None] = set()
        self.teams: dict[Ref, None] = {}
        """Teams of which the changes move a role or a registration, or which they create."""
        self._approved: dict[str | None, bool] = {}
        self._created: dict[str | None, list[ApiRef]] = defaultdict(list)
        for change in changes:
            self._note(change)

    def _note(self, change: Change) -> None:
        subject, there = change.subject, change.after is not None
        developer, team = subject.developer, subject.team
        if developer:
            self.people.setdefault(email_key(developer.name), developer)
        elif team:
            self.teams[team] = None
        if change.action == "invite-developer" and developer:
            self.invited.add(email_key(developer.name))
        elif subject.kind == "membership" and developer and team:
            if there:
                self.joins[developer.id or email_key(developer.name)].add(team)
            else:
                self.leaves.add((developer.id, team.id))
        elif subject.kind == "role" and team and subject.role and subject.api:
            if there:
                self.assigned[team].append((subject.role.name, subject.api, subject.region or ""))
            else:
                self.unassigned.add(subject.role.id)
        elif subject.kind == "registration":
            self._note_registration(change)

    def _note_registration(self, change: Change) -> None:
        subject = change.subject
        if change.action == "create-registration" and subject.application and subject.api:
            self._created[subject.application.id].append(subject.api)
        elif change.after is not None:
            self._approved[subject.registration_id] = change.after["status"] == "approved"

    def approved(self, registration: Registration) -> bool:
        """Whether the registration is approved then."""
        return self._approved.get(registration.id, registration.status == "approved")

    def created(self, application_id: str) -> list[ApiRef]:
        """The APIs that the application is registered for by the changes."""
        return self._created.get(application_id, [])
