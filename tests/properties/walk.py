"""The pure core from end to end: a workspace as YAML text → documents → desired → plan."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from reconciler.manifest.check import check
from reconciler.manifest.read import parse
from reconciler.manifest.resolve import resolve
from reconciler.manifest.tree import Document
from reconciler.model.change import Plan
from reconciler.model.desired import Desired
from reconciler.plan.make import make_plan
from tests.properties.examples import EXAMPLES
from tests.properties.generate import TODAY, Case, case_of


class _Dumper(yaml.CSafeDumper):
    """Never writes anchors: a manifest may not have them, and equal dates are one object here."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def to_yaml(data: dict[str, Any]) -> str:
    """A file's content as an admin could have written it."""
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False)


def as_yaml(case: Case) -> str:
    """A case for people: every file, then the portal."""
    files = [f"--- {name}\n{to_yaml(data)}" for name, data in case.workspace]
    kinds = ("developers", "teams", "memberships", "roles", "applications", "registrations", "apis")
    portal = [str(thing) for kind in kinds for thing in getattr(case.observed, kind)]
    return "\n".join([*files, "--- the portal", *portal])


def plan_for(case: Case) -> Plan:
    """The plan, and proof that the workspace is valid."""
    return make_plan(desired_for(case), case.observed)


def desired_for(case: Case) -> Desired:
    """What the workspace says, and proof that it is valid."""
    documents = KEPT.get(id(case.workspace)) or documents_for(case)
    desired, findings = resolve(documents, TODAY)
    assert not [str(finding) for finding in findings if finding.severity == "error"]
    assert desired is not None
    return desired


def documents_for(case: Case) -> list[Document]:
    """The files as read, and proof that they are well formed."""
    documents = []
    for name, data in case.workspace:
        document, findings = parse(to_yaml(data), name, inside=name)
        assert document is not None, findings
        assert not [str(finding) for finding in findings if finding.severity == "error"]
        documents.append(document)
    assert not [str(finding) for finding in check(documents) if finding.severity == "error"]
    return documents


KEPT: dict[int, list[Document]] = {}
"""The files as read, by the identity of the workspace: of the few cases that are tried over and over."""


@cache
def the_same_few() -> tuple[Case, ...]:
    """Cases that are the same each time, read once."""
    few = (*EXAMPLES.values(), *map(case_of, range(150)))
    KEPT.update((id(case.workspace), documents_for(case)) for case in few)
    return few
