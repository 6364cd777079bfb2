"""Requests by who reviews them: the owner of an API that has an entry of its own, else whoever has the domain."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reconciler.model.request import Request

PREFIX = "reconciler/requests/"
_SAFE = re.compile("[a-z0-9]+(?:[.-][a-z0-9]+)*")
_MARKER = re.compile(r"<!-- reconciler:requests:([0-9A-Za-z,-]*) -->\r?$")


@dataclass(frozen=True, slots=True)
class Group:
    """What goes into one pull request; `kind` is domain, api or team, `name` which.

    `workspace` is its path in the repository: two portals of one repository have the same domains.
    """

    workspace: str
    kind: str
    name: str
    requests: tuple[Request, ...]

    @property
    def branch(self) -> str:
        """A branch of its own, whatever strangers put into the name."""
        return f"{branches_of(self.workspace)}{self.kind}/{_part(self.name)}"


def branches_of(workspace: str) -> str:
    """What the branches of a workspace begin with, and those of no other."""
    return f"{PREFIX}{_part(workspace)}/"


def grouped(workspace: str, requests: Sequence[Request], has_owner: Callable[[Request], bool]) -> list[Group]:
    """The requests that may be listed, by group, sorted; `has_owner`: the API asked for has an entry of its own."""
    found: dict[tuple[str, str], list[Request]] = {}
    for request in requests:
        if not request.listable:
            continue
        team = request.subject.team
        if request.subject.api and has_owner(request):
            key = ("api", request.subject.api.name)
        else:
            key = ("team", team.name) if team else ("domain", request.domain)
        found.setdefault(key, []).append(request)
    return [Group(workspace, *key, tuple(several)) for key, several in sorted(found.items())]


def identity(request: Request) -> str:
    """What tells a request from every other: who signs up or asks anew gets another one."""
    subject = request.subject
    return (subject.registration_id or (subject.developer.id if subject.developer else "")) or ""


def marker(requests: Sequence[Request]) -> str:
    """The line by which a pull request remembers what it was about."""
    return f"<!-- reconciler:requests:{','.join(sorted(map(identity, requests)))} -->"


def remembered(body: str) -> frozenset[str]:
    """The requests that a pull request was about, by its first line alone: names of strangers stand below it."""
    found = _MARKER.match(body.split("\n", 1)[0])
    return frozenset(found[1].split(",")) - {""} if found else frozenset()


def _part(name: str) -> str:
    """The name as a part of a branch, if it can be one; else what can be read of it, with a digest."""
    if _SAFE.fullmatch(name) and not name.endswith(".lock"):
        return name
    readable = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    return f"{readable}-{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}".lstrip("-")
