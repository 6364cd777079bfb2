"""How applications prove who they are: auth strategies of the organisation (openapi.yaml, AuthStrategyKeyAuth …)."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.state.store import Row, Transaction

KEY_AUTH = "key_auth"
CREDENTIAL_TYPES = (KEY_AUTH, "client_credentials", "self_managed_client_credentials")


def find(tx: Transaction, strategy_id: str | None) -> Row | None:
    """The record of a strategy, if there is one."""
    return tx.one("SELECT * FROM auth_strategies WHERE id = ?", strategy_id)


def render(row: Row) -> dict[str, Any]:
    """A strategy as an application shows it, from the columns `strategy_id, strategy_name, credential_type`."""
    strategy = {"id": row["strategy_id"], "name": row["strategy_name"], "credential_type": row["credential_type"]}
    if row["credential_type"] == KEY_AUTH:
        return {**strategy, "key_names": ["apikey"]}
    return {**strategy, "auth_methods": ["client_credentials", "bearer"]}
