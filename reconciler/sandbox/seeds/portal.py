"""One portal of a seed document, with everything in it."""

from __future__ import annotations

import json
from typing import Any

from reconciler.sandbox.records.developers import STATUSES
from reconciler.sandbox.records.identity import MAPPING, SETTINGS
from reconciler.sandbox.records.portals import FLAGS
from reconciler.sandbox.records.roles import CONSUMER, REGIONS, SERVICES, VIEWER
from reconciler.sandbox.seeds.catalogue import Catalogue
from reconciler.sandbox.seeds.naming import Naming
from reconciler.sandbox.seeds.place import Place
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
        self._ids: dict[str, dict[str, list[str]]] = {"developer": {}, "team": {}}
        self._known: dict[str, set[str]] = {"developer": set(), "team": set()}
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
        strategy = self._naming.id(Place({}), "auth strategy", self._name)
        domain = f"{self._id[:12].replace('-', '')}.eu.portal.konghq.com"
        times = self._naming.times(place)
        self._add(
            "portals",
            id=self._id,
            name=self._name,
            display_name=place.text("display_name", self._name),
            description=place.text("description"),
            **{flag: place.flag(flag, flag == "authentication_enabled") for flag in FLAGS},
            default_application_auth_strategy_id=strategy,
            default_domain=domain,
            canonical_domain=domain,
            **times,
        )
        self._settings(place.at("authentication_settings"))
        self._publications(strategy, times)

    def _settings(self, place: Place) -> None:
        place = Place(place.value or {}, place.where).keys(*SETTINGS, *MAPPING)
        usual = ("basic_auth_enabled", "konnect_mapping_enabled")
        settings = {name: place.flag(name, name in usual) for name in SETTINGS}
        settings["idp_mapping_enabled"] = any(place.flag(name, False) for name in MAPPING)
        self._add("authentication_settings", portal_id=self._id, **settings)

    def _publications(self, strategy: str, times: dict[str, str]) -> None:
        usual = {"visibility": "private", "auto_approve_registrations": False, **times}
        published = {}
        if self._place.value.get("publications") is None:
            published = dict.fromkeys(self._catalogue.ids, usual)
        for place in self._place.each("publications"):
            place.keys("api", "version", "package", *usual)
            api_id = self._catalogue.refer(place)
            if api_id in published:
                raise place.error("published twice")
            published[api_id] = {
                "visibility": place.text("visibility", "private", ("public", "private")),
                "auto_approve_registrations": place.flag("auto_approve_registrations", False),
                **self._naming.times(place),
            }
        for api_id, how in published.items():
            self._add("publications", api_id=api_id, portal_id=self._id, auth_strategy_id=strategy, **how)

    def _identity_provider(self, place: Place) -> None:
        place.keys("id", "type", "enabled", "config", *TIMES, required=("type",))
        kind = place.text("type", choices=tuple(CONFIGS))
        config = place.at("config")
        if config.value is not None and not isinstance(config.value, dict):
            raise config.error("expected a mapping")
        self._add(
            "identity_providers",
            id=self._naming.id(place, "identity provider", self._name, kind),
            portal_id=self._id,
            type=kind,
            enabled=place.flag("enabled", False),
            config=json.dumps(CONFIGS[kind] if config.value is None else config.value),
            **self._naming.times(place),
        )

    def _developer(self, place: Place) -> None:
        place.keys("id", "email", "full_name", "status", *TIMES, required=("email",))
        email = place.text("email")
        developer_id = self._naming.id(place, "developer", self._name, email)
        self._remember("developer", email, developer_id)
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
        self._remember("team", name, team_id)
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
        members = [(member, self._refer("developer", member)) for member in place.each("members")]
        for index, (member, developer_id) in enumerate(members):
            if any(developer_id == other for _, other in members[:index]):
                raise member.error("is a member already")
            self._add("memberships", team_id=team_id, developer_id=developer_id)
        for group in place.each("groups"):
            group_name = Place({"group": group.value}, group.where).text("group")
            self._add("group_mappings", team_id=team_id, group_name=group_name)
        for role in place.each("roles"):
            self._role(role, name, team_id)

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
        place.keys("id", "name", "description", "owner", "registrations", *TIMES, required=("name", "owner"))
        name = place.text("name")
        kind, owner_id = self._owner(place.at("owner"))
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
            **self._naming.times(place),
        )
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

    def _owner(self, place: Place) -> tuple[str, str]:
        """An address, `{team: name}`, or `{id: …, type: developer or team}` -> (kind, id)."""
        if isinstance(place.value, dict):
            place.keys("team", "id", "type")
            if place.value.get("team") is not None:
                return "team", self._refer("team", place.at("team"))
            kind = place.text("type", "developer", ("developer", "team"))
            return kind, self._refer(kind, Place({"id": place.value.get("id")}, place.where))
        return "developer", self._refer("developer", place)

    def _remember(self, kind: str, name: str, own_id: str) -> None:
        self._ids[kind].setdefault(name, []).append(own_id)
        self._known[kind].add(own_id)

    def _refer(self, kind: str, place: Place) -> str:
        """The id of a developer or team of this portal, by exact name or `{id: …}`."""
        if isinstance(place.value, dict):
            own_id = place.keys("id", required=("id",)).uuid("id")
            found = [own_id] if own_id in self._known[kind] else []
        else:
            found = list(self._ids[kind].get(Place({"name": place.value}, place.where).text("name"), ()))
        if len(found) != 1 or found[0] is None:
            how = "several of them: say {id: …}" if found else "none in this portal"
            raise place.error(f"no single {kind} is meant by {place.value!r}, there are {how}")
        return found[0]
