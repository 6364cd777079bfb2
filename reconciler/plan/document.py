"""A plan as a JSON document that can be saved, reviewed and carried out later; and whether it still may be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler.errors import InputError, StalePlanError
from reconciler.model.change import Plan
from reconciler.model.observed import Portal
from reconciler.plan.document_fields import Document, finding_counts, plan_counts, plan_fields, portal_fields
from reconciler.plan.document_reader import Node, read_plan

FORMAT_VERSION = "1.0"
"""Fields are added with a new minor version; a document of another major version is not read."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The circumstances under which a plan was made. `created_at`: ISO-8601 in UTC, ending in Z."""

    created_at: str
    tool_version: str
    ttl: timedelta = timedelta(hours=24)
    manifests_digest: str = ""
    paths: tuple[str, ...] = ()
    commit: str | None = None

    @property
    def expires_at(self) -> str:
        """When a plan that is saved now stops being one that may be applied."""
        end = datetime.fromisoformat(self.created_at) + self.ttl
        return end.isoformat(timespec="seconds").replace("+00:00", "Z")


def to_document(plan: Plan, stamp: Stamp) -> Document:
    """The plan with its circumstances and its digest, as plain JSON values."""
    document: Document = {
        "format_version": FORMAT_VERSION,
        "kind": "plan",
        "tool_version": stamp.tool_version,
        "portal": portal_fields(plan.portal),
        "created_at": stamp.created_at,
        "expires_at": stamp.expires_at,
        "manifests": {"digest": stamp.manifests_digest, "paths": list(stamp.paths)},
        "commit": stamp.commit,
        "summary": {**plan_counts(plan), **finding_counts(plan.findings)},
        **plan_fields(plan),
    }
    return {**document, "digest": digest_of(document)}


def from_document(document: object) -> Plan:
    """The plan of a document, which was verified or is trusted; `InputError` names what cannot be read in it."""
    return read_plan(document)


def canonical(document: Mapping[str, Any]) -> bytes:
    """The one way to write a document down, over which it is digested: sorted keys, no blanks, ASCII."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode("ascii")


def digest_of(document: Mapping[str, Any]) -> str:
    """The SHA-256 of everything in the document but the digest itself."""
    content = {key: value for key, value in document.items() if key != "digest"}
    return f"sha256:{hashlib.sha256(canonical(content)).hexdigest()}"


def verify(document: object, *, portal: Portal, now: datetime | None, manifests_digest: str | None = None) -> None:
    """Raise `StalePlanError`, saying why, unless this saved plan may be applied to that portal now.

    `now` None: it has no time to live (`--reviewed`). `manifests_digest` None: there are no manifests to compare.
    A file that is no plan at all is an `InputError`.
    """
    if not isinstance(document, dict) or document.get("kind") != "plan":
        raise InputError("this file is not a saved plan", "write one with `reconciler plan PATH --out FILE`")
    root = Node(document)
    version = root.get("format_version", str)
    if version.partition(".")[0] != FORMAT_VERSION.partition(".")[0]:
        raise _stale(f"has format version {version}, and this reconciler reads {FORMAT_VERSION}")
    if root.get("digest", str) != digest_of(document):
        raise _stale("was edited after it was made: its digest does not match its content")
    _same_portal(root.node("portal"), portal)
    if now is not None and now > _instant(root, "expires_at"):
        raise _stale(f"expired at {root.get('expires_at', str)}")
    if manifests_digest is not None and manifests_digest != root.node("manifests").get("digest", str):
        raise _stale("was made from other manifests: they were changed since")


def _same_portal(made_for: Node, portal: Portal) -> None:
    known, server = made_for.get("id", str), made_for.get("server", str)
    if (known, server.rstrip("/")) != (portal.id, portal.server.rstrip("/")):
        made = f"{made_for.get('name', str)} ({known}) at {server}"
        raise _stale(f"is for another portal: {made}; this one is {portal.name} ({portal.id}) at {portal.server}")


def _instant(root: Node, key: str) -> datetime:
    try:
        return datetime.fromisoformat(root.get(key, str)).astimezone(UTC)
    except ValueError:
        raise root.wrong(key, "a date and time is expected") from None


def _stale(what: str) -> StalePlanError:
    return StalePlanError(f"the saved plan {what}", "plan again, and have the new plan reviewed")
