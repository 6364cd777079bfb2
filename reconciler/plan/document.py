"""A plan as a JSON document that can be saved, reviewed and carried out later."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from reconciler.model.change import Plan
from reconciler.model.drift import Comparison
from reconciler.model.snapshot import SnapshotSource
from reconciler.plan.document_beside import beside_fields
from reconciler.plan.document_fields import Document, finding_counts, plan_counts, plan_fields, portal_fields
from reconciler.plan.document_reader import read_plan
from reconciler.secret import Secret

FORMAT_VERSION = "1.0"
"""Fields are added with a new minor version; a document of another major version is not read."""


@dataclass(frozen=True, slots=True)
class PolicySource:
    """The commit that the policy was taken from, and how the user named it."""

    ref: str
    commit: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """The circumstances under which a plan was made. `created_at`: ISO-8601 in UTC, ending in Z.

    `policy_from` None: the policy is the manifests' own. `key`: what the document is signed with, if it is.
    `compared`: with what the manifests were compared; `snapshot`: what it was made from, None: the portal itself.
    """

    created_at: str
    tool_version: str
    ttl: timedelta = timedelta(hours=24)
    manifests_digest: str = ""
    paths: tuple[str, ...] = ()
    commit: str | None = None
    policy_from: PolicySource | None = None
    key: Secret | None = None
    compared: Comparison | None = None
    snapshot: SnapshotSource | None = None

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
        "policy_from": policy_fields(stamp.policy_from),
        "summary": {**plan_counts(plan), **finding_counts(plan.findings)},
        **plan_fields(plan),
        **beside_fields(stamp.compared, stamp.snapshot),
    }
    signature = signature_of(document, stamp.key) if stamp.key else None
    return {**document, "digest": digest_of(document), "signature": signature}


def policy_fields(source: PolicySource | None) -> Document | None:
    """Where the policy came from."""
    return {"ref": source.ref, "commit": source.commit} if source else None


def from_document(document: object) -> Plan:
    """The plan of a document, which was verified or is trusted; `InputError` names what cannot be read in it."""
    return read_plan(document)


def canonical(document: Mapping[str, Any]) -> bytes:
    """The one way to write a document down, over which it is digested: sorted keys, no blanks, ASCII."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode("ascii")


def digest_of(document: Mapping[str, Any]) -> str:
    """The SHA-256 of everything in the document but the digest and the signature."""
    return f"sha256:{hashlib.sha256(_content(document)).hexdigest()}"


def signature_of(document: Mapping[str, Any], key: Secret) -> str:
    """The HMAC-SHA-256 of the same: only who has the key can make it."""
    return f"hmac-sha256:{hmac.new(key.reveal().encode('ascii'), _content(document), 'sha256').hexdigest()}"


def _content(document: Mapping[str, Any]) -> bytes:
    return canonical({key: value for key, value in document.items() if key not in ("digest", "signature")})
