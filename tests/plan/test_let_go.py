"""What becomes of lines that were deleted, word by word; the stories are in tests/scenarios/test_let_go.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from reconciler.model.desired import Desired, Scope
from reconciler.plan.let_go import let_go
from reconciler.plan.make import make_plan
from tests.plan.test_whole_plans import desired, observed, subject_words

PORTAL = "portal: {name: acme, region: eu}\n"
BASE = """
developers:
  - email: kept@x.example
    teams: [crew, beta]
    applications: [{name: App, apis: [payments, {name: orders, version: v1}]}]
  - {email: gone@x.example, teams: [crew], applications: [{name: Tool, apis: [payments]}]}
  - {email: absent@x.example, teams: [crew], applications: [{name: None, apis: [orders]}]}
  - {email: out@x.example, status: revoked}
  - {email: late@x.example, expires: 2026-11-01}
  - {email: leaver@x.example, teams: [crew], applications: [{name: Left, apis: [payments]}]}
  - email: same@x.example
    teams: [{name: crew, expires: 2026-11-02}, beta]
    applications:
      - name: App
        apis: [{name: payments, expires: 2026-11-03}, {name: orders, version: v1}, {package: kit, status: revoked}]
teams:
  - {name: crew, roles: [{role: API Viewer, api: payments}, {role: API Consumer, api: payments, region: us}]}
  - name: beta
    roles: [{role: API Viewer, api: payments}]
    applications: [{name: Bot, apis: [payments, {package: kit}]}]
  - {name: ghost}
"""
NOW = """
developers:
  - {email: kept@x.example, teams: [beta], applications: [{name: App, apis: [{name: orders, version: v2}]}]}
  - {email: leaver@x.example, status: revoked}
  - {email: same@x.example, teams: [beta], applications: [{name: App, apis: [orders]}]}
teams:
  - {name: crew, roles: [{role: API Viewer, api: payments}]}
"""
THERE = {
    "developers": [
        ["d1", "kept@x.example", "approved"],
        ["d2", "gone@x.example", "approved"],
        ["d3", "leaver@x.example", "approved"],
        ["d4", "same@x.example", "approved"],
        ["d5", "out@x.example", "revoked"],
        ["d6", "late@x.example", "pending"],
    ],
    "teams": [["t1", "crew"], ["t2", "beta"]],
    "memberships": [["t1", "d1"], ["t1", "d2"], ["t2", "d1"], ["t2", "d4"], ["t1", "d3"]],
    "roles": [
        ["r1", "t1", "API Viewer", "payments", "eu"],
        ["r2", "t1", "API Consumer", "payments", "us"],
        ["r3", "t2", "API Viewer", "payments", "eu"],
    ],
    "applications": [
        ["a1", "App", "developer", "d1"],
        ["a2", "Tool", "developer", "d2"],
        ["a3", "Left", "developer", "d3"],
        ["a4", "App", "developer", "d4"],
        ["a5", "Bot", "team", "t2"],
    ],
    "registrations": [
        ["g1", "a1", "payments", "approved"],
        ["g2", "a1", "orders1", "approved"],
        ["g3", "a2", "payments", "approved"],
        ["g4", "a3", "payments", "approved"],
        ["g5", "a4", "payments", "approved"],
        ["g6", "a5", "payments", "approved"],
        ["g7", "a5", "kit", "approved"],
    ],
    "apis": [
        ["payments", "payments", None],
        ["orders1", "orders", "v1"],
        ["orders2", "orders", "v2"],
        ["kit", "kit", None, "api_package"],
    ],
}
ALL = 'scope: {developers: ["*"], teams: ["*"], apis: ["*"]}'
POLICIES = {
    "report, which is the default": "",
    "ignore": "policy: {unlisted: {developers: ignore, memberships: ignore, registrations: ignore, roles: ignore}}",
    "taken": f"policy: {{{ALL}, unlisted: {{developers: revoke, memberships: exact, registrations: exact, "
    "roles: remove}}",
    "rules": "policy: {unlisted: {developers: report, memberships: report}}\n"
    "rules: [{name: all, match: {email: '*@x.example'}, approve: true, teams: [crew], apis: [payments]}]",
}

SCOPES = {
    "people out of scope": Scope(developers=("k*",)),
    "teams out of scope": Scope(teams=("b*",)),
    "APIs out of scope": Scope(apis=("o*",)),
}


def meant(text: str) -> Desired:
    found, said = desired({"access.yaml": PORTAL + text})
    assert found is not None, said
    return found


def told(policy: str = "", *, scope: Scope | None = None, read: bool = True) -> Iterator[str]:
    """Every line that was let go, a line each; not `read`: no list was read in full."""
    there = replace(observed(THERE), read=frozenset({"developers", "teams", "memberships", "registrations", "roles"}))
    there = there if read else replace(there, read=frozenset())
    now = meant(f"{policy}\n{NOW}")
    now = replace(now, policy=replace(now.policy, scope=scope or now.policy.scope))
    for one in let_go(meant(BASE), now, make_plan(now, there), there):
        yield f"{one.origin} {subject_words(one.subject)}; was {one.was}; {one.fate}: {one.says}"


def test_what_is_let_go_is_told_word_by_word(golden: Callable[[str, str], None]) -> None:
    """Under each policy, in the order of kinds and lines; and what was not read is not claimed to be there."""
    lines: list[str] = []
    for name, policy in POLICIES.items():
        lines += [f"# {name}", *told(policy), ""]
    for name, scope in SCOPES.items():
        lines += [f"# {name}", *told(scope=scope), ""]
    lines += ["# nothing was read", *told(read=False), ""]
    lines += ["# nothing was read, for it is ignored", *told(POLICIES["ignore"], read=False)]
    golden("let-go.txt", "\n".join(lines) + "\n")


WIDE = "developers: [{email: a@x.example, applications: [{name: App, apis: [%s]}]}]"


@pytest.mark.parametrize(
    ("was", "is_", "gone"),
    [
        ("orders", "{name: orders, version: v1}", False),
        ("{name: orders, version: v1}", "orders", False),
        ("{name: orders, version: v1}", "{name: orders, version: v2}", True),
        ("{name: orders, version: v1}", "{name: orders, version: null}", True),
        ("{name: orders, version: null}", "{name: orders, version: v1}", True),
        ("{name: orders, version: null}", "{name: orders, version: null}", False),
        ("{package: orders}", "orders", True),
        ("{package: orders}", "{package: orders}", False),
        ("orders", "payments", True),
    ],
)
def test_an_api_is_listed_still_where_a_version_may_be_meant(was: str, is_: str, gone: bool) -> None:
    base, now, there = meant(WIDE % was), meant(WIDE % is_), observed({"developers": []})
    assert bool(let_go(base, now, make_plan(now, there), there)) is gone


def test_what_is_listed_still_is_not_let_go() -> None:
    base = meant(BASE)
    assert let_go(base, base, make_plan(base, observed(THERE)), observed(THERE)) == ()
