"""What is there now of the thing that a saved change is about, in the form of its `before` and `after`."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.model.change import Action, Change, Facts, Ref
from reconciler.model.names import email_key
from reconciler.model.observed import Developer, Registration, Team
from reconciler.plan.index import Index


class Differs(Exception):  # noqa: N818 - no error: it says what is there instead
    """The thing is not the one any more that was reviewed; the message says what is there now."""


def words(facts: Facts | None) -> str:
    """Facts as part of a sentence.

    >>> words({"status": "revoked"}), words(None), words({"member": True})
    ('revoked', 'not there', 'there')
    """
    if facts is None:
        return "not there"
    status = facts.get("status")
    if status is not None:
        return str(status)
    told = [f"{name.replace('_', ' ')} {value!r}" for name, value in facts.items() if value is not True]
    return ", ".join(told) or "there"


def _developer(change: Change, index: Index) -> Facts | None:
    return {"status": _person(change, index).status}


def _person(change: Change, index: Index) -> Developer:
    ref = change.subject.developer or Ref("")
    found = index.developers.get(ref.id or "")
    if found is None:
        raise Differs("the developer is no longer on the portal")
    if email_key(found.email) != email_key(ref.name):
        raise Differs(f"the developer has the address {found.email} now")
    return found


def _invited(change: Change, index: Index) -> Facts | None:
    accounts = index.people(email_key(change.subject.developer.name if change.subject.developer else ""))
    if len(accounts) > 1:
        raise Differs(f"{len(accounts)} accounts have the address now")
    return {**(change.after or {}), "status": accounts[0].status} if accounts else None


def _member(change: Change, index: Index) -> Facts | None:
    """Nobody is in a team that is gone, and who is gone is in no team."""
    person, team = change.subject.developer or Ref(""), change.subject.team or Ref("")
    if change.effect == "removes" and (person.id not in index.developers or team.id not in index.teams):
        return None
    if person.id is not None:
        _person(change, index)
    if team.id is not None and _team_of(change, index).synchronised:
        raise Differs(f"the identity provider decides now who is in team {team.name}")
    return {"member": True} if (person.id, team.id) in index.pairs else None


def _team_of(change: Change, index: Index) -> Team:
    ref = change.subject.team or Ref("")
    found = index.teams.get(ref.id or "")
    if found is None:
        raise Differs(f"team {ref.name} is no longer on the portal")
    if found.name != ref.name:
        raise Differs(f"team {ref.name} is named {found.name} now")
    return found


def _new_team(change: Change, index: Index) -> Facts | None:
    found = index.teams_named(change.subject.team.name if change.subject.team else "")
    if len(found) > 1:
        raise Differs(f"{len(found)} teams have the name now")
    return {name: getattr(found[0], name) for name in change.after or {}} if found else None


def _team(change: Change, index: Index) -> Facts | None:
    found = _team_of(change, index)
    return {name: getattr(found, name) for name in change.after or {}}


def _role(change: Change, index: Index) -> Facts | None:
    """A team that is gone has no roles, and one that is not made yet has none either."""
    subject, role, team = change.subject, change.subject.role or Ref(""), change.subject.team or Ref("")
    if team.id is None or (change.effect == "removes" and team.id not in index.teams):
        return None
    wanted = (role.name, subject.api.id if subject.api else None, subject.region)
    same = [each for each in index.roles(_team_of(change, index)) if (each.name, each.api_id, each.region) == wanted]
    if role.id and same and all(each.id != role.id for each in same):
        raise Differs("the role was taken away and assigned anew")
    return {"assigned": True} if same else None


def _registration(change: Change, index: Index) -> Facts | None:
    known = change.subject.registration_id
    found = next((each for each in _registrations(change, index) if each.id == known), None)
    if found is None:
        raise Differs("the registration is no longer on the portal")
    api, now = change.subject.api, (found.api_id, found.api_name, found.api_version, found.entity_type)
    if api is None or (api.id, api.name, api.version, api.entity_type) != now:
        raise Differs(f"the registration is for {' '.join(filter(None, now[1:3]))} now")
    return {"status": found.status}


def _new_registration(change: Change, index: Index) -> Facts | None:
    api = change.subject.api
    found = [each for each in _registrations(change, index) if api and each.api_id == api.id]
    return {"status": found[0].status} if found else None


def _registrations(change: Change, index: Index) -> list[Registration]:
    """Those of the change's application, which can be handed to an owner who was not reviewed (contract 1.3)."""
    subject = change.subject
    application, owner = subject.application or Ref(""), subject.developer or subject.team or Ref("")
    found = index.applications.get(application.id or "")
    if found is None:
        raise Differs(f"application {application.name} is no longer on the portal")
    if (found.owner_type, found.owner_id) != (subject.owner_type, owner.id):
        raise Differs(f"application {application.name} has another owner now")
    return index.registrations([found])


NOW: dict[Action, Callable[[Change, Index], Facts | None]] = {
    "approve-developer": _developer,
    "revoke-developer": _developer,
    "reject-developer": _developer,
    "invite-developer": _invited,
    "add-member": _member,
    "remove-member": _member,
    "approve-registration": _registration,
    "revoke-registration": _registration,
    "reject-registration": _registration,
    "create-registration": _new_registration,
    "create-team": _new_team,
    "update-team": _team,
    "assign-role": _role,
    "remove-role": _role,
}
"""For each action a function that tells what is there; it raises Differs where that cannot be compared."""
