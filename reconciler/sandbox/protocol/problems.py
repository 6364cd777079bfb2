"""What goes wrong, as problem documents (contract 1.7).

A rule raises a `Problem`; the application turns it into `application/problem+json`. The reasons are
literal where the contract quotes them, and in the same tone where it is silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Invalid = dict[str, Any]


class Problem(Exception):  # noqa: N818 - the word of the standard, RFC 9457
    """A refusal of the portal: status, title and detail, and for a 400 what is invalid."""

    def __init__(self, status: int, title: str, detail: str, invalid: Sequence[Invalid] = ()) -> None:
        super().__init__(f"{status} {title}: {detail}" + (f" {list(invalid)}" if invalid else ""))
        self.status = status
        self.title = title
        self.detail = detail
        self.invalid = tuple(invalid)

    def document(self, trace: int) -> dict[str, Any]:
        """The problem as JSON: `{status, title, instance, detail[, invalid_parameters]}`."""
        document: dict[str, Any] = {
            "status": self.status,
            "title": self.title,
            "instance": f"kong:trace:{trace}",
            "detail": self.detail,
        }
        if self.invalid:
            document["invalid_parameters"] = list(self.invalid)
        return document


def invalid(field: str, rule: str, reason: str, source: str = "body", **extra: Any) -> Invalid:
    """One entry of invalid_parameters; `extra` is the key that the rule adds (choices, maximum, minimum)."""
    return {"field": field, "rule": rule, **extra, "reason": reason, "source": source}


def unknown_property(field: str, source: str = "body") -> Invalid:
    """A body property, query parameter or filter that the operation does not have."""
    return invalid(field, "unknown_property", f'"{field}" is not allowed', source)


def not_in(field: str, choices: Iterable[str], source: str = "body") -> Invalid:
    """A value outside an enumeration."""
    known = list(choices)
    return invalid(field, "enum", f"must be one of [{', '.join(known)}]", source, choices=known)


def bad_request(*parameters: Invalid) -> Problem:
    """400, naming each invalid parameter once."""
    unique = [each for index, each in enumerate(parameters) if each not in parameters[:index]]
    return Problem(400, "Invalid Request", "Invalid Parameters", unique)


def unauthorized() -> Problem:
    """401: no bearer token."""
    return Problem(401, "Unauthorized", "Unauthorized")


def forbidden() -> Problem:
    """403."""
    return Problem(403, "Forbidden", "You do not have permission to perform this action")


def not_found() -> Problem:
    """404, also for an id in a path that is no UUID (contract 1.7)."""
    return Problem(404, "Not Found", "Not Found")


def method_not_allowed() -> Problem:
    """405: the path exists, the method does not."""
    return Problem(405, "Method Not Allowed", "Method Not Allowed")


def conflict(detail: str = "Conflict") -> Problem:
    """409."""
    return Problem(409, "Conflict", detail)


def unexpected() -> Problem:
    """500: a defect of the sandbox itself; the cause is kept for the test, not for the client."""
    return Problem(500, "Internal Server Error", "An unexpected error occurred")
