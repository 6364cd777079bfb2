"""Requests that schemathesis makes up from the published file, about the things that a portal has."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from reconciler.sandbox import Request, Sandbox
from tests.sandbox.conftest import SEED

from .exceptions import GENERATED
from .published import Published, resolved
from .watch import as_request

EXAMPLES = 25
"""Requests an operation and mode."""

ACME = SEED["portals"][0]
PARTNERS, *OTHERS = ACME["teams"]
RICH: dict[str, Any] = {
    **SEED,
    "portals": [
        {
            **ACME,
            "identity_providers": [{"type": "oidc", "enabled": True}],
            "teams": [{**PARTNERS, "groups": ["partners"]}, *OTHERS],
        }
    ],
}
ALWAYS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
VERDICT = {"positive": "positive_data_acceptance", "negative": "negative_data_rejection"}
TOKEN = {"authorization": "Bearer t"}

Ids = dict[str, list[str]]


def ids_in(sandbox: Sandbox) -> Ids:
    """The ids of what is on the portal, by the name of the parameter that takes them in a path."""

    def listed(path: str) -> list[str]:
        answer = sandbox.answer(Request("GET", f"/v3{path}", TOKEN)).value()
        return [each["id"] for each in (answer if isinstance(answer, list) else answer["data"])]

    [portal] = listed("/portals")
    here = f"/portals/{portal}"
    portals = sandbox.answer(Request("GET", "/v3/portals", TOKEN)).value()["data"]
    [provider] = listed(f"{here}/identity-providers")
    teams = listed(f"{here}/teams")
    return {
        "portalId": [portal],
        "developerId": listed(f"{here}/developers"),
        "teamId": teams,
        "roleId": [role for team in teams for role in listed(f"{here}/teams/{team}/assigned-roles")],
        "applicationId": listed(f"{here}/applications"),
        "registrationId": listed(f"{here}/application-registrations"),
        "apiId": listed("/apis"),
        "strategy": [portals[0]["default_application_auth_strategy_id"]],
        "id": [provider],
        "mappingId": [provider],
    }


def name_what_is_there(document: dict[str, Any], ids: Ids) -> None:
    """Let every id in a path or a body be one that is there: with any UUID nearly every answer were a 404.

    Likewise a label or an attribute to filter by gets its key (contract 3), and a page a number that can be.
    """
    for each in _parameters(document):
        if each["in"] == "path":
            each["schema"] = {"type": "string", "enum": ids[each["name"]]}
        elif each["name"] == "filter":
            filters = resolved(document, each["schema"])["properties"]
            for keyed in {"labels", "attributes"} & filters.keys():
                if "allOf" in resolved(document, filters[keyed]):
                    filters[f"{keyed}.env"] = filters.pop(keyed)
        elif each["name"].startswith("page["):
            counted = each["schema"]["type"] == "integer"
            each["schema"] = {**each["schema"], "maximum": 10**9} if counted else {"type": "string", "enum": [""]}
    schemas = document["components"]["schemas"]
    # A team that may own applications may do so for some APIs only (contract 5): a developer is always right.
    owners = [{"type": "developer", "id": one} for one in ids["developerId"]]
    for name in ("CreateApplicationRequest", "UpdateApplicationRequest"):
        schemas[name]["properties"]["owner"] = {"type": "object", "enum": owners}
    bodies = {
        ("AddDeveloperToTeamRequest", "id"): ids["developerId"],
        ("CreateApplicationRequest", "auth_strategy_id"): ids["strategy"],
        ("CreateApplicationRegistrationRequest", "api_id"): ids["apiId"],
        ("CreatePortalIdpTeamGroupMappingRequest", "team_id"): ids["teamId"],
        ("PortalAssignRoleRequest", "entity_id"): ids["apiId"],
        ("PortalAssignRoleRequest", "role_name"): ["API Viewer", "API Consumer"],
        ("PortalAssignRoleRequest", "entity_type_name"): ["Services"],
    }
    # An application of keys has no client (openapi.yaml, KeyAuthApplication), and a cursor comes from a page.
    for name in ("client_id", "dcr_client_id"):
        schemas["CreateApplicationRequest"]["properties"].pop(name)
    # What a label may be called stands in prose alone.
    labels = schemas["LabelsUpdate"]
    labels["properties"], labels["additionalProperties"] = {"env": labels["additionalProperties"]}, False
    mapping = schemas["PortalTeamGroupMappingsUpdateRequest"]["properties"]["data"]["items"]
    mapping["properties"]["team_id"] = {"type": "string", "enum": ids["teamId"]}
    for (schema, name), values in bodies.items():
        schemas[schema]["properties"][name] = {"type": "string", "enum": values}


def _parameters(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        for part in item.values():
            listed = part if isinstance(part, list) else part.get("parameters", ())
            yield from (resolved(document, each) for each in listed)


def checks_of(operation: str, *names: str) -> list[Any]:
    """The checks of schemathesis of those names, but for what is excepted for the operation."""
    from schemathesis import checks

    excepted = {row.check for row in GENERATED if operation in row.operations}
    return [getattr(checks, name) for name in names if name not in excepted]


class Portal:
    """A served portal, and the requests to it."""

    def __init__(self, sandbox: Sandbox, url: str, file: Published) -> None:
        import schemathesis

        self._sandbox, self._url, self._file = sandbox, url, file
        self._anew()
        document = copy.deepcopy(file.document)
        name_what_is_there(document, ids_in(sandbox))
        self._schema = schemathesis.openapi.from_dict(document)

    def _anew(self) -> None:
        self._sandbox.clear()
        self._sandbox.load(RICH)

    def send(self, name: str, mode: str) -> None:
        """Send what is made up for an operation; FailureGroup of schemathesis with everything that is wrong."""
        from hypothesis import HealthCheck, Phase, given, settings
        from schemathesis import GenerationMode
        from schemathesis.core.failures import FailureGroup

        operation = self._schema.find_operation_by_id(name)
        always, verdict = checks_of(name, *ALWAYS), checks_of(name, VERDICT[mode])

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        )
        @given(operation.as_strategy(generation_mode=GenerationMode(mode)))
        def each(case: Any) -> None:
            self._anew()
            answer = case.call(base_url=f"{self._url}/v3", headers=TOKEN)
            case.validate_response(answer, checks=always)
            if not verdict:
                return
            try:
                case.validate_response(answer, checks=verdict)
            except FailureGroup:
                # Not all that is made up wrongly is wrong on the wire: a filter that is an empty object leaves no
                # trace in a query. Where openapi-core reads what was sent otherwise, it is left open.
                allowed = self._file.check_request(as_request(answer.request)) == ()
                if allowed == (mode == "positive"):
                    raise

        each()
