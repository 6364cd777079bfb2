"""What of portal, policy and rules is not what it was: what counts, and not how it is written."""

from __future__ import annotations

from datetime import date

import pytest

from reconciler.manifest.parse import parse
from reconciler.manifest.policy import policy_of
from reconciler.manifest.policy_changes import DEFAULTS, policy_changes
from reconciler.manifest.tree import Document
from reconciler.model.desired import Policy

PORTAL = "portal: {name: acme, region: eu}\n"


def document(text: str) -> Document:
    found, findings = parse(PORTAL + text, "access.yaml")
    assert found is not None, findings
    return found


def changed(before: str, after: str) -> list[str]:
    return [
        f"{one.path}: {one.before} → {one.after}" for one in policy_changes([document(before)], [document(after)])
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("policy: {scope: {teams: [a, b]}}", "policy: {scope: {teams: [b, a]}}"),
        ("policy: {unlisted: {developers: report}}", ""),
        ("policy: {limits: {removals: {max: 50}}}", "policy: {limits: {removals: {floor: 5}}}"),
        ("rules: [{name: r, match: {email: '*@x.example'}, apis: [a, {name: b, version: v1}]}]",
         "rules: [{apis: [{version: v1, name: b}, a], max: 50, match: {email: '*@x.example'}, name: r, reason: y}]"),
        ("policy: {allow: [{rule: grants, max: 1, until: 2027-01-01, reason: x}]}",
         "policy: {allow: [{until: 2027-01-01, rule: grants, reason: x, max: 1}]}"),
    ],
    ids=["order", "default", "defaults", "rule", "allowance"],
)  # fmt: skip
def test_what_counts_the_same_is_no_change(before: str, after: str) -> None:
    """The order of lists and keys, a default that is written out, a rule's reason."""
    assert changed(before, after) == []


def test_what_counts_otherwise_is_told_with_both_values() -> None:
    assert changed(
        "policy: {scope: {teams: [a]}, protected: {teams: [a]}}\nrules: [{name: r, match: {email: '*@x.example'}}]",
        "policy: {scope: {teams: ['*']}, reinstate: always}\nrules: [{name: s, match: {email: '*@x.example'}}]",
    ) == [
        'policy.scope.teams: ["a"] → ["*"]',
        'policy.reinstate: "held" → "always"',
        'policy.protected.teams: ["a"] → []',
        'rules[r]: {"apis": [], "approve": false, "match": {"email": "*@x.example"}, "max": 50, "teams": []} → None',
        'rules[s]: None → {"apis": [], "approve": false, "match": {"email": "*@x.example"}, "max": 50, "teams": []}',
    ]


def test_another_portal_is_a_change() -> None:
    """The same lines would then be about other people."""
    before, after = document(""), parse("portal: {name: other, region: eu}\n", "access.yaml")[0]
    assert after is not None
    assert [one.path for one in policy_changes([before], [after])] == ["portal.name"]


def test_the_defaults_are_those_of_the_policy() -> None:
    """Written out, they say what counts where nothing is written."""
    tree: dict[str, object] = {}
    for path, value in DEFAULTS.items():
        *parents, key = path.split(".")
        inner = tree
        for parent in parents:
            inner = inner.setdefault(parent, {})  # type: ignore[assignment]
        inner[key] = value
    policy, findings = policy_of(document(f"policy: {tree}".replace("'", '"')), date(2026, 11, 23))
    assert findings == []
    policy.origins.clear()
    assert policy == Policy()
