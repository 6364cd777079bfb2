"""Answers held against the response schemas of a published OpenAPI 3.0 file, with plain jsonschema."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import yaml

METHODS = ("get", "post", "put", "patch", "delete")
# Contract 1.2 and 11.3: statuses that the sandbox answers though the operation does not list them.
UNLISTED = {"400": "BadRequestError", "404": "NotFoundError", "409": "ConflictError"}


class Spec:
    """The file, with `nullable` turned into JSON Schema and readOnly and writeOnly left out (contract 10)."""

    def __init__(self, path: str) -> None:
        document = yaml.load(
            Path(path).read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        )
        # Contract 5: a team's description may be null on the wire, although the file says string.
        document["components"]["schemas"]["PortalTeamResponse"]["properties"]["description"]["nullable"] = True
        self.components = _plain(document["components"])
        self.operations = {
            operation["operationId"]: (method.upper(), "/v3" + path)
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if method in METHODS
        }
        self._responses = {
            (method.upper(), "/v3" + path): _plain(operation["responses"])
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if method in METHODS
        }

    def check(self, method: str, path: str, answer: Any) -> None:
        """AssertionError or ValidationError when the answer is not one that the operation may give."""
        for (known, template), responses in self._responses.items():
            if known == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
                if answer.status != 501:
                    self._check(responses, answer)
                return

    def _check(self, responses: dict[str, Any], answer: Any) -> None:
        status = str(answer.status)
        if status not in responses:
            kind, schema = "application/problem+json", {"$ref": f"#/components/schemas/{UNLISTED[status]}"}
        else:
            response = responses[status]
            if "$ref" in response:
                response = self.components["responses"][response["$ref"].rpartition("/")[2]]
            if not response.get("content"):
                assert answer.raw == b""
                return
            [(kind, content)] = response["content"].items()
            schema = content["schema"]
        assert answer.headers["content-type"] == kind
        validator = jsonschema.Draft202012Validator({**schema, "components": self.components})
        validator.validate(answer.value)


def _plain(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    dropped = ("nullable", "readOnly", "writeOnly", "example", "examples", "x-examples")
    plain = {key: _plain(value) for key, value in schema.items() if key not in dropped}
    if schema.get("nullable") is True:
        return {"anyOf": [{"type": "null"}, plain]}
    return plain
