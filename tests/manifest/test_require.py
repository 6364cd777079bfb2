"""policy.require: what every grant must have, whoever writes it and from whichever side; offline, at both lines."""

from __future__ import annotations

from datetime import date
from textwrap import dedent

import pytest

from reconciler.finding import Finding
from reconciler.manifest.check import check
from reconciler.manifest.parse import parse
from reconciler.manifest.resolve import resolve

TODAY = date(2026, 11, 23)
ENTERS = 'rules: [{name: r, match: {email: "*@a.example"}, teams: [t]}]\n'
TOP = "portal: {name: acme-partners, region: eu}\n"


def findings(require: str, **files: str) -> list[Finding]:
    """What is found in a workspace with that requirement in p.yaml, `a__b` being the file a/b.yaml."""
    texts = {"p": TOP + f"policy: {{require: {require}}}\n", **files}
    documents = []
    for name, text in texts.items():
        inside = f"{name.replace('__', '/')}.yaml"
        document, wrong = parse(dedent(text), inside, inside=inside)
        assert document is not None
        assert (wrong, check([document], complete=False)) == ([], [])
        documents.append(document)
    return resolve(documents, TODAY)[1]


def found(require: str, **files: str) -> list[str]:
    """The same, each with its place."""
    return [str(finding).replace(" error ", " ").replace(".yaml:", ":") for finding in findings(require, **files)]


EVERY_SIDE = {
    "people": """\
        defaults: {teams: [partners]}
        developers:
          - bob@a.example
          - email: ada@a.example
            teams: [beta, {name: live, reason: R}]
            applications:
              - {name: Shop, reason: R, apis: [payments, {name: orders, status: revoked}]}
              - {name: Till, apis: [payments, {name: orders, expires: 2026-01-01}]}
          - {email: cy@a.example, reason: R}
          - {email: gone@a.example, status: revoked}
          - {email: over@a.example, expires: 2026-01-01}
        """,
    "teams": """\
        teams:
          - name: staff
            members: [cy@a.example, {email: dee@b.example, reason: R}, {email: e@b.example, expires: 2026-01-01}]
            applications: [{name: Bot, apis: [payments]}]
          - {name: left, members: [gone@a.example]}
        """,
    "apis": """\
        apis:
          - name: invoices
            applications: [{owner: cy@a.example, name: Shop}, {owner: {team: staff}, name: Bot, reason: R}]
        """,
    "rules": """\
        rules:
          - {name: b, match: {email: "*@b.example"}, approve: true, teams: [partners], apis: [orders]}
          - {name: c, match: {email: "*@c.example"}, teams: [partners], reason: R}
        """,
}


def test_a_reason_is_asked_of_every_side_and_of_rules() -> None:
    """What stands in a person's entry goes by that entry's reason; another file's line about them does not."""
    told = [each for each in found('{reason: [{name: why, message: "See W."}]}', **EVERY_SIDE) if "require" in each]
    assert told == [
        f"{line}, against 'why' (p:2:29): See W."
        for line in (
            "apis:3:20 require.reason: invoices for 'Shop' of cy@a.example: there is no `reason`",
            "people:3:5 require.reason: bob@a.example: there is no `reason`",
            "people:4:5 require.reason: ada@a.example: there is no `reason`",
            "rules:2:5 require.reason: rule 'b': approval for *@b.example: there is no `reason`",
            "teams:3:15 require.reason: cy@a.example in staff: there is no `reason`",
            "teams:4:39 require.reason: payments for 'Bot' of team staff: there is no `reason`",
        )
    ]


