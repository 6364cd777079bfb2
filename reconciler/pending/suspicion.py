"""What deserves a second look before somebody is listed: one check a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from reconciler.model.desired import Desired
from reconciler.model.lookalike import hidden, mixed_scripts, skeleton
from reconciler.model.names import domain_of, email_key
from reconciler.model.observed import Developer, Observed
from reconciler.model.request import Suspicion
from reconciler.pending.domains import FREE_MAIL, like_a_known


@dataclass(frozen=True, slots=True)
class Known:
    """Who is a partner already: listed in git, or approved on the portal."""

    domains: frozenset[str]
    addresses: dict[str, frozenset[str]]
    """The addresses, as compared, by what they look like."""
    names: dict[str, frozenset[str]]
    """The addresses by the full name of whose they are, as it looks."""

    @classmethod
    def of(cls, desired: Desired, observed: Observed) -> Known:
        """Everybody known to git or to the portal, whoever waits aside."""
        approved = [person for person in observed.developers if person.status == "approved"]
        listed = {key for key, entry in desired.developers.items() if not entry.taken}
        listed |= {line.key for line in desired.memberships}
        listed |= {line.owner_key for line in desired.registrations if line.owner.type == "developer"}
        keys = listed | {email_key(person.email) for person in approved}
        domains = {domain_of(key) for key in keys} | {rule.domain for rule in desired.rules}
        addresses, names = _by_look((skeleton(key), key) for key in keys), _by_look(_names(approved))
        return cls(frozenset(domains - {""}), addresses, names)


def _by_look(pairs: Iterator[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for look, key in pairs:
        found.setdefault(look, set()).add(key)
    return {look: frozenset(keys) for look, keys in found.items()}


def _names(people: list[Developer]) -> Iterator[tuple[str, str]]:
    return ((_name_look(person.full_name), email_key(person.email)) for person in people)


def _name_look(name: str) -> str:
    return " ".join(skeleton(name).casefold().split())


def of_person(person: Developer, known: Known) -> tuple[Suspicion, ...]:
    """Everything suspicious about a sign-up."""
    return tuple(Suspicion(rule, message) for rule, check in _CHECKS.items() for message in check(person, known))


def of_application(name: str) -> tuple[Suspicion, ...]:
    """Everything suspicious about an application's name."""
    what = "the application's name"
    found = [("hidden-characters", message) for message in _hidden(what, name)]
    found += [("mixed-scripts", message) for message in _mixed(what, name)]
    return tuple(Suspicion(*each) for each in found)


def _free_mail(person: Developer, _: Known) -> Iterator[str]:
    domain = domain_of(person.email)
    if domain in FREE_MAIL:
        yield f"anybody gets an address at {domain}"


def _like_a_domain(person: Developer, known: Known) -> Iterator[str]:
    domain = domain_of(person.email)
    like = _like(domain, known.domains | FREE_MAIL)
    if like:
        yield f"{domain} looks like {like}, and is another domain"


@lru_cache(maxsize=4096)
def _like(domain: str, known: frozenset[str]) -> str:
    return like_a_known(domain, known)


def _like_an_address(person: Developer, known: Known) -> Iterator[str]:
    key = email_key(person.email)
    for other in sorted(known.addresses.get(skeleton(key), frozenset()) - {key}):
        yield f"the address looks like {other}, and is another"


def _same_name(person: Developer, known: Known) -> Iterator[str]:
    name = _name_look(person.full_name)
    others = known.names.get(name, frozenset()) - {email_key(person.email)}
    if " " in name and others:
        yield f"{sorted(others)[0]} has the same name, {' '.join(person.full_name.split())}"


def _strange_letters(person: Developer, _: Known) -> Iterator[str]:
    yield from _hidden("the address", person.email)
    yield from _hidden("the name", person.full_name)


def _several_scripts(person: Developer, _: Known) -> Iterator[str]:
    yield from _mixed("the address", person.email)
    yield from _mixed("the name", person.full_name)


def _hidden(what: str, text: str) -> Iterator[str]:
    found = hidden(text)
    if found:
        yield f"{what} has characters that do not show or reorder others: {', '.join(found)}"


def _mixed(what: str, text: str) -> Iterator[str]:
    found = mixed_scripts(text)
    if found:
        yield f"{what} mixes {' and '.join(found)} letters in one word"


_CHECKS: dict[str, Callable[[Developer, Known], Iterator[str]]] = {
    "free-mail": _free_mail,
    "look-alike-domain": _like_a_domain,
    "look-alike-address": _like_an_address,
    "same-name": _same_name,
    "hidden-characters": _strange_letters,
    "mixed-scripts": _several_scripts,
}
