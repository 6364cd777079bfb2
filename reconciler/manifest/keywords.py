"""One row a keyword of the schema: what breaking it is called, what is said about it and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from reconciler.manifest.problem import Broken, Problem
from reconciler.manifest.words import choices, found, nearest, quoted


def problems(broken: Broken) -> Iterable[Problem]:
    """What a broken keyword means to the author; one problem a key where several keys are wrong."""
    return _ROWS.get(broken.keyword, _other)(broken)


def _other(broken: Broken) -> Iterator[Problem]:
    message = f"{broken.what} is not what a manifest may say"
    yield broken.problem("invalid-value", message, "compare it with the README")


_TYPES = {
    "array": "a list",
    "object": "a mapping",
    "string": "a text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "null": "null",
}


def _type(broken: Broken) -> Iterator[Problem]:
    wanted = broken.wanted
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    yield _wrong_type(broken, names)


def _any_of(broken: Broken) -> Iterator[Problem]:
    """No alternative is of this type at all; every list item of ours is a text or a mapping."""
    yield _wrong_type(broken, ["string", "object"])


def _wrong_type(broken: Broken, wanted: list[str]) -> Problem:
    value = broken.value
    meant = "a day" if _is_date(broken) else choices(_TYPES[name] for name in wanted)
    message = f"{broken.what} must be {meant}, found {found(value)}"
    rule = "null-value" if value is None else "wrong-type"
    return broken.problem(rule, message, _type_hint(value, wanted, broken))


def _type_hint(value: Any, wanted: list[str], broken: Broken) -> str:
    if value is None:
        return _NULL_HINTS.get(wanted[0], "write a value, or remove the key")
    if "string" in wanted and not isinstance(value, (list, dict)):
        return "write a day as YYYY-MM-DD" if _is_date(broken) else "put it in quotes if it is meant as it stands"
    if wanted == ["array"]:
        return "begin each item on a line of its own with -, or put the items in [ ]"
    if isinstance(value, str) and "object" not in wanted:
        return f"write {choices(_TYPES[name] for name in wanted)} without quotes"
    return f"write {choices(_TYPES[name] for name in wanted)} there"


def _is_date(broken: Broken) -> bool:
    return broken.schema.get("format") == "date"


_NULL_HINTS = {
    "array": "write [] for an empty list: a file that was cut off must not read as nobody",
    "object": "write {} for an empty mapping, or remove the key: a file that was cut off must not read as nothing",
}


def _unknown_keys(broken: Broken) -> Iterator[Problem]:
    known = list(broken.schema["properties"])
    for key in broken.value:
        if key not in known:
            message = f"unknown key {quoted(key)}{nearest(key, known)}"
            hint = f"known here: {', '.join(known)}"
            if {"name", "package"} <= set(broken.value) and key in ("name", "package"):
                hint = "give either `name` (and `version`) or `package`"
            yield broken.problem_at(key, "unknown-key", message, hint)


def _missing_key(broken: Broken) -> Iterator[Problem]:
    for key in broken.wanted:
        if key not in broken.value:
            hint = _MISSING_HINTS.get(key, f"add `{key}`")
            yield broken.problem("missing-key", f"{broken.what} lacks `{key}`", hint)


_MISSING_HINTS = {
    "full_name": "`invite: true` needs the person's `full_name`",
    "apis": "add `apis`, a list; [] lists none",
    "applications": "add `applications`, a list; [] lists none",
}


def _one_of(broken: Broken) -> Iterator[Problem]:
    """The only keyword of this kind: either a name or an id."""
    if not isinstance(broken.value, dict):
        return  # its type is reported already
    keys = [key for alternative in broken.wanted for key in alternative["required"]]
    if all(key in broken.value for key in keys):
        message = f"{choices(f'`{key}`' for key in keys)}, not both"
        yield broken.problem_at(keys[-1], "conflicting-keys", message, "keep one of the two")
    else:
        message = f"{broken.what} lacks {choices(f'`{key}`' for key in keys)}"
        yield broken.problem("missing-key", message, f"add {choices(f'`{key}`' for key in keys)}")


def _enum(broken: Broken) -> Iterator[Problem]:
    known = [str(value) for value in broken.wanted]
    if not isinstance(broken.value, str):
        yield _wrong_type(broken, ["string"])
        return
    message = f"{broken.what} is {quoted(broken.value)}{nearest(broken.value, known)}"
    yield broken.problem("unknown-value", message, f"write {choices(known)}")


def _form(broken: Broken) -> Iterator[Problem]:
    """A pattern or format: the title tells which rule, `patternErrorMessage` what is meant."""
    rule, form = _FORMS.get(broken.schema.get("title", ""), ("invalid-value", "what is meant there"))
    hint = broken.schema.get("patternErrorMessage", "Compare it with the README.").rstrip(".")
    yield broken.problem(rule, f"{broken.what}: {quoted(broken.value)} is not {form}", hint[0].lower() + hint[1:])


_FORMS = {
    "Day": ("invalid-date", "a day of the calendar"),
    "E-mail address": ("invalid-email", "an e-mail address"),
    "Domain pattern": ("invalid-match", "of the form *@domain"),
    "Server URL": ("invalid-server", "the URL of a server"),
    "Id": ("invalid-id", "an id"),
    "Path": ("invalid-path", "a file or folder of the workspace"),
}


def _length(broken: Broken) -> Iterator[Problem]:
    if broken.keyword == "minLength":
        yield broken.problem("empty-value", f"{broken.what} is empty", "write a text, or remove the key")
        return
    message = f"{broken.what} has {len(broken.value)} characters, {broken.wanted} are allowed"
    yield broken.problem("too-long", message, "shorten it")


def _range(broken: Broken) -> Iterator[Problem]:
    edge = "at least" if broken.keyword == "minimum" else "at most"
    message = f"{broken.what} is {broken.value}, it must be {edge} {broken.wanted}"
    yield broken.problem("out-of-range", message, f"write {edge} {broken.wanted}")


def _tombstone(broken: Broken) -> Iterator[Problem]:
    """The one place where a list must be empty: what someone lists whose access is taken away."""
    hint = "remove the key; whoever is revoked or rejected has no access to list"
    message = f"an entry that is revoked or rejected lists {broken.what}"
    yield Problem("tombstone-lists-access", broken.path, message, hint, at_key=True)


_ROWS: dict[str, Callable[[Broken], Iterator[Problem]]] = {
    "type": _type,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "additionalProperties": _unknown_keys,
    "required": _missing_key,
    "enum": _enum,
    "pattern": _form,
    "format": _form,
    "minLength": _length,
    "maxLength": _length,
    "minimum": _range,
    "maximum": _range,
    "maxItems": _tombstone,
}
