"""Names on the portal that git cannot use, or that deceive the reader of a plan. Strangers choose them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from reconciler.doctor.case import Case, Check
from reconciler.model.lookalike import hidden, mixed_scripts, skeleton
from reconciler.model.names import email_key
from reconciler.model.observed import Observed


def _same_address(case: Case) -> Iterator[str]:
    people = defaultdict(list)
    for developer in case.observed.developers if case.observed else ():
        people[email_key(developer.email)].append(f"{developer.email} ({developer.id}, {developer.status})")
    for accounts in _several(people):
        yield f"{len(accounts)} accounts have one address: {', '.join(accounts)}"


def _same_team(case: Case) -> Iterator[str]:
    teams = defaultdict(list)
    for team in case.observed.teams if case.observed else ():
        teams[team.name].append(team.id)
    for name, ids in sorted(teams.items()):
        if len(ids) > 1:
            yield f'{len(ids)} teams are called "{name}": {", ".join(sorted(ids))}'


def _same_application(case: Case) -> Iterator[str]:
    applications = defaultdict(list)
    owners = _owners(case.observed)
    for application in case.observed.applications if case.observed else ():
        applications[owners.get(application.owner_id, application.owner_id), application.name].append(application.id)
    for (owner, name), ids in sorted(applications.items()):
        if len(ids) > 1:
            yield f'{owner} has {len(ids)} applications called "{name}": {", ".join(sorted(ids))}'


def _ambiguous_api(case: Case) -> Iterator[str]:
    git = case.desired
    used = [line.api for line in git.registrations]
    used += [name for rule in git.rules for name, _ in rule.apis]
    used += [role.api for team in git.teams.values() for role in team.roles or ()]
    for name in sorted({name for name in used if name.any_version and not name.package}, key=str):
        versions = (
            [api.version or "(none)" for api in case.observed.apis if name.covers(api.name, api.version, False)]
            if case.observed
            else []
        )
        if len(versions) > 1:
            yield f'git names API "{name}" without a version, and the portal has {", ".join(sorted(versions))}'


def _hidden(case: Case) -> Iterator[str]:
    for what, name in _names(case.observed):
        found = hidden(name)
        if found:
            yield f'the {what} "{name}" has characters that do not show or reorder others: {", ".join(found)}'


def _mixed(case: Case) -> Iterator[str]:
    for what, name in _names(case.observed):
        scripts = mixed_scripts(name)
        if scripts:
            yield f'the {what} "{name}" mixes {" and ".join(scripts)} letters in one word'


def _twins(case: Case) -> Iterator[str]:
    looks: dict[tuple[str, str], set[str]] = defaultdict(set)
    for what, name in _names(case.observed):
        looks[what, skeleton(name)].add(name)
    for (what, _), names in sorted(looks.items()):
        if len(names) > 1:
            listed = ", ".join(f'"{name}" ({name!a})' for name in sorted(names))
            yield f"these look alike, each the {what} of someone or something else: {listed}"


def _names(observed: Observed | None) -> list[tuple[str, str]]:
    """Every name that a stranger chose, with what it is; sorted, each once."""
    if observed is None:
        return []
    found = {("address", email_key(one.email)) for one in observed.developers}
    found |= {("name of a developer", one.full_name) for one in observed.developers}
    found |= {("name of a team", one.name) for one in observed.teams}
    found |= {("name of an application", one.name) for one in observed.applications}
    return sorted(found)


def _owners(observed: Observed | None) -> dict[str, str]:
    if observed is None:
        return {}
    owners = {one.id: one.email for one in observed.developers}
    return owners | {one.id: f'team "{one.name}"' for one in observed.teams}


def _several(groups: dict[str, list[str]]) -> Iterable[list[str]]:
    return (sorted(members) for _, members in sorted(groups.items()) if len(members) > 1)


CHECKS = (
    Check(
        "duplicate-address",
        "warning",
        "git names people by their address, so that an entry for it is blocked, and a tombstone takes all of them",
        "delete the account that is not in use (addresses that differ in case alone are one)",
        _same_address,
    ),
    Check(
        "duplicate-team",
        "warning",
        "git names teams by their name, so that entries that use it are blocked",
        "rename one of them on the portal",
        _same_team,
    ),
    Check(
        "duplicate-application",
        "warning",
        "git names applications by owner and name, so that its entries are blocked, and a tombstone takes all",
        "ask the owner to delete or rename one of them",
        _same_application,
    ),
    Check(
        "ambiguous-api",
        "error",
        "it cannot be told which is meant, so that these entries are blocked",
        "add `version:` to the entry (`version: null` names the one without)",
        _ambiguous_api,
    ),
    Check(
        "hidden-characters",
        "warning",
        "a reviewer sees another name than the one that is there",
        "look at who chose it before you list it",
        _hidden,
    ),
    Check(
        "mixed-scripts",
        "warning",
        "letters of several alphabets look alike, so that a reviewer may read another name",
        "look at who chose it before you list it",
        _mixed,
    ),
    Check(
        "look-alikes",
        "warning",
        "a reviewer cannot tell them apart",
        "compare the characters, and look at who chose them before you list one",
        _twins,
    ),
)
