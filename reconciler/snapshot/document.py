"""A snapshot as a JSON document: each list whole and sorted by id, so that two differ where the portal did."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from reconciler.model.observed import Observed, PortalSettings
from reconciler.plan.document import digest_of
from reconciler.plan.document_fields import Document, portal_fields

FORMAT_VERSION = "1.0"
"""Fields are added with a new minor version; a document of another major version is not read."""

LISTS = ("developers", "teams", "memberships", "roles", "applications", "registrations", "apis")
"""The lists of a snapshot, which are those of `Observed`: all are read in full, or there is no snapshot."""


def to_document(
    observed: Observed, settings: PortalSettings, packages: tuple[str, ...], *, taken_at: str, tool_version: str
) -> Document:
    """The document with its digest. `taken_at`: when reading began, ISO-8601 in UTC, ending in Z."""
    document: Document = {
        "format_version": FORMAT_VERSION,
        "kind": "snapshot",
        "tool_version": tool_version,
        "taken_at": taken_at,
        "portal": portal_fields(observed.portal),
        "settings": {name: _plain(value) for name, value in asdict(settings).items()},
        "packages": sorted(packages),
        **{name: sorted(map(asdict, getattr(observed, name)), key=_order) for name in LISTS},
    }
    return {**document, "digest": digest_of(document)}


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, tuple) else value


def _order(thing: Document) -> tuple[str, ...]:
    """By id; memberships, which have none, by their two."""
    return (thing["id"],) if "id" in thing else (thing["team_id"], thing["developer_id"])