@pytest.mark.parametrize(
    ("requirement", "told"),
    [
        ("{name: why, of: [developers]}", ["ada@a.example"]),
        ("{name: why, of: [memberships]}", ["ada@a.example in t"]),
        ("{name: why, of: []}", []),
        ("{name: why, of: [developers, memberships]}", ["ada@a.example"]),
        ("{name: why, outside: [A.EXAMPLE]}", []),
        ("{name: why, outside: ['*.a.example']}", ["ada@a.example"]),
        ("{name: why, like: [T-*]}", ["ada@a.example", "bob@a.example"]),
        ("{name: why, like: [T-*, S*]}", ["ada@a.example"]),
    ],
)
def test_a_requirement_says_of_which_grants_and_whose_and_like_what(requirement: str, told: list[str]) -> None:
    """Of an entry that lacks its reason every item lacks it: that is said once."""
    people = "developers: [{email: ada@a.example, teams: [t]}, {email: bob@a.example, reason: S-1}]\n"
    lines = found(f"{{reason: [{requirement}]}}", people=people)
    assert [line.partition("reason: ")[2].partition(": the")[0] for line in lines] == told


def test_a_registration_is_its_owner_s_and_a_rule_s_as_well() -> None:
    """Whose domain counts is the owner's; a team has none. What a rule approves is a registration too."""
    files = {
        "apis": """\
            apis:
              - name: orders
                applications:
                  - {owner: ada@a.example, name: S}
                  - {owner: bob@b.example, name: S}
                  - {owner: {team: t}, name: S}
            """,
        "rules": 'rules: [{name: r, match: {email: "*@b.example"}, teams: [t], apis: [orders]}]\n',
    }
    lines = found("{reason: [{name: why, of: [registrations], outside: [a.example]}]}", **files)
    assert [line.partition(" require.reason: ")[2].partition(": there")[0] for line in lines if "why" in line] == [
        "orders for 'S' of bob@b.example",
        "orders for 'S' of team t",
        "rule 'r': orders for *@b.example",
    ]


def test_whoever_has_an_address_fits_a_star_and_a_team_has_none() -> None:
    files = {
        "people": "developers: [zoë@a.example]\n",
        "apis": "apis: [{name: p, applications: [{owner: zoë@a.example, name: S}, {owner: {team: t}, name: S}]}]\n",
    }
    lines = found("{reason: [{name: why, outside: ['*']}]}", **files)
    assert [line.partition(": there")[0] for line in lines if "why" in line] == [
        "apis:1:66 require.reason: p for 'S' of team t"
    ]
    [nobody] = [
        line for line in found("{teams: [{name: ours, teams: [t], domains: []}]}", rules=ENTERS) if "'ours'" in line
    ]
    assert "*@a.example: only people of no domain enter that team, against 'ours'" in nobody


def test_several_patterns_are_told_as_a_list() -> None:
    people = "developers: [{email: ada@a.example, reason: R, teams: [t]}]\n"
    assert [
        line.partition("ada@a.example")[2].partition(", against")[0]
        for line in found(
            """{reason: [{name: r, of: [developers], like: [A-*, B-*]}],
                teams: [{name: t, teams: [t], domains: [b.example, c.example]}]}""",
            people=people,
        )
        if "ada" in line
    ] == [
        ": the reason 'R' is not like A-* or B-*",
        " in t: only people of b.example, c.example enter that team",
    ]


def test_each_finding_says_what_to_do_next() -> None:
    everything = """{
      reason: [{name: r}], expires: [{name: e}], teams: [{name: t, teams: [t], domains: []}],
      paths: [{name: b, path: b, domains: ["*"], teams: [u, v], apis: []}, {name: c, path: c}]}"""
    hints = {
        (f.rule, "no path" in f.message): f.hint
        for f in findings(
            everything,
            a="developers: [ada@a.example]\n",
            b__x="developers: [{email: bob@a.example, teams: [t]}]\n",
        )
        if "require" in f.rule
    }
    under = "here, or to the person, application or rule that it stands under"
    assert hints == {
        ("require.reason", False): f"add `reason: …` {under}",
        ("require.expires", False): f"add `expires: YYYY-MM-DD` {under}",
        ("require.teams", False): (
            "remove the line; who may enter the team is said by policy.require, and changed by its review"
        ),
        (
            "require.paths",
            False,
        ): "move the line to a file that may grant it; which may is said by policy.require.paths",
        (
            "require.paths",
            True,
        ): "move the line to a file that may grant it; which may is said by policy.require.paths",
        ("idle-requirement", False): "correct the path, or remove it: files elsewhere go by the next path above them",
    }


