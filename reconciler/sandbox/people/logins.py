"""What a login through an identity provider does to an account and its teams (contract 4 and 5, IdP mapping)."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.protocol.bodies import check
from reconciler.sandbox.protocol.problems import forbidden
from reconciler.sandbox.records import developers, identity, memberships, teams
from reconciler.sandbox.state.store import Row, Transaction

APPROVED_BY_LOGIN = {"none": (), "pending": ("pending",), "all": ("pending", "revoked", "rejected")}
"""The statuses that a login lifts, by the value of the switch login_approves (contract 11.8)."""


def arrive(tx: Transaction, portal: Row, email: str, full_name: str) -> Row:
    """The account of who logs in, as it is afterwards: made if there is none, verified, approved by the switch.

    403 where the portal has no authentication or no enabled identity provider. An unknown person's account is
    made as a sign-up makes it, then approved like a pending one: "Developers are auto-approved by Konnect when
    using SSO to log in" (contract 4). The address counts as verified, for the identity provider says it.
    """
    provider = "SELECT 1 FROM identity_providers WHERE portal_id = ? AND enabled"
    if not portal["authentication_enabled"] or not tx.one(provider, portal["id"]):
        raise forbidden()
    known = tx.all("SELECT id, status FROM developers WHERE portal_id = ? AND email = ?", portal["id"], email)
    if len(known) > 1:
        raise LookupError(f"the sandbox has {len(known)} developer {email!r}")
    account: Any = known[0] if known else _new(tx, portal["id"], email, full_name)
    tx.run("UPDATE developers SET verified = 1 WHERE id = ?", account["id"])
    if account["status"] in APPROVED_BY_LOGIN[tx.switches.login_approves]:
        developers.update(tx, portal["id"], account["id"], {"status": "approved"})
    [row] = tx.all("SELECT id, portal_id, status FROM developers WHERE id = ?", account["id"])
    return row


def synchronise(tx: Transaction, developer: Row, groups: frozenset[str]) -> None:
    """Put a developer into the synchronised teams of their groups and, by the switch login_prunes, out of others.

    Only where the portal maps groups. A synchronised team without a mapping counts as an empty group: who was
    added to it by hand is taken out too (contract 5).
    """
    portal_id, own_id = developer["portal_id"], developer["id"]
    if not identity.settings(tx, portal_id)["idp_mapping_enabled"]:
        return
    for team in tx.all("SELECT id FROM teams WHERE portal_id = ? ORDER BY seq", portal_id):
        rows = tx.all("SELECT group_name FROM group_mappings WHERE team_id = ?", team["id"])
        mapped = {row["group_name"] for row in rows}
        # The portal that does not know `konnect_managed` yet synchronises the teams that have groups.
        if teams.get(tx, portal_id, team["id"]).get("konnect_managed", not mapped):
            continue
        sql = "SELECT 1 FROM memberships WHERE team_id = ? AND developer_id = ?"
        member, belongs = bool(tx.one(sql, team["id"], own_id)), bool(mapped & groups)
        if belongs and not member:
            memberships.add(tx, portal_id, team["id"], {"id": own_id})
        if member and not belongs and tx.switches.login_prunes:
            memberships.remove(tx, portal_id, team["id"], own_id)


def _new(tx: Transaction, portal_id: str, email: str, full_name: str) -> dict[str, Any]:
    body = check(developers.CREATE, {"email": email, "full_name": full_name})
    return developers.create(tx, portal_id, body)
