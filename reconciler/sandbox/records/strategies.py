"""How applications prove who they are: auth strategies of the organisation (openapi.yaml, AuthStrategyKeyAuth …)."""

from __future__ import annotations

from reconciler.sandbox.protocol.written import an_object
from reconciler.sandbox.state.store import Row, Transaction

KEY_AUTH = "key_auth"
CREDENTIAL_TYPES = (KEY_AUTH, "client_credentials", "self_managed_client_credentials")

SHOWN = {name: f"auth_strategies.{name}" for name in ("id", "name", "credential_type")}
IS_KEYS = f"auth_strategies.credential_type = '{KEY_AUTH}'"
KEYS = an_object(**SHOWN, key_names="json_array('apikey')")
CLIENT = an_object(**SHOWN, auth_methods="json_array('client_credentials', 'bearer')")
"""The SQL of a strategy as an application shows it, by its kind."""


def find(tx: Transaction, strategy_id: str | None) -> Row | None:
    """The record of a strategy, if there is one."""
    return tx.one("SELECT * FROM auth_strategies WHERE id = ?", strategy_id)
