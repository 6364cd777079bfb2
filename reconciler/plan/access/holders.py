"""Who has access: every person and every team with the rights that they have now, each with what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from reconciler.errors import InputError
from reconciler.model.change import ApiRef, Ref, Subject
from reconciler.model.desired import Desired
from reconciler.model.names import email_key
from reconciler.model.origin import Origin
from reconciler.model.provenance import Provenance
from reconciler.plan.access.access import Access
from reconciler.plan.access.grounds import Ground, Grounded, Grounds
from reconciler.plan.access.rights import Person
from reconciler.plan.narrow import concerns, must_be_known


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has rights: a person (`changed`: when the portal last changed the account), or a team for itself."""

    name: Ref
    person: Person | None
    rights: tuple[Grounded, ...]
    changed: str = ""

    def told_with(self, grounded: Grounded) -> tuple[Ground, ...]:
        """The grounds that are to be told with one of the rights: the account's once, with the right to sign in."""
        first = self.rights[0]
        if grounded is first or first.right.can != "sign-in":
            return grounded.grounds
        return tuple(ground for ground in grounded.grounds if ground.kind != "account")


def holders(access: Access, desired: Desired, only: Sequence[str] = ()) -> tuple[Holder, ...]:
    """Every person, then every team, with the rights that they have now, as far as they are about `only`.

    Raises InputError for a name that nobody knows.
    """
    grounds = Grounds(desired)
    found = [_person(access, grounds, person, listed=False) for person in access.people()]
    found += [_team(access, grounds, team) for team in access.teams()]
    narrowed = _narrowed(found, access, desired, only)
    return tuple(holder for holder in narrowed if holder.rights or _named(holder, only))


def explained(access: Access, desired: Desired, email: str, only: Sequence[str] = ()) -> tuple[Holder, ...]:
    """One person, who may have several accounts, with all that they have and all that git lists for them.

    Raises InputError where neither the portal nor git knows the address.
    """
    grounds = Grounds(desired)
    found = [_person(access, grounds, person, listed=True) for person in access.of(email_key(email))]
    if not found:
        hint = "write the address as it was signed up with; upper and lower case make no difference"
        raise InputError(f"neither the portal nor the workspace knows {email!r}", hint)
    return tuple(_narrowed(found, access, desired, only))


def _person(access: Access, grounds: Grounds, person: Person, *, listed: bool) -> Holder:
    """`listed`: also what git lists and the portal does not have."""
    account = access.index.developers.get(person.id or "")
    kept = (right for right in access.rights(person) if right.now or (listed and right.source))
    rights = tuple(grounds.grounded(right, person) for right in kept)
    return Holder(Ref(person.email, person.id), person, rights, account.updated_at if account else "")


def _team(access: Access, grounds: Grounds, team: Ref) -> Holder:
    rights = (right for right in access.team_rights(team) if right.now)
    return Holder(team, None, tuple(grounds.grounded(right, None) for right in rights))


def _narrowed(found: list[Holder], access: Access, desired: Desired, only: Sequence[str]) -> list[Holder]:
    """With the rights that are about one of these names; the person's or team's own name means all of theirs."""
    if not only:
        return found
    observed = access.index.observed
    known = [ground.subject for holder in found for each in holder.rights for ground in each.grounds]
    known += [Subject("developer", developer=Ref(account.email)) for account in observed.developers]
    known += [Subject("team", team=Ref(team.name)) for team in observed.teams]
    known += [Subject("role", api=ApiRef(api.name, api.version)) for api in observed.apis]
    must_be_known(only, desired, known)
    return [replace(holder, rights=_about(holder, only)) for holder in found]


def _about(holder: Holder, only: Sequence[str]) -> tuple[Grounded, ...]:
    if _named(holder, only):
        return holder.rights
    return tuple(
        each
        for each in holder.rights
        if any(concerns(ground.subject, name) for ground in each.grounds for name in only)
    )


def _named(holder: Holder, only: Sequence[str]) -> bool:
    key = holder.person.key if holder.person else None
    return any(email_key(name) == key if key else name == holder.name.name for name in only)


def files_of(found: Iterable[Holder]) -> set[str]:
    """The manifests that the access rests on."""
    causes = (ground.cause for holder in found for each in holder.rights for ground in each.grounds)
    return {cause.origin.file for cause in causes if cause and cause.origin}


def traced(found: Iterable[Holder], trace: Callable[[Origin | None], Provenance]) -> tuple[Holder, ...]:
    """The same, with where each line comes from."""

    def ground(one: Ground) -> Ground:
        return replace(one, provenance=trace(one.cause.origin)) if one.cause else one

    def grounded(each: Grounded) -> Grounded:
        return Grounded(each.right, tuple(map(ground, each.grounds)))

    return tuple(replace(holder, rights=tuple(map(grounded, holder.rights))) for holder in found)