def test_an_end_is_asked_for_within_so_many_days() -> None:
    """The person's own end counts for all that they are given, by whichever file; the earlier one wins."""
    files = {
        "people": """\
            defaults: {expires: 2026-12-23}
            developers:
              - bob@a.example
              - {email: eve@a.example, expires: 2026-12-24, teams: [{name: t, expires: 2026-12-01}]}
              - us@acme.example
            """,
        "teams": """\
            teams: [{name: t, members: [bob@a.example, dee@a.example, {email: fay@a.example, expires: 2026-12-01}]}]
            """,
        "rules": """\
            rules:
              - {name: r, match: {email: "*@a.example"}, approve: true, expires: 2026-12-24}
              - {name: us, match: {email: "*@acme.example"}, approve: true}
            """,
    }
    lines = found("{expires: [{name: end, outside: [acme.example], days: 30}]}", **files)
    assert [line for line in lines if "require" in line] == [
        "people:4:5 require.expires: eve@a.example: "
        "access ends after 2026-12-24, 2026-12-23 is the latest day today, against 'end' (p:2:30)",
        "rules:2:5 require.expires: rule 'r': approval for *@a.example: "
        "access ends after 2026-12-24, 2026-12-23 is the latest day today, against 'end' (p:2:30)",
        "teams:1:44 require.expires: dee@a.example in t: access does not end, against 'end' (p:2:30)",
    ]


def test_only_people_of_some_domains_enter_a_team() -> None:
    """From the person's side, the team's, by defaults and by rules; a look-alike address is of no domain."""
    files = {
        "people": """\
            defaults: {teams: [core-1]}
            developers:
              - bob@a.example
              - {email: eve@acme.example, teams: [core-2]}
              - {email: ada@a.example, teams: [other, core-2]}
            """,
        "teams": "teams: [{name: core-2, members: [zoë@acme.example, dee@acme.example]}]\n",
        "rules": 'rules: [{name: r, match: {email: "*@a.example"}, teams: [core-3, other]}]\n',
    }
    why = "only people of acme.example enter that team, against 'ours' (p:2:28)"
    assert found("{teams: [{name: ours, teams: [core-*], domains: [acme.example]}]}", **files) == [
        f"people:1:20 require.teams: bob@a.example in core-1: {why}",
        f"people:5:43 require.teams: ada@a.example in core-2: {why}",
        f"rules:1:58 require.teams: rule 'r': core-3 for *@a.example: {why}",
        f"teams:1:34 require.teams: zoë@acme.example in core-2: {why}",
    ]


PATHS = """{paths: [
      {name: all, path: '.', domains: ['*'], teams: ['*'], apis: ['*']},
      {name: pay, path: pay, teams: [pay-*], apis: [payments]},
      {name: one, path: pay/one.yaml, domains: [a.example]}]}
"""


