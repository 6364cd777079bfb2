"""What an answer means: JSON if the portal did as asked, else one of our errors (contract section 1.7)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from reconciler.errors import (
    ConflictError,
    ForbiddenError,
    NonsenseError,
    NotFoundError,
    PortalError,
    RefusedError,
    UnauthorizedError,
)
from reconciler.portal.wire import Answer
from reconciler.secret import Secret, visible

_ERRORS: dict[int, type[PortalError]] = {
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
}

_HINTS = {
    401: "check the token: a personal (kpat_) or system account token (spat_) of this organisation, not expired",
    404: "check the id and the region: each region has portals of its own",
    409: "run plan again: it shows what is there now",
}
_TRACES = ("x-datadog-trace-id", "x-kong-request-id", "x-request-id")
"""Headers that name a request where no problem document does; which of them Konnect sends is not documented."""
_MAY_READ = "reading needs the roles Portal Viewer on the portal and API Viewer on its APIs (teams: Portal Admin)"
_MAY_WRITE = "writing needs Portal Admin on the portal, and for registrations API Registration Approver on the API"
_ALLOW_LIST = "; the portal's IP allow list may also refuse this address"


def is_success(answer: Answer) -> bool:
    """Any 2xx: real servers answer 200 where 201 is documented (contract 1.7)."""
    return 200 <= answer.status < 300


def payload(asked: str, answer: Answer, secret: Secret) -> Any:
    """The JSON of a successful answer, None for an empty body. Raises NonsenseError if it is not JSON."""
    try:
        return answer.json()
    except ValueError as error:
        said = _excerpt(answer, secret)
        raise NonsenseError(
            f"{asked} was answered {answer.status} with something that is not JSON: {said}",
            "is the server's address that of Konnect, or does a proxy answer in its place?",
            status=answer.status,
        ) from error


def trace_of(answer: Answer) -> str:
    """The correlation id that Kong's support asks for: a problem's "kong:trace:…", else what a header says, or ""."""
    instance = _problem(answer).get("instance") if answer.status >= 400 else None
    if isinstance(instance, str):
        return visible(instance)
    return next((visible(answer.headers[name]) for name in _TRACES if answer.headers.get(name)), "")


def refusal(asked: str, answer: Answer, secret: Secret) -> PortalError:
    """The error for an answer that is neither 2xx nor to be repeated: a redirect, or any 4xx."""
    status = answer.status
    if status < 400:
        return NonsenseError(
            f"{asked} was answered {status}, pointing to {_target(answer)}: no redirect is followed",
            "use the server's own address",
            status=status,
        )
    hint = _HINTS.get(status, "")
    if status == 403:
        hint = (_MAY_READ if asked.startswith("GET ") else _MAY_WRITE) + _ALLOW_LIST
    error = _ERRORS.get(status, RefusedError)
    return error(f"{asked} was {described(answer, secret)}", hint, status=status, trace=trace_of(answer))


def described(answer: Answer, secret: Secret) -> str:
    """The answer's status and the server's reason in a few words: problem+json, the edge's plain JSON, or neither."""
    problem = _problem(answer)
    said = next((problem[key] for key in ("detail", "message", "title") if isinstance(problem.get(key), str)), None)
    text = _excerpt(answer, secret) if said is None else visible(secret.hide(said))
    reasons = "; ".join(_reasons(problem, secret))
    return f"answered {answer.status}" + (f": {text}" if text else "") + (f" ({reasons})" if reasons else "")


def _reasons(problem: dict[str, Any], secret: Secret) -> list[str]:
    """Each invalid parameter with its field, unless its reason names the field anyway."""
    invalid = problem.get("invalid_parameters")
    found = []
    for item in invalid[:5] if isinstance(invalid, list) else []:
        if isinstance(item, dict):
            name, reason = str(item.get("field", "")), str(item.get("reason", ""))
            found.append(visible(secret.hide(reason if name in reason else f"{name}: {reason}")))
    return found


def _problem(answer: Answer) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _excerpt(answer: Answer, secret: Secret) -> str:
    text = answer.content[:2000].decode("utf-8", "replace").strip()
    return visible(secret.hide(text), 80)


def _target(answer: Answer) -> str:
    """The host that a redirect names; the rest of the address may hold what is nobody's business."""
    try:
        host = urlsplit(answer.headers.get("location", "")).hostname
    except ValueError:
        host = None
    return visible(host) if host else "another path of this server"
