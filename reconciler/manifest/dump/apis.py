"""How a manifest names the APIs of a portal, where it can."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.model.desired import ApiName
from reconciler.model.observed import Api, Registration
from reconciler.plan.index import Index

Named = str | dict[str, Any]
"""An API as an item of a list names it."""


def named(index: Index, api: Api) -> Named | None:
    """The published API by its name, or with its version where several have the name; None where that will not do."""
    package = api.entity_type == "api_package"
    for name in (ApiName(api.name, package=package), ApiName(api.name, api.version, any_version=False)):
        if index.apis_named(name) == [api] and name.package == package:
            return _item(name)
    return None


def named_for(index: Index, registration: Registration, others: Sequence[Registration]) -> tuple[Named | None, str]:
    """The API of a registration, told from those of the application's other ones; None, with the reason, if not."""
    api = index.apis.get(registration.api_id)
    if api is None:
        return None, "unpublished-api"
    same = [one for one in others if (one.api_name, one.entity_type) == (api.name, api.entity_type)]
    item = named(index, api)
    if isinstance(item, str) and len(same) > 1:  # a line without a version would mean all of them
        item = {"name": api.name, "version": api.version}
    if item is None or sum(one.api_version == api.version for one in same) > 1:
        return None, "ambiguous-api"
    return item, ""


def _item(name: ApiName) -> Named:
    if name.package:
        return {"package": name.name}
    return name.name if name.any_version else {"name": name.name, "version": name.version}
