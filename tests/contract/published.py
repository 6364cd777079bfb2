"""The published OpenAPI file, and openapi-core to hold requests and answers against it."""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import yaml

from reconciler.sandbox import Request, Response

from .exceptions import AMENDED, LIMITED, SILENT, UNLISTED, Unlisted

METHODS = ("get", "post", "put", "patch", "delete")
VARIABLE = "KONNECT_OPENAPI"
MISSING = f"{VARIABLE} does not name the published OpenAPI file: nothing is held against it"

Operation = tuple[str, str, dict[str, Any]]
"""Method, path below /v3, and what the file says of it."""


def operations(document: Mapping[str, Any]) -> dict[str, Operation]:
    """Every operation of an OpenAPI document by its id."""
    return {
        operation["operationId"]: (method.upper(), path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def amended(path: str) -> dict[str, Any]:
    """The file, with what it says in prose alone and the exceptions that the contract knows of worked in."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: dict[str, Any] = yaml.load(Path(path).read_text(encoding="utf-8"), loader)
    document["servers"] = [{"url": "/v3"}]
    _say_what_is_sent(document)
    document = _without(SILENT, document)
    document["components"]["responses"]["RateLimited"] = LIMITED
    for place, change in (each for row in AMENDED for each in row.changes.items()):
        at: Any = document
        for part in place.split("/"):
            at = at.setdefault(part, {})
        at.update(change)
    for name, (_, _, operation) in operations(document).items():
        for row in UNLISTED:
            _list(operation["responses"], row, name)
    return document


def _list(answers: dict[str, Any], row: Unlisted, operation: str) -> None:
    """Add the answers of a row to those that an operation lists, if it is about that operation."""
    for status, response in row.responses.items():
        if row.instead_of in answers:
            answers.setdefault(status, answers[row.instead_of])
        elif not row.instead_of and operation in (row.operations or (operation,)):
            answers.setdefault(status, {"$ref": f"#/components/responses/{response}"})


def resolved(document: Mapping[str, Any], part: Any) -> Any:
    """A part of the document, or the one that its reference means."""
    while "$ref" in part:
        place = part["$ref"].removeprefix("#/").split("/")
        part = functools.reduce(lambda at, name: at[name], place, document)
    return part


def _say_what_is_sent(document: dict[str, Any]) -> None:
    """What a request may hold as schemas, not as prose: no read-only property, no other filter, no other sort."""
    components = document["components"]
    for body in components["requestBodies"].values():
        known = resolved(document, body["content"]["application/json"]["schema"])
        properties = known["properties"]
        writable = {name: each for name, each in properties.items() if not resolved(document, each).get("readOnly")}
        known["properties"] = writable
    listed = [each for item in document["paths"].values() for part in item.values() for each in _own(part)]
    for parameter in (*components["parameters"].values(), *listed):
        if parameter.get("style") == "deepObject":
            resolved(document, parameter["schema"])["additionalProperties"] = False
        elif parameter.get("name") == "sort":
            names = "|".join(re.findall(r"^ *- (\w+)$", parameter["description"], re.MULTILINE))
            term = f"({names})( (asc|desc))?"
            parameter["schema"] = {"type": "string", "pattern": f"^{term}(, ?{term})*$"}


def _own(part: Any) -> list[dict[str, Any]]:
    return [each for each in part.get("parameters", ()) if "$ref" not in each] if isinstance(part, dict) else []


def _without(keywords: tuple[str, ...], part: Any) -> Any:
    if isinstance(part, list):
        return [_without(keywords, item) for item in part]
    if not isinstance(part, dict):
        return part
    # A property may have the name of a keyword, its value then being a schema.
    return {
        key: _without(keywords, value)
        for key, value in part.items()
        if key not in keywords or not isinstance(value, bool)
    }


def deep_object(_explode: bool, name: str, _kind: str, query: Mapping[str, str]) -> dict[str, Any]:
    """`filter[email][eq]=a` as {"email": {"eq": "a"}}; openapi-core's own reader drops the operator.

    `filter[labels.env]=dev` is the filter `labels`: any key may stand behind the dot (contract 3).
    """
    found: dict[str, Any] = {}
    for key, value in query.items():
        first, *parts = re.findall(r"[^\[\]]+", key) or [""]
        if first == name and parts:
            outer, *operator = (parts[0].partition(".")[0], *parts[1:])
            found[outer] = {**found.get(outer, {}), operator[0]: value} if operator else value
    if not found:
        raise KeyError(name)
    return found


class Published:
    """The file. What differs from it is said in words; an exchange seen before has the verdict it had then."""

    def __init__(self, document: dict[str, Any]) -> None:
        # Imported here: half a second that only those pay who have the file.
        from jsonschema_path import SchemaPath
        from openapi_core import V30RequestValidator, V30ResponseValidator
        from openapi_core.casting.schemas import oas30_write_schema_casters_factory
        from openapi_core.deserializing.styles import style_deserializers
        from openapi_core.deserializing.styles.factories import StyleDeserializersFactory

        self.document = document
        self.operations = operations(document)
        spec = SchemaPath.from_dict(document)
        styles = {**style_deserializers, "deepObject": deep_object}
        more: dict[str, Any] = {
            "style_deserializers_factory": StyleDeserializersFactory(oas30_write_schema_casters_factory, styles),
            "extra_media_type_deserializers": {"application/problem+json": json.loads},
        }
        # A client must not send what the file does not know, even where the file leaves it open.
        self._requests = V30RequestValidator(spec, forbid_unspecified_additional_properties=True, **more)
        self._responses = V30ResponseValidator(spec, **more)
        self._patterns = {
            (method, re.compile("/v3" + re.sub(r"\{\w+\}", "[^/]+", path))): name
            for name, (method, path, _) in self.operations.items()
        }
        self._verdicts: dict[Any, tuple[str, ...]] = {}

    def operation(self, request: Request) -> str | None:
        """The id of the operation that a request means."""
        known = self._patterns.items()
        return next(
            (n for (method, path), n in known if method == request.method and path.fullmatch(request.path)), None
        )

    def check_request(self, request: Request) -> tuple[str, ...]:
        """What is wrong with a request."""
        kind = request.headers.get("content-type", "")
        signed = "authorization" in request.headers
        key = (request.method, request.target, request.body, kind, signed)
        return self._remember(key, lambda: self._check_request(request))

    def check_answer(self, request: Request, answer: Response) -> tuple[str, ...]:
        """What is wrong with an answer to a request."""
        key = (self.operation(request), answer.status, answer.headers.get("Content-Type", ""), answer.body)
        return self._remember(key, lambda: self._check_answer(request, answer))

    def _remember(self, key: Any, check: Callable[[], Iterator[str]]) -> tuple[str, ...]:
        if key not in self._verdicts:
            self._verdicts[key] = tuple(check())
        return self._verdicts[key]

    def _check_request(self, request: Request) -> Iterator[str]:
        name = self.operation(request)
        if name is None:
            yield "the file has no such operation"
            return
        known = {each["name"] for each in self._parameters(name) if each["in"] == "query"}
        for key, _ in parse_qsl(request.query, keep_blank_values=True):
            if key not in known and key.partition("[")[0] not in known:
                yield f"query: the file has no parameter {key!r}"
        try:
            request.body.decode()
        except UnicodeDecodeError:  # of which openapi-core makes an error that cannot be printed
            yield "request: the body is no UTF-8"
            return
        for error in self._requests.iter_errors(_asked(request)):
            yield f"request: {_in_words(error)}"

    def _parameters(self, name: str) -> list[dict[str, Any]]:
        _, path, operation = self.operations[name]
        listed = [*self.document["paths"][path].get("parameters", ()), *operation.get("parameters", ())]
        return [resolved(self.document, each) for each in listed]

    def _check_answer(self, request: Request, answer: Response) -> Iterator[str]:
        from openapi_core.testing import MockResponse

        kind = answer.headers.get("Content-Type", "")
        given = MockResponse(answer.body, answer.status, dict(answer.headers), kind)
        for error in self._responses.iter_errors(_asked(request), given):
            yield f"answer {answer.status}: {_in_words(error)}"


def _asked(request: Request) -> Any:
    from openapi_core.testing import MockRequest

    query = {
        name: value
        for name, value in parse_qsl(request.query, keep_blank_values=True)
        # allowEmptyValue (contract 2), which openapi-core does not know for numbers
        if value or not name.startswith("page[")
    }
    kind = request.headers.get("content-type", "")
    headers = dict(request.headers)
    return MockRequest(
        "http://portal", request.method, request.path, None, query, None, headers, None, request.body, kind
    )


def _in_words(error: Exception) -> str:
    """An error of openapi-core: the parameter if it is about one, and the cause, which says what is wrong where."""
    cause = error.__cause__ or error
    places = getattr(cause, "schema_errors", ())
    said = "; ".join(f"{each.json_path} {each.message}" for each in places) or str(cause)
    return f"parameter {error.name}: {said}" if hasattr(error, "name") else said


@functools.cache
def published() -> Published | None:
    """The file that KONNECT_OPENAPI names; None where it names none."""
    path = os.environ.get(VARIABLE)
    return Published(amended(path)) if path else None
