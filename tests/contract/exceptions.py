"""Where Konnect is known to differ from its published OpenAPI file, one row each, with the contract's section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SILENT = ("readOnly", "writeOnly", "allowEmptyValue")
"""Keywords not enforced. Contract 10: every id is readOnly and required, `labels` writeOnly and required in answers.

Contract 2: pages may be asked for without a value; openapi-core knows that keyword only to warn of it.
"""


@dataclass(frozen=True, slots=True)
class Amended:
    """What the file says otherwise: place → what is set there."""

    changes: Mapping[str, Mapping[str, Any]]
    section: str
    why: str


@dataclass(frozen=True, slots=True)
class Unlisted:
    """Answers that operations give though the file does not list them: status → a response of the file.

    Without `operations` every one gives them, with `instead_of` every one that lists that status.
    """

    responses: Mapping[str, str]
    section: str
    why: str
    operations: tuple[str, ...] = ()
    instead_of: str = ""


AMENDED = (
    Amended(
        {f"components/parameters/{name}/schema": {"minimum": 1} for name in ("PageSize", "PageNumber")},
        "2",
        "pages are counted from 1, and have one item at least",
    ),
    Amended(
        {
            "components/schemas/UuidFieldFilter": {"minProperties": 1},
            "components/schemas/StringFieldEqualsFilter": {"additionalProperties": False},
        },
        "3",
        "a filter has one of the operators, and no other one",
    ),
    Amended(
        {
            **{
                f"components/requestBodies/{name}": {"required": True}
                for name in ("PortalCreateTeam", "AddDeveloperToTeam", "PortalAssignRole")
            },
            "components/schemas/PortalTeamGroupMappingsUpdateRequest/properties/data/items": {
                "required": ["team_id"]
            },
        },
        "1.2, 1.5",
        "what a body must hold makes it one that must be there; groups are those of a team",
    ),
    Amended(
        {
            "components/schemas/PortalTeamResponse/properties/description": {"nullable": True},
            "components/schemas/PortalTeamResponse/properties/konnect_managed": {"type": "boolean"},
        },
        "5",
        "a team's description may be null on the wire, and who manages a team is newer than the file",
    ),
    Amended(
        {
            "components/schemas/CredentialListItem/discriminator": {
                "mapping": {
                    "api_key": "#/components/schemas/ApiKeyCredentialListItem",
                    "client_secret": "#/components/schemas/ClientSecretCredentialListItem",
                }
            }
        },
        "1.3",
        "api_key and client_secret are values of `type`, not names of schemas",
    ),
)

LIMITED = {
    "description": "Too many requests",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {"message": {"type": "string"}},
                "required": ["message"],
                "additionalProperties": False,
            }
        }
    },
}
"""A response that the file does not have."""

UNLISTED = (
    Unlisted(
        {"429": "RateLimited"},
        "7",
        "the file lists no 429; the body that Konnect's edge sends is no problem document",
    ),
    Unlisted(
        {"400": "BadRequest", "403": "Forbidden", "404": "NotFound"},
        "1.2, 1.7, 6",
        "what is invalid is a 400, what no role allows a 403, an id of nothing a 404, also where none is listed",
    ),
    Unlisted(
        {"409": "Conflict"},
        "1.5, 5, 11.11",
        "a name that is taken, a portal with published APIs, and by a switch a team that owns applications",
        ("create-portal", "delete-portal", "create-portal-team", "update-portal-team", "delete-portal-team"),
    ),
    Unlisted({"200": ""}, "1.7", "real servers answered 200 to what was created", instead_of="201"),
)


@dataclass(frozen=True, slots=True)
class Generated:
    """A check of schemathesis that does not hold for the requests it makes up for some operations."""

    check: str
    operations: tuple[str, ...]
    section: str
    why: str


GENERATED: tuple[Generated, ...] = (
    Generated(
        "positive_data_acceptance",
        ("create-portal", "update-portal", "update-portal-authentication-settings"),
        "1.5",
        "in prose alone: RBAC needs authentication, group mapping a provider, the default strategy must be there",
    ),
)
