"""Request bodies: what an operation takes, as a table, and the check of a body against it.

Konnect words its reasons in two ways, one per family of endpoints (contract 1.7); a `Shape` names its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox.protocol.problems import Invalid, bad_request, invalid, not_in, unknown_property

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
LABEL_KEY = re.compile(r"(?!kong|konnect|mesh|kic|_).{1,63}")
LABEL_VALUE = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9\-._]{0,61}[a-zA-Z0-9])?")

Wording = Mapping[str, str]
BOTH: Wording = {
    "required": '"{0}" is required',
    "is_object": '"{0}" must be of type object',
    "is_array": '"{0}" must be an array',
    "is_label": '"{0}" must be a valid set of labels',
    "invalid": '"{0}" must be a valid email',
}
APPLICATION_WORDING: Wording = {
    **BOTH,
    "is_string": '"{0}" must be a string',
    "is_uuid": '"{0}" must be a valid UUID',
    "is_boolean": '"{0}" must be a boolean',
    "min_length": '"{0}" length must be at least {1} characters long',
    "max_length": '"{0}" length must be less than or equal to {1} characters long',
}
TEAM_WORDING: Wording = {
    **BOTH,
    "is_string": 'value of "{0}" must be a utf-8 string',
    "is_uuid": 'value of "{0}" must be a UUID',
    "is_boolean": 'value of "{0}" must be true or false',
    "min_length": 'value of "{0}" must not be shorter than {1} characters',
    "max_length": 'value of "{0}" must not exceed {1} characters',
}


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a body. `properties` are those of a nested object, which takes no others."""

    kind: str = "string"
    required: bool = False
    nullable: bool = False
    minimum: int = 0
    maximum: int | None = None
    choices: tuple[str, ...] = ()
    properties: Mapping[str, Property] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shape:
    """The body of an operation; not `closed`: properties it does not know are passed over (openapi.yaml)."""

    properties: Mapping[str, Property]
    wording: Wording = field(default_factory=lambda: APPLICATION_WORDING)
    closed: bool = True


def read(shape: Shape, body: bytes) -> dict[str, Any]:
    """The known properties of a JSON body; 400 with every fault found. No body reads as an empty object."""
    try:
        value = json.loads(body, parse_constant=_refuse) if body else {}
    except (ValueError, RecursionError):
        raise bad_request(invalid("body", "invalid", '"body" must be valid JSON')) from None
    return check(shape, value)


def check(shape: Shape, value: Any) -> dict[str, Any]:
    """The known properties of a body that is no longer text; 400 with every fault found."""
    faults = _object_faults("", value, shape.properties, shape.wording, shape.closed)
    if faults:
        raise bad_request(*faults)
    return {key: value[key] for key in shape.properties if key in value}


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _object_faults(
    prefix: str, value: Any, properties: Mapping[str, Property], wording: Wording, closed: bool = True
) -> list[Invalid]:
    if not isinstance(value, dict):
        name = prefix.removesuffix(".") or "body"
        return [invalid(name, "is_object", wording["is_object"].format(name))]
    faults = [unknown_property(prefix + key) for key in value if closed and key not in properties]
    for name, known in properties.items():
        path = prefix + name
        if name in value:
            faults += _value_faults(path, value[name], known, wording)
        elif known.required:
            faults.append(invalid(path, "required", wording["required"].format(path)))
    return faults


def _value_faults(path: str, value: Any, known: Property, wording: Wording) -> list[Invalid]:
    if value is None and known.nullable:
        return []
    if known.kind == "object" and known.properties:
        return _object_faults(path + ".", value, known.properties, wording)
    rule, fits = KINDS[known.kind]
    if not fits(value):
        # An enumeration names its choices even to a number (openapi.yaml, AssignRoleBadRequestExample4).
        fault = invalid(path, rule, wording[rule].format(path))
        return [not_in(path, known.choices) if known.choices else fault]
    if known.choices and value not in known.choices:
        return [not_in(path, known.choices)]
    if known.maximum is not None and len(value) > known.maximum:
        reason = wording["max_length"].format(path, known.maximum)
        return [invalid(path, "max_length", reason, maximum=known.maximum)]
    if known.minimum and len(value) < known.minimum:
        reason = wording["min_length"].format(path, known.minimum)
        return [invalid(path, "min_length", reason, minimum=known.minimum)]
    return []


def is_text(value: Any) -> bool:
    """Whether a value is a string that UTF-8 can carry (JSON may hold half of a surrogate pair)."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_labels(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and len(value) <= 50
        and all(is_text(key) and LABEL_KEY.fullmatch(key) for key in value)
        and all(each is None or (is_text(each) and LABEL_VALUE.fullmatch(each)) for each in value.values())
    )


KINDS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "string": ("is_string", is_text),
    "email": ("invalid", lambda value: is_text(value) and bool(EMAIL.fullmatch(value))),
    "uuid": ("is_uuid", lambda value: isinstance(value, str) and bool(UUID.fullmatch(value))),
    "boolean": ("is_boolean", lambda value: isinstance(value, bool)),
    "array": ("is_array", lambda value: isinstance(value, list)),
    "object": ("is_object", lambda value: isinstance(value, dict)),
    "labels": ("is_label", _is_labels),
    "anything": ("anything", lambda _: True),
}
"""kind -> (the rule that is broken, whether a value is of that kind)."""
