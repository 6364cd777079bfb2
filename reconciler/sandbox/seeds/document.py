"""A seed document into the store: records as they are, without the rules of the API.

The document (a dict, or YAML or JSON in a file) lists `apis` and `portals`; an unknown key is refused with
those that are known. It may hold what the API forbids: addresses that differ in case only, two teams of one
name.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from reconciler.sandbox.records import tokens
from reconciler.sandbox.records.apis import API, PACKAGE
from reconciler.sandbox.records.portals import FLAGS
from reconciler.sandbox.records.strategies import CREDENTIAL_TYPES, KEY_AUTH
from reconciler.sandbox.seeds.catalogue import Catalogue
from reconciler.sandbox.seeds.naming import Naming
from reconciler.sandbox.seeds.place import Place, SeedError
from reconciler.sandbox.seeds.portal import PortalSeed
from reconciler.sandbox.state.store import Transaction
from reconciler.sandbox.switches import SwitchError

TIMES = ("created_at", "updated_at")
PORTAL_KEYS = (
    "id",
    "name",
    "display_name",
    "description",
    *FLAGS,
    *TIMES,
    "authentication_settings",
    "identity_providers",
    "default_auth_strategy",
    "publications",
    "developers",
    "teams",
    "applications",
)


def read_file(path: Path) -> Any:
    """The document in a YAML file, or in a JSON file if its name ends so. SeedError when it is neither."""
    content = path.read_text(encoding="utf-8")
    try:
        if path.suffix == ".json":
            return json.loads(content)
        import yaml  # here, so that a sandbox without a seed file starts without it

        return yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe
    except Exception as error:  # yaml.YAMLError, which cannot be named without importing yaml
        raise SeedError(f"{path}: {error}") from error


def plant(tx: Transaction, document: Any) -> None:
    """Add the records of a document. SeedError names the first place that is wrong; then nothing is added."""
    seed = Place({} if document is None else document).keys(
        "apis", "auth_strategies", "portals", "switches", "tokens"
    )
    naming = Naming()
    catalogue = Catalogue(tx)
    _switches(tx, seed.at("switches"))
    try:
        for place in seed.each("apis"):
            _api(tx, place, naming, catalogue)
        for place in seed.each("auth_strategies"):
            _strategy(tx, place, naming, catalogue)
        for place in seed.each("portals"):
            place.keys(*PORTAL_KEYS, required=("name",))
            PortalSeed(tx, place, naming, catalogue).plant()
        for place in seed.each("tokens"):
            _token(tx, place)
    except sqlite3.IntegrityError as error:
        raise SeedError(f"seed: the state already holds such a record ({error})") from error


def _switches(tx: Transaction, place: Place) -> None:
    switches = {} if place.value is None else place.value
    if not isinstance(switches, dict) or not all(isinstance(name, str) for name in switches):
        raise place.error("expected a mapping of switches to their values")
    try:
        tx.keep_switches(switches)
    except SwitchError as error:
        raise place.error(str(error)) from error


def _strategy(tx: Transaction, place: Place, naming: Naming, catalogue: Catalogue) -> None:
    place.keys("id", "name", "credential_type", "dcr", required=("name",))
    name = place.text("name")
    if name in catalogue.strategies:
        raise place.error(f"there is an auth strategy {name!r} already")
    strategy = {
        "id": naming.id(place, "auth strategy", "", name),
        "name": name,
        "credential_type": place.text("credential_type", KEY_AUTH, CREDENTIAL_TYPES),
        "dcr_provider_id": naming.id(Place({}), "dcr provider", name) if place.flag("dcr", False) else None,
    }
    tx.insert("auth_strategies", strategy)
    catalogue.strategies[name] = strategy["id"]


def _token(tx: Transaction, place: Place) -> None:
    place.keys("token", "role", "portals", required=("token", "role"))
    portals = []
    for portal in place.each("portals"):
        row = tx.one("SELECT id FROM portals WHERE name = ?", str(portal.value))
        if row is None:
            raise portal.error(f"there is no portal {portal.value!r}")
        portals.append(row["id"])
    tokens.add(tx, place.text("token"), place.text("role", choices=tokens.ROLES), portals)


def _api(tx: Transaction, place: Place, naming: Naming, catalogue: Catalogue) -> None:
    place.keys("id", "name", "version", "package", "labels", *TIMES, required=("name",))
    kind = PACKAGE if place.flag("package", False) else API
    name, version = place.text("name"), place.text("version")
    labels = place.value.get("labels") or {}
    if not isinstance(labels, dict):
        raise place.at("labels").error("expected a mapping")
    api = {
        "id": naming.id(place, kind, name, version or ""),
        "entity_type": kind,
        "name": name,
        "version": version,
        "slug": "-".join("".join(c if c.isalnum() else " " for c in f"{name} {version or ''}").lower().split()),
        "labels": json.dumps(labels),
        **naming.times(place),
    }
    tx.insert("apis", api)
    catalogue.add(kind, name, version, api["id"])
