"""Where Konnect is known to differ from its published OpenAPI file, one row each, with the contract's section."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SILENT = ("readOnly", "writeOnly", "allowEmptyValue")
"""Keywords not enforced. Contract 10: every id is readOnly and required, `labels` writeOnly and required in answers.

Contract 2: pages may be asked for without a value; openapi-core knows that keyword only to warn of it.
"""


@dataclass(frozen=True, slots=True)
class Amended:
    """A part of the file that says something else: what is set, at which place."""

    place: str
    change: dict[str, Any]
    section: str
    why: str


@dataclass(frozen=True, slots=True)
class Unlisted:
    """An answer that operations give though the file does not list it: a status and a response of the file.

    Without `operations` every one gives it, with `instead_of` every one that lists that status.
    """

    status: str
    response: str
    section: str
    why: str
    operations: tuple[str, ...] = field(default=())
    instead_of: str = ""


AMENDED = (
    Amended("components/parameters/PageSize/schema", {"minimum": 1}, "2", "no page is smaller than one item"),
    Amended("components/parameters/PageNumber/schema", {"minimum": 1}, "2", "pages are counted from 1"),
    Amended("components/schemas/UuidFieldFilter", {"minProperties": 1}, "3", "a filter has one of the operators"),
    Amended("components/schemas/StringFieldEqualsFilter", {"additionalProperties": False}, "3", "and no other one"),
    Amended(
        "components/requestBodies/PortalCreateTeam", {"required": True}, "1.2", "`name` is required, so a body is"
    ),
    Amended("components/requestBodies/AddDeveloperToTeam", {"required": True}, "1.2", "the same for `id`"),
    Amended("components/requestBodies/PortalAssignRole", {"required": True}, "1.2", "the same for all of it"),
    Amended(
        "components/schemas/PortalTeamResponse/properties/description",
        {"nullable": True},
        "5",
        "a team's description may be null on the wire although the file says string",
    ),
    Amended(
        "components/schemas/PortalTeamResponse/properties/konnect_managed",
        {"type": "boolean"},
        "5",
        "newer than the file: whether a team is managed by hand or by the identity provider",
    ),
    Amended(
        "components/schemas/CredentialListItem/discriminator",
        {
            "mapping": {
                "api_key": "#/components/schemas/ApiKeyCredentialListItem",
                "client_secret": "#/components/schemas/ClientSecretCredentialListItem",
            }
        },
        "1.3",
        "api_key and client_secret are values of `type`, not names of schemas",
    ),
    Amended(
        "components/schemas/PortalTeamGroupMappingsUpdateRequest/properties/data/items",
        {"required": ["team_id"]},
        "1.5",
        "groups are those of a team",
    ),
    Amended(
        "components/responses/RateLimited",
        {
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
        },
        "7",
        "the body that Konnect's edge sends with a 429 is plain JSON, no problem document",
    ),
)

UNLISTED = (
    Unlisted("429", "RateLimited", "7", "the file lists no 429 at all"),
    Unlisted("400", "BadRequest", "1.2", "lists and PATCH of teams list no 400, but refuse what is invalid"),
    Unlisted("403", "Forbidden", "6", "every operation needs a role, also those that list no 403"),
    Unlisted("404", "NotFound", "1.7", "an id that means nothing is a 404, also where the file lists none"),
    Unlisted(
        "409",
        "Conflict",
        "5",
        "two teams of one name; the file lists no 409",
        ("create-portal-team", "update-portal-team"),
    ),
    Unlisted("409", "Conflict", "11.11", "a team that owns applications, by a switch", ("delete-portal-team",)),
    Unlisted(
        "409",
        "Conflict",
        "1.5",
        "a name that is taken, and a portal with published APIs that is deleted without force",
        ("create-portal", "delete-portal"),
    ),
    Unlisted("200", "", "1.7", "real servers answered 200 to what was created", instead_of="201"),
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
        ("create-portal", "update-portal"),
        "1.5",
        "RBAC needs authentication, and the default auth strategy must be there: the file says so in prose",
    ),
    Generated(
        "positive_data_acceptance",
        ("update-portal-authentication-settings",),
        "1.5",
        "group mapping cannot be enabled when no identity provider is enabled",
    ),
)
