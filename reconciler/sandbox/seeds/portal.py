"""One portal of a seed document, with everything in it."""

from __future__ import annotations

import json
from typing import Any

from reconciler.sandbox.records.credentials import STATUSES as CREDENTIAL_STATUSES
from reconciler.sandbox.records.developers import STATUSES
from reconciler.sandbox.records.identity import MAPPING, SETTINGS
from reconciler.sandbox.records.portals import FLAGS
from reconciler.sandbox.records.roles import CONSUMER, REGIONS, SERVICES, VIEWER
from reconciler.sandbox.records.strategies import KEY_AUTH
from reconciler.sandbox.seeds.catalogue import Catalogue
from reconciler.sandbox.seeds.naming import Naming
from reconciler.sandbox.seeds.place import Place
from reconciler.sandbox.seeds.references import References
from reconciler.sandbox.state.store import Transaction

TIMES = ("created_at", "updated_at")
CONFIGS = {
    "oidc": {"issuer_url": "https://idp.example", "client_id": "sandbox"},
    "saml": {"idp_metadata_url": "https://idp.example/metadata"},
}


class PortalSeed:
    """Collects the records of a portal, then inserts each kind in one go."""

    def __init__(self, tx: Transaction, place: Place, naming: Naming, catalogue: Catalogue) -> None:
        self._tx = tx
        self._place = place
        self._naming = naming
        self._catalogue = catalogue
        self._name: str = place.text("name")
        self._id = naming.id(place, "portal", self._name)
        self._references = References()
        self._provider: str | None = None
        """The identity provider whose groups are mapped: the enabled one, else the first."""
        self._strategy = ""
        self._rows: dict[str, list[dict[str, Any]]] = {}

    def plant(self) -> None:
        """Insert the portal and all it holds. SeedError."""
        if self._tx.one("SELECT 1 FROM portals WHERE name = ?", self._name):
            raise self._place.error(f"the state already has a portal {self._name!r}")
        self._portal()
        for name, plant in (
            ("identity_providers", self._identity_provider),
            ("developers", self._developer),
            ("teams", self._team),
            ("applications", self._application),
        ):
            for place in self._place.each(name):
                plant(place)
        for table, rows in self._rows.items():
            self._tx.insert(table, *rows)

    def _add(self, table: str, **record: Any) -> None:
        self._rows.setdefault(table, []).append(record)

    def _portal(self) -> None:
        place = self._place
        self._strategy = self._catalogue.strategy(place.at("default_auth_strategy")) or self._own_strategy()
        domain = f"{self._id[:12].replace('-', '')}.eu.portal.konghq.com"
        times = self._naming.times(place)
        self._add(
            "portals",
            id=self._id,
            name=self._name,
            display_name=place.text("display_name", self._name),
            description=place.text("description"),
            **{flag: place.flag(flag, flag == "authentication_enabled") for flag in FLAGS},
            default_application_auth_strategy_id=self._strategy,
            default_domain=domain,
            canonical_domain=domain,
            **times,
        )
        self._settings(place.at("authentication_settings"))
        self._publications(times)

    def _own_strategy(self) -> str:
        """The strategy of API keys that a portal has unless its seed names another."""
        strategy = {
            "id": self._naming.id(Place({}), "auth strategy", self._name),
            "name": "API Key",
            "credential_type": KEY_AUTH,
            "dcr_provider_id": None,
        }
        self._add("auth_strategies", **strategy)
        return strategy["id"] or ""

    def _settings(self, place: Place) -> None:
        place = Place(place.value or {}, place.where).keys(*SETTINGS, *MAPPING)
        usual = ("basic_auth_enabled", "konnect_mapping_enabled")
        settings = {name: place.flag(name, name in usual) for name in SETTINGS}
        settings["idp_mapping_enabled"] = any(place.flag(name, False) for name in MAPPING)
        self._add("authentication_settings", portal_id=self._id, **settings)

    def _publications(self, times: dict[str, str]) -> None:
        usual = {"visibility": "private", "auto_approve_registrations": False, **times}
        usual["auth_strategy_id"] = self._strategy
        published = {}
        if self._place.value.get("publications") is None:
            published = dict.fromkeys(self._catalogue.ids, usual)
        for place in self._place.each("publications"):
            place.keys(
                "api", "version", "package", "visibility", "auto_approve_registrations", "auth_strategy", *TIMES
            )
            api_id = self._catalogue.refer(place)
            if api_id in published:
                raise place.error("published twice")
            published[api_id] = {
                "visibility": place.text("visibility", "private", ("public", "private")),
                "auto_approve_registrations": place.flag("auto_approve_registrations", False),
                "auth_strategy_id": self._catalogue.strategy(place.at("auth_strategy")) or self._strategy,
                **self._naming.times(place),
            }
        for api_id, how in published.items():
            self._add("publications", api_id=api_id, portal_id=self._id, **how)

    def _identity_provider(self, place: Place) -> None:
        place.keys("id", "type", "enabled", "config", *TIMES, required=("type",))
        kind = place.text("type", choices=tuple(CONFIGS))
        config = place.at("config")
        if config.value is not None and not isinstance(config.value, dict):
            raise config.error("expected a mapping")
        own_id = self._naming.id(place, "identity provider", self._name, kind)
        enabled = place.flag("enabled", False)
        if enabled or self._provider is None:
            self._provider = own_id
        self._add(
            "identity_providers",
            id=own_id,
            portal_id=self._id,
            type=kind,
            enabled=enabled,
            config=json.dumps(CONFIGS[kind] if config.value is None else config.value),
            **self._naming.times(place),
        )

    def _developer(self, place: Place) -> None:
        place.keys("id", "email", "full_name", "status", *TIMES, required=("email",))
        email = place.text("email")
        developer_id = self._naming.id(place, "developer", self._name, email)
        self._references.remember("developer", email, developer_id)
        self._add(
            "developers",
            id=developer_id,
            portal_id=self._id,
            email=email,
            full_name=place.text("full_name", email.partition("@")[0]),
            status=place.text("status", "pending", STATUSES),
            **self._naming.times(place),
        )

    def _team(self, place: Place) -> None:
        place.keys(
            "id", "name", "description", "can_own_applications", "konnect_managed", "groups", "members", "roles",
            *TIMES, required=("name",),
        )  # fmt: skip
        name = place.text("name")
        team_id = self._naming.id(place, "team", self._name, name)
        self._references.remember("team", name, team_id)
        self._add(
            "teams",
            id=team_id,
            portal_id=self._id,
            name=name,
            description=place.text("description"),
            can_own_applications=place.flag("can_own_applications", False),
            konnect_managed=place.flag("konnect_managed", None),
            **self._naming.times(place),
        )
        members: set[str] = set()
        for member in place.each("members"):
            developer_id = self._references.refer("developer", member)
            if developer_id in members:
                raise member.error("is a member already")
            members.add(developer_id)
            self._add("memberships", team_id=team_id, developer_id=developer_id)
        for group in place.each("groups"):
            self._group(group, name, team_id)
        for role in place.each("roles"):
            self._role(role, name, team_id)

    def _group(self, place: Place, team: str, team_id: str) -> None:
        group = Place({"group": place.value}, place.where).text("group")
        self._add(
            "group_mappings",
            id=self._naming.id(Place({}), "group mapping", self._name, team, group),
            identity_provider_id=self._provider,
            team_id=team_id,
            group_name=group,
            **self._naming.times(Place({})),
        )

    def _role(self, place: Place, team: str, team_id: str) -> None:
        place.keys("id", "role", "api", "version", "package", "region", required=("role",))
        role = place.text("role", choices=(VIEWER, CONSUMER))
        self._add(
            "roles",
            id=self._naming.id(place, "role", self._name, team, role),
            team_id=team_id,
            role_name=role,
            entity_id=self._catalogue.refer(place),
            entity_type_name=SERVICES,
            entity_region=place.text("region", "*", REGIONS),
        )

    def _application(self, place: Place) -> None:
        place.keys(
            "id", "name", "description", "owner", "registrations", "auth_strategy", "client_id", "dcr_client_id",
            "credentials", *TIMES, required=("name", "owner"),
        )  # fmt: skip
        name = place.text("name")
        kind, owner_id = self._references.owner(place.at("owner"))
        application_id = self._naming.id(place, "application", self._name, owner_id, name)
        self._add(
            "applications",
            id=application_id,
            portal_id=self._id,
            name=name,
            description=place.text("description"),
            labels="{}",
            developer_id=owner_id if kind == "developer" else None,
            team_id=owner_id if kind == "team" else None,
            auth_strategy_id=self._catalogue.strategy(place.at("auth_strategy")) or self._strategy,
            client_id=place.text("client_id", application_id),
            dcr_client_id=place.text("dcr_client_id"),
            **self._naming.times(place),
        )
        for credential in place.each("credentials"):
            self._credential(credential, application_id)
        for registration in place.each("registrations"):
            registration.keys("id", "api", "version", "package", "status", *TIMES)
            api_id = self._catalogue.refer(registration)
            self._add(
                "registrations",
                id=self._naming.id(registration, "registration", application_id, api_id),
                portal_id=self._id,
                application_id=application_id,
                api_id=api_id,
                status=registration.text("status", "pending", STATUSES),
                **self._naming.times(registration),
            )

    def _credential(self, place: Place, application_id: str) -> None:
        """A key or secret, of which there is nothing but the name (contract 1.3)."""
        place.keys("id", "display_name", "status", "created_at", "expires_at", required=("display_name",))
        name = place.text("display_name")
        created = self._naming.times(place)["created_at"]
        self._add(
            "credentials",
            id=self._naming.id(place, "credential", application_id, name),
            application_id=application_id,
            display_name=name,
            status=place.text("status", "active", CREDENTIAL_STATUSES),
            expires_at=place.time("expires_at", "") or None,
            created_at=created,
        )
