"""From documents to what git says today: rules, expiry and scope applied, contradictions reported. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from reconciler.finding import Finding, in_file_order
from reconciler.manifest import crosscheck
from reconciler.manifest.collect import Collected, collect
from reconciler.manifest.granted import granted
from reconciler.manifest.require import unmet
from reconciler.manifest.tree import Document
from reconciler.model.desired import Desired, DesiredDeveloper, DesiredMembership, DesiredRegistration, Policy

T = TypeVar("T", DesiredMembership, DesiredRegistration)


def resolve(
    documents: Sequence[Document], today: date, policy: Policy | None = None
) -> tuple[Desired | None, list[Finding]]:
    """What the workspace says on that day (UTC), and every finding about how it says it, in file order.

    The documents must be well-formed (see `check` and `sound`). Nothing is said (None) without a portal, or
    where a finding is an error: a workspace that contradicts itself must not be acted upon. `policy` counts in
    place of the workspace's own, if it is given.
    """
    said = collect(documents, today)
    own, said.policy = said.policy, policy or said.policy
    developers = {developer.key: developer for developer in reversed(said.developers)}
    heard_memberships, unheard = _heard(said.memberships, developers)
    heard_registrations, also_unheard = _heard(said.registrations, developers)
    grants = granted(said, developers, heard_memberships, heard_registrations)
    inside = {document.file: document.inside for document in documents}
    findings = in_file_order(
        [
            *said.findings,
            *crosscheck.duplicates(said),
            *crosscheck.outside_scope(said, said.policy.scope),
            *crosscheck.odd_dates(said, said.policy, today),
            *crosscheck.patterns_that_never_fit(said.policy),
            *crosscheck.nobody_lists(said, said.policy),
            *crosscheck.other_policy(own, said.policy),
            *unmet(said.policy.required, grants, inside, today),
            *(_unheard(line, developers) for line in unheard),
            *(_unheard(line, developers) for line in also_unheard),
        ]
    )
    if said.portal is None or any(finding.severity == "error" for finding in findings):
        return None, findings
    desired = Desired(
        portal=said.portal,
        policy=said.policy,
        developers=developers,
        teams={team.name: team for team in said.teams},
        memberships=tuple(heard_memberships),
        registrations=tuple(_with_person(line, developers) for line in heard_registrations),
        rules=tuple(said.rules),
        listed_kinds=frozenset(_listed_kinds(said)),
    )
    return desired, findings


def _heard(lines: list[T], developers: dict[str, DesiredDeveloper]) -> tuple[list[T], list[T]]:
    """The lines that count, and those of other people's files about someone whose own entry takes access away.

    An expired entry lists nothing any more, so that its own lines are dropped without a word.
    """
    heard: list[T] = []
    unheard: list[T] = []
    for line in lines:
        person = _person(line, developers)
        if person is None or not person.taken:
            heard.append(line)
        elif not line.own:
            unheard.append(line)
    return heard, unheard


def _person(
    line: DesiredMembership | DesiredRegistration, developers: dict[str, DesiredDeveloper]
) -> DesiredDeveloper | None:
    if isinstance(line, DesiredMembership):
        return developers.get(line.key)
    return developers.get(line.owner_key) if line.owner.type == "developer" else None


def _unheard(line: DesiredMembership | DesiredRegistration, developers: dict[str, DesiredDeveloper]) -> Finding:
    person = _person(line, developers)
    assert person is not None  # noqa: S101 - only lines about a person get here
    state = f"expired on {person.expires}" if person.status == "approved" else f"is {person.status}"
    message = f"this line is ignored: {person.email} {state} at {person.origin}"
    return Finding("ignored-listing", "warning", message, "remove the line; it gives nothing any more", line.origin)


def _with_person(line: DesiredRegistration, developers: dict[str, DesiredDeveloper]) -> DesiredRegistration:
    """With the `reinstated` of the owner's entry, where that is later than the line's own."""
    person = _person(line, developers)
    if person is None or not person.reinstated or (line.reinstated or "") >= person.reinstated:
        return line
    return replace(line, reinstated=person.reinstated)


def _listed_kinds(said: Collected) -> Iterator[str]:
    """The kinds of which the files list anything at all, whatever its state (docs/manifest.md, "Refusals")."""
    if said.developers or any(rule.approve for rule in said.rules):
        yield "developers"
    if said.memberships or any(rule.teams for rule in said.rules):
        yield "memberships"
    if said.registrations or any(rule.apis for rule in said.rules):
        yield "registrations"
    if any(team.roles for team in said.teams):
        yield "roles"
