"""All files of a workspace as one: the three sides (person, team, API) gathered, nothing judged yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from reconciler.finding import Finding
from reconciler.manifest.entries import File
from reconciler.manifest.policy import policy_of, portal_ref
from reconciler.manifest.tree import Document, Map
from reconciler.model.desired import (
    DesiredDeveloper,
    DesiredMembership,
    DesiredRegistration,
    DesiredTeam,
    Policy,
    PortalRef,
    Rule,
)


@dataclass
class Collected:
    """Everything that a workspace says, in file order; `rules` without those that have expired."""

    portal: PortalRef | None = None
    policy: Policy = field(default_factory=Policy)
    developers: list[DesiredDeveloper] = field(default_factory=list)
    memberships: list[DesiredMembership] = field(default_factory=list)
    registrations: list[DesiredRegistration] = field(default_factory=list)
    teams: list[DesiredTeam] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The addresses under `developers`, as compared."""
        return frozenset(developer.key for developer in self.developers)

    @cached_property
    def team_names(self) -> frozenset[str]:
        """The names under `teams`."""
        return frozenset(team.name for team in self.teams)


def collect(documents: Sequence[Document], today: date) -> Collected:
    """Gather what the files say; the first portal and policy count, `check` reports any further ones."""
    said = Collected()
    policies = [document for document in documents if "policy" in document.root]
    if policies:
        said.policy, said.findings = policy_of(policies[0], today)
    for document in documents:
        if "portal" in document.root and said.portal is None:
            said.portal = portal_ref(document)
        file = File(document, today)
        _collect_file(said, file)
        said.findings += file.idle_reinstated(
            "membership", file.items("teams", document.root.get("defaults") or Map(0))
        )
    return said


def _collect_file(said: Collected, file: File) -> None:
    for item, at in file.items("developers"):
        person = file.person(item, at)
        said.developers.append(person.developer)
        said.memberships += person.memberships
        said.registrations += person.registrations
        if isinstance(item, Map):
            said.findings += file.idle_reinstated("membership", file.items("teams", item))
    for entry, at in file.items("teams"):
        team = file.team(entry, at)
        said.teams.append(team)
        said.memberships += (file.member(team.name, *member) for member in file.items("members", entry))
        said.registrations += file.team_applications(entry)
        said.findings += file.idle_reinstated("membership", file.items("members", entry))
    for entry, _ in file.items("apis"):
        said.registrations += file.api_side(entry)
    said.findings += file.idle_reinstated("rule", file.items("rules"))
    for entry, at in file.items("rules"):
        rule = file.rule(entry, at)
        if file.expired(entry.get("expires")):
            message = f"rule {rule.name!r} expired on {entry['expires']} and approves nobody any more"
            said.findings.append(Finding("rule-expired", "warning", message, "remove it, or extend it", rule.origin))
        else:
            said.rules.append(rule)
