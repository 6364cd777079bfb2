"""Which operations the client uses."""

from __future__ import annotations

USED = frozenset(
    {
        "add-developer-to-portal-team",
        "assign-role-to-portal-teams",
        "create-application-registration",
        "create-developer",
        "create-portal-team",
        "get-application",
        "get-portal",
        "get-portal-authentication-settings",
        "get-portal-identity-providers",
        "list-apis",
        "list-applications",
        "list-portal-api-publications",
        "list-portal-developer-teams",
        "list-portal-developers",
        "list-portal-team-developers",
        "list-portal-team-group-mappings",
        "list-portal-team-roles",
        "list-portal-teams",
        "list-portals",
        "list-registrations",
        "list-registrations-by-application",
        "remove-developer-from-portal-team",
        "remove-role-from-portal-team",
        "update-application-registration",
        "update-developer",
        "update-portal-team",
    }
)
"""26 of the 53. A story in which another one is used fails, so that a new one is noticed, and its roles are told."""
