"""APIs, packages and auth strategies by name, for the references of a seed and of the people on the portal."""

from __future__ import annotations

from reconciler.sandbox.records.apis import API, PACKAGE
from reconciler.sandbox.seeds.place import Place
from reconciler.sandbox.state.store import Transaction


class Catalogue:
    """The APIs and packages of the state, and those added since."""

    def __init__(self, tx: Transaction) -> None:
        self._versions: dict[tuple[str, str], list[tuple[str | None, str]]] = {}
        self.ids: list[str] = []
        rows = tx.all("SELECT name, id FROM auth_strategies ORDER BY seq")
        self.strategies: dict[str, str] = {row["name"]: row["id"] for row in rows}
        for row in tx.all("SELECT entity_type, name, version, id FROM apis ORDER BY seq"):
            self.add(row["entity_type"], row["name"], row["version"], row["id"])

    def add(self, kind: str, name: str, version: str | None, api_id: str) -> None:
        """Add one more."""
        self._versions.setdefault((kind, name), []).append((version, api_id))
        self.ids.append(api_id)

    def find(self, kind: str, name: str, version: str | None) -> str:
        """The id of the one of that name and, unless None, version. LookupError when none or several."""
        found = [api_id for own, api_id in self._versions.get((kind, name), ()) if version is None or own == version]
        if version is None and len(found) > 1:
            # The one without a version can only be meant by leaving the version out.
            plain = [api_id for own, api_id in self._versions[kind, name] if own is None]
            found = plain or found
        if len(found) != 1:
            full = f"{name} {version or ''}".strip()
            raise LookupError(f"{len(found) or 'no'} {'package' if kind == PACKAGE else 'API'}s are called {full!r}")
        return found[0]

    def strategy(self, place: Place) -> str | None:
        """The id of the auth strategy that a place names; None where it names none. SeedError."""
        if place.value is None:
            return None
        found = self.strategies.get(str(place.value))
        if found is None:
            raise place.error(f"there is no auth strategy {place.value!r} (list it under auth_strategies)")
        return found

    def refer(self, place: Place) -> str:
        """The id that `{api, version}` or `{package}` of a place means; either may be `{id: …}`."""
        kind, key = (PACKAGE, "package") if place.value.get("package") is not None else (API, "api")
        value = place.value.get(key)
        if value is None:
            raise place.error("'api' or 'package' is missing")
        if isinstance(value, dict):
            api_id = place.at(key).keys("id", required=("id",)).uuid("id")
            if api_id is None or api_id not in self.ids:
                raise place.at(key).error(f"no API or package has the id {api_id}")
            return api_id
        try:
            return self.find(kind, place.text(key), place.text("version"))
        except LookupError as error:
            raise place.error(str(error)) from error
