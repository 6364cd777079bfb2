"""Keys and client secrets of an application, without the secrets (contract 1.3).

They outlive the approval of their developer: only deleting ends them, and registrations decide what they open
(contract 4).
"""

from __future__ import annotations

from reconciler.sandbox.protocol.listing import Listing
from reconciler.sandbox.protocol.problems import bad_request, invalid
from reconciler.sandbox.protocol.query import ListQuery
from reconciler.sandbox.protocol.written import Written, an_object, either
from reconciler.sandbox.records import applications
from reconciler.sandbox.records.strategies import IS_KEYS
from reconciler.sandbox.state.store import Transaction

STATUSES = ("active", "expired", "revoked")
MOST_KEYS = 20
"""API keys of one application (contract 5)."""

SHOWN = {name: f"credentials.{name}" for name in ("id", "display_name", "expires_at", "created_at")}
ITEM = either(
    IS_KEYS,
    an_object(type="'api_key'", **SHOWN, status="credentials.status"),
    an_object(type="'client_secret'", **SHOWN, client_id="applications.client_id"),
)
LISTING = Listing(
    table="credentials",
    source="credentials JOIN applications ON applications.id = credentials.application_id "
    "JOIN auth_strategies ON auth_strategies.id = applications.auth_strategy_id",
)


def page(tx: Transaction, portal_id: str, application_id: str, query: ListQuery) -> Written:
    """GET …/applications/{applicationId}/credentials."""
    applications.find(tx, portal_id, application_id)
    return query.page(tx, ITEM, "credentials.application_id = ?", application_id)


def create(tx: Transaction, application_id: str, display_name: str) -> str:
    """A developer makes a key on the portal; its id. 400 for one too many."""
    if tx.count("SELECT count(*) FROM credentials WHERE application_id = ?", application_id) >= MOST_KEYS:
        reason = f"an application must not have more than {MOST_KEYS} API keys"
        raise bad_request(invalid("display_name", "max_items", reason, maximum=MOST_KEYS))
    new = tx.new()
    credential = {"id": new["id"], "application_id": application_id, "display_name": display_name}
    tx.insert("credentials", {**credential, "status": "active", "created_at": new["created_at"]})
    return new["id"]
