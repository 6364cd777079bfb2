"""Developers and teams of one portal of a seed, as other parts of it name them."""

from __future__ import annotations

from reconciler.sandbox.seeds.place import Place


class References:
    """Ids by name; several things may have one name."""

    def __init__(self) -> None:
        self._ids: dict[str, dict[str, list[str]]] = {"developer": {}, "team": {}}
        self._known: dict[str, set[str]] = {"developer": set(), "team": set()}

    def remember(self, kind: str, name: str, own_id: str) -> None:
        """Add a developer or team."""
        self._ids[kind].setdefault(name, []).append(own_id)
        self._known[kind].add(own_id)

    def refer(self, kind: str, place: Place) -> str:
        """The id of a developer or team of this portal, by exact name or `{id: …}`. SeedError."""
        if isinstance(place.value, dict):
            own_id = place.keys("id", required=("id",)).uuid("id")
            found = [own_id] if own_id in self._known[kind] else []
        else:
            found = list(self._ids[kind].get(Place({"name": place.value}, place.where).text("name"), ()))
        if len(found) != 1 or found[0] is None:
            how = "several of them: say {id: …}" if found else "none in this portal"
            raise place.error(f"no single {kind} is meant by {place.value!r}, there are {how}")
        return found[0]

    def owner(self, place: Place) -> tuple[str, str]:
        """An address, `{team: name}`, or `{id: …, type: developer or team}` → (kind, id). SeedError."""
        if isinstance(place.value, dict):
            place.keys("team", "id", "type")
            if place.value.get("team") is not None:
                return "team", self.refer("team", place.at("team"))
            kind = place.text("type", "developer", ("developer", "team"))
            return kind, self.refer(kind, Place({"id": place.value.get("id")}, place.where))
        return "developer", self.refer("developer", place)