def test_a_path_grants_what_is_its_own_and_the_longest_counts_alone() -> None:
    """Accounts, memberships, teams, roles and registrations; what takes access away is nobody's alone."""
    files = {
        "pay__deep__x": """\
            developers:
              - ada@a.example
              - {email: gone@a.example, status: revoked}
            teams:
              - {name: pay-a, members: [ada@b.example], roles: [{role: API Viewer, api: orders}]}
              - {name: core, roles: [{role: API Viewer, api: payments}]}
            apis:
              - {name: payments, applications: [{owner: ada@a.example, name: S}]}
              - {name: orders, applications: [{owner: ada@a.example, name: S}]}
              - {name: refunds, applications: [{owner: ada@a.example, name: S, status: revoked}]}
            """,
        "pay__one": """\
            developers:
              - {email: bob@a.example, teams: [pay-a]}
              - bob@b.example
            """,
        "pay__roles": "teams: [{name: pay-b, roles: [{role: API Viewer, api: payments}]}]\n",
        "payments__x": "developers: [{email: eve@a.example, teams: [core]}]\n",
    }
    pay, one = "against 'pay' (p:4:7)", "against 'one' (p:5:7)"
    assert found(PATHS, **files) == [
        f"pay/deep/x:2:5 require.paths: ada@a.example: pay may approve people of no domain, {pay}",
        f"pay/deep/x:5:53 require.paths: API Viewer on orders for team pay-a: of APIs pay may give payments, {pay}",
        f"pay/deep/x:6:5 require.paths: team core: of teams pay may give pay-*, {pay}",
        f"pay/deep/x:6:26 require.paths: API Viewer on payments for team core: of teams pay may give pay-*, {pay}",
        f"pay/deep/x:9:35 require.paths: orders for 'S' of ada@a.example: of APIs pay may give payments, {pay}",
        "pay/one:2:36 require.paths: bob@a.example in pay-a: of teams pay/one.yaml may give none, " + one,
        f"pay/one:3:5 require.paths: bob@b.example: pay/one.yaml may approve people of a.example, {one}",
    ]


def test_what_a_path_may_give_is_told_as_a_list_and_rules_give_too() -> None:
    """Rules stand at the top, so that its path is theirs."""
    rule = """\
        rules:
          - {name: r, match: {email: "*@a.example"}, approve: true, teams: [t, core], apis: [orders, payments]}
        """
    some = "{name: top, path: '.', domains: [b.example, c.example], teams: [t, u], apis: [payments, refunds]}"
    told = found(f"{{paths: [{some}]}}", rules=rule)
    assert [line.partition("*@a.example: ")[2].partition(", against")[0] for line in told] == [
        ". may approve people of b.example, c.example",
        "of teams . may give t, u",
        "of APIs . may give payments, refunds",
    ]
    none = found("{paths: [{name: top, path: '.', domains: ['*'], teams: ['*']}]}", rules=rule)
    assert {line.partition("*@a.example: ")[2].partition(", against")[0] for line in none} == {
        "of APIs . may give none"
    }


def test_with_paths_a_file_that_none_holds_may_grant_nothing() -> None:
    """A new folder without an owner must not be a way around; a path that holds nothing is likely misspelt."""
    lines = found(
        "{paths: [{name: pay, path: paymnets, domains: ['*']}]}",
        pay__x="developers: [ada@a.example, {email: gone@a.example, status: revoked}]\n",
        rules='rules: [{name: r, match: {email: "*@a.example"}, approve: true}]\n',
    )
    none = "no path of policy.require.paths holds this file, so that it may grant nothing"
    assert lines == [
        "p:2:28 warning idle-requirement: 'pay' is about paymnets, and counts for no manifest there",
        f"pay/x:1:14 require.paths: ada@a.example: {none}",
        f"rules:1:9 require.paths: rule 'r': approval for *@a.example: {none}",
    ]


def test_a_name_and_a_path_stand_once() -> None:
    assert found("{reason: [{name: a, of: []}], expires: [{name: a, of: []}]}") == [
        "p:2:59 duplicate-requirement: requirement 'a' is listed already at p:2:29"
    ]
    assert found("{paths: [{name: a, path: .}, {name: b, path: .}]}") == [
        "p:2:48 duplicate-path: path . is listed already at p:2:28",
    ]


@pytest.mark.parametrize("path", ["/x", "x/", "../x", "x/../y", "./x", ".git", "", "x//y"])
def test_a_path_is_one_within_the_workspace(path: str) -> None:
    text = TOP + f"policy: {{require: {{paths: [{{name: x, path: '{path}'}}]}}}}\n"
    document, _ = parse(text, "f")
    assert document is not None
    assert [each.rule for each in check([document])] == ["invalid-path"]
