"""Who may do what: tokens with the roles that Konnect gives on portals (contract 6).

As long as the state has no token, any will do and may do everything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.sandbox.protocol.problems import forbidden, unauthorized
from reconciler.sandbox.state.store import Transaction

ROLES = ("admin", "maintainer", "viewer")

MAINTAINED = frozenset(
    {
        "update-application",
        "delete-application",
        "update-application-registration",
        "delete-application-registration",
    }
)
"""What a maintainer may write: applications and registrations, but neither developers nor teams (contract 6)."""

TEAMS = frozenset(
    {
        "list-portal-teams",
        "get-portal-team",
        "list-portal-team-developers",
        "list-portal-team-roles",
        "list-portal-developer-teams",
    }
)
"""What the roles of maintainers and viewers do not speak of (contract 6): a switch says whether they may read it."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token may do. `portals`: ids; None means all of them."""

    role: str = "admin"
    portals: frozenset[str] | None = None

    def admits(self, method: str, operation: str, reads_teams: bool) -> bool:
        """Whether the role may do that."""
        if self.role == "admin":
            return True
        if method == "GET":
            return reads_teams or operation not in TEAMS
        return self.role == "maintainer" and operation in MAINTAINED


def token_of(authorization: str) -> str:
    """The bearer token of a header; 401."""
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthorized()
    return token.strip()


def digest(token: str) -> str:
    """How a token is kept: it cannot be read back."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def add(tx: Transaction, token: str, role: str, portals: Sequence[str]) -> None:
    """Make a token known, with a role on the portals of these ids; on all of them where none is named."""
    own = digest(token)
    where: Sequence[str | None] = portals or (None,)
    tx.insert("tokens", *({"digest": own, "role": role, "portal_id": one} for one in where))


def grant_of(tx: Transaction, token: str) -> Grant:
    """What a token may do; 401 for one that the state does not know, once it knows any."""
    if not tx.count("SELECT count(*) FROM tokens"):
        return Grant()
    rows = tx.all("SELECT role, portal_id FROM tokens WHERE digest = ?", digest(token))
    if not rows:
        raise unauthorized()
    everywhere = any(row["portal_id"] is None for row in rows)
    return Grant(rows[0]["role"], None if everywhere else frozenset(row["portal_id"] for row in rows))


def admit(tx: Transaction, token: str, method: str, operation: str, portal_id: str | None) -> None:
    """403 where the token's role or its portals do not reach; else the transaction sees its portals alone."""
    grant = grant_of(tx, token)
    tx.portals = grant.portals
    if not grant.admits(method, operation, tx.switches.viewer_reads_teams):
        raise forbidden()
    if portal_id is not None and grant.portals is not None and portal_id not in grant.portals:
        raise forbidden()
