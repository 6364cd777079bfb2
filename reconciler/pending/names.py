"""How a manifest would name what the portal has, and what rules give to whom."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.desired import ApiName, Desired, Rule
from reconciler.model.names import domain_of
from reconciler.model.observed import Registration
from reconciler.plan.index import Index
from reconciler.plan.names import api_problem, the_api


def api_named(index: Index, registration: Registration) -> ApiName:
    """How a manifest names the API: with the version only where the name alone would not do."""
    package = registration.entity_type == "api_package"
    name = ApiName(registration.api_name, package=package)
    if package or len(index.apis_named(name)) == 1:
        return name
    return ApiName(registration.api_name, registration.api_version, any_version=False)


def unpublished(index: Index, registration: Registration, name: ApiName) -> str:
    """Why that name does not mean the registration's API, or ""; it may mean another version by now."""
    problem = api_problem(index, name)
    if not problem and the_api(index, name).id != registration.api_id:
        problem = "the portal does not publish this version any more"
    return problem


def matching_rules(desired: Desired, email: str) -> tuple[Rule, ...]:
    """The rules about that address's domain; a non-ASCII address fits none."""
    domain = domain_of(email)
    return tuple(rule for rule in desired.rules if rule.domain == domain) if email.isascii() else ()


def rule_teams(rules: Sequence[Rule]) -> tuple[str, ...]:
    """The teams that these rules give, each once."""
    return tuple(dict.fromkeys(name for rule in rules for name, _ in rule.teams))
