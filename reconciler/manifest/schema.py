"""The manifest's schema, and for each of its definitions a quick yes or no."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import jsonschema_rs

from reconciler.shipped import schema_text

Gate = Callable[[Any], bool]


@cache
def manifest_schema() -> dict[str, Any]:
    """The schema of a whole manifest file."""
    schema: dict[str, Any] = json.loads(schema_text("manifest.schema.json"))
    return schema


def schema_of(definition: str) -> dict[str, Any]:
    """The schema of one definition, which can stand by itself."""
    schema = manifest_schema()
    return {
        "$schema": schema["$schema"],
        "allOf": [{"$ref": f"#/definitions/{definition}"}],
        "definitions": schema["definitions"],
    }


@cache
def inlined(definition: str) -> dict[str, Any]:
    """The schema of one definition with every reference replaced by what it refers to; no definition needs itself."""

    def inline(schema: Any) -> Any:
        if isinstance(schema, list):
            return [inline(item) for item in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            return inlined(schema["$ref"].removeprefix("#/definitions/"))
        return {key: inline(value) for key, value in schema.items()}

    schema: dict[str, Any] = inline(manifest_schema()["definitions"][definition])
    return schema


@cache
def gate(definition: str) -> Gate:
    """Whether a value is what the definition says; compiled once, some hundred times quicker than an explanation."""
    is_valid = jsonschema_rs.Draft7Validator(schema_of(definition), validate_formats=True).is_valid

    def fits(value: Any) -> bool:
        try:
            return is_valid(value)
        except ValueError:  # what could not be read (`UNREAD`) is no JSON
            return False

    return fits
