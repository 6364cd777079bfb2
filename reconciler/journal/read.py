"""A journal read back, as evidence: what became of each change on one portal, and when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.errors import InputError
from reconciler.journal.lines import FORMAT_VERSION
from reconciler.plan.document_reader import Node, read_subject
from reconciler.plan.drift.evidence import Event
from reconciler.secret import visible

_KINDS = ("change-answered", "change-read-back")
_MADE = {"applied": True, "already": True, "failed": False, "unknown": False, "not-kept": False}
"""Whether a change was made; one that was skipped is not there, for nothing was asked of the portal."""

_HINT = "give a file that `reconciler apply --journal FILE` wrote"


def events(lines: Iterable[str], portal_id: str, where: str) -> list[Event]:
    """What became of each change on that portal, in the journal's order; teams' own settings aside.

    Half a line, as a crash leaves it, is passed over, as are lines of kinds that are not known. Raises InputError
    where the file is no journal or of another major version.
    """
    found: list[Event] = []
    met = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        met += 1
        entry = _entry(line)
        if entry is None and met == 1:
            raise InputError(f"{where} is no journal: it does not begin as one", _HINT)
        if entry is not None:
            found += _event(entry, portal_id, f"{where}:{number}")
    return found


def _entry(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) and "format_version" in entry else None


def _event(entry: dict[str, Any], portal_id: str, where: str) -> Iterator[Event]:
    version = str(entry["format_version"])
    if version.partition(".")[0] != FORMAT_VERSION.partition(".")[0]:
        raise InputError(f"{where} has format version {visible(version)}, and {FORMAT_VERSION} is read here", _HINT)
    try:
        if entry.get("kind") not in _KINDS or Node(entry).node("portal").get("id", str) != portal_id:
            return
        node = Node(entry)
        made = _MADE.get(node.get("outcome", str))
        subject = read_subject(node.node("subject"))
        if made is None or subject.kind == "team":
            return
        gives = node.get("effect", str) == "grants"
        yield Event(node.get("time", str), node.get("run", str), subject, gives, made, node.maybe("error", str) or "")
    except InputError as error:
        raise InputError(f"{where} is no line of a journal: {error.message.partition(': ')[2]}", _HINT) from error
