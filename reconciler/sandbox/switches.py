"""What is not known of the real portal, as switches: every open point of the behaviour contract (section 11).

The defaults are what the contract suggests. A seed sets them with `switches: {name: value}` and they are kept in
the state; whoever runs the portal may set others for that run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any


class SwitchError(ValueError):
    """A switch that does not exist, or a value it does not take; the message says what is known."""


def _switch(default: Any, point: str, says: str, *choices: Any) -> Any:
    return field(default=default, metadata={"point": point, "says": says, "choices": choices})


@dataclass(frozen=True, slots=True)
class Switches:
    """One value a switch. Times are seconds; a limit of 0 is none."""

    default_page_size: int = _switch(10, "11.1", "items on a page where the request does not say")
    largest_page_size: int = _switch(100, "11.1", "items on a page at most, whatever the request says")
    rejected_is_final: bool = _switch(False, "11.2", "approving who or what was rejected is a 400")
    unique_team_names: bool = _switch(True, "11.3", "a second team of one name is a 409")
    email_taken_in_any_case: bool = _switch(True, "11.4", "an address that differs in case only is taken: 409")
    email_filter_in_any_case: bool = _switch(False, "11.4", "filters on an address ignore case")
    stale_seconds: float = _switch(0.0, "11.5", "for how long reads do not see a write")
    forbidden_seconds: float = _switch(0.0, "11.6", "for how long what was just granted answers 403")
    limit_requests: int = _switch(0, "11.7", "requests in a window, then 429; 3000 was recorded")
    limit_window: float = _switch(60.0, "11.7", "the length of that window")
    limit_retry_after: bool = _switch(True, "11.7", "that 429 carries Retry-After")
    limit_connections: int = _switch(0, "11.7", "requests at one time, then 429 without Retry-After")
    login_approves: str = _switch("pending", "11.8", "whom a login by SSO approves", "none", "pending", "all")
    login_prunes: bool = _switch(True, "11.8", "a login by SSO takes the person out of synchronised teams")
    owner_in_lists: bool = _switch(True, "11.9", "lists of applications name the owner")
    stable_order: bool = _switch(True, "11.10", "memberships and registrations keep their order across pages")
    team_with_applications: str = _switch(
        "kept", "11.11", "what becomes of the applications of a deleted team", "kept", "refused", "deleted"
    )
    konnect_managed: str = _switch("seeded", "11.12", "whether teams show that property", "seeded", "shown", "hidden")
    created_status: int = _switch(201, "11.13", "the status of an answer to what was created", 201, 200)
    viewer_reads_teams: bool = _switch(True, "6", "a viewer's token may list teams")

    def but(self, changes: Mapping[str, Any]) -> Switches:
        """With other values, given as themselves or as text. Raises SwitchError."""
        known = {each.name: each for each in fields(self)}
        read = {}
        for name, value in changes.items():
            key = name.replace("-", "_")
            if key not in known:
                raise SwitchError(f"there is no switch {name!r} (known: {', '.join(known)})")
            read[key] = _read(key, value, getattr(DEFAULTS, key), known[key].metadata["choices"])
        return replace(self, **read)


DEFAULTS = Switches()


def _read(name: str, value: Any, default: Any, choices: tuple[Any, ...]) -> Any:
    kind = type(default)
    if isinstance(value, str) and kind is not str:
        value = _from_text(value, kind)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not kind:
        expected = {bool: "true or false", int: "a whole number", float: "a number of seconds", str: "a word"}[kind]
        raise SwitchError(f"switch {name!r} takes {expected}")
    if choices and value not in choices:
        raise SwitchError(f"switch {name!r} is one of {', '.join(map(str, choices))}, not {value!r}")
    least = 1 if "page_size" in name else 0
    if kind in (int, float) and not least <= value < 10**9:
        raise SwitchError(f"switch {name!r} is at least {least}")
    return value


def _from_text(text: str, kind: type) -> Any:
    if kind is bool:
        return {"true": True, "false": False}.get(text.lower(), text)
    try:
        return kind(text)
    except ValueError:
        return text
