"""The shape of manifests: every error at its place, in the words of someone who administers a portal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.finding import Finding
from reconciler.manifest.check import check
from reconciler.manifest.read import load, parse
from reconciler.manifest.tree import Document

UUID = "f32d905a-ed33-46a3-a093-d8f536af9a8a"
PORTAL = "portal: {name: acme-partners, region: eu}\n"


def document(text: str, file: str = "f", *, top: bool = True) -> Document:
    read, found = parse(dedent(text), file, inside=file if top else f"deep/{file}")
    assert read is not None, found
    return read


def found(text: str) -> list[Finding]:
    """What is wrong with a file beside the one that has the portal."""
    return check([document(PORTAL, "a"), document(text)])


def errors(text: str) -> list[str]:
    return [str(finding).replace(" error ", " ") for finding in found(text)]


# A whole folder


BROKEN = {
    "defaults.yaml": """\
        defaults:
          teams: partners
          expire: 2027-06-30
        developers: []
        """,
    "people.yaml": """\
        developers:
          - emial: ada@partner.example
          - bob(at)partner.example
          - email: cy@partner.example
            teams:
            expires: 2027-13-01
          - email: dee@partner.example
            status: revoked
            teams: [partners]
          - email: eve@partner.example
            invite: true
            applications:
              - name: Checkout
                apis: [payments, {name: orders, version: 1.0}, {naem: x}, ~]
        """,
    "policy.yaml": """\
        portal: {name: acme, region: uk}
        policy:
          unlisted: {developers: revoke, roles: exact}
          limits: {removals: {percent: 120}}
        """,
    "teams/a.yaml": """\
        rules: []
        teams:
          - description: ""
          - {name: t, roles: [{role: api consumer, api: payments}], members: [ada]}
        """,
    "zz.yaml": """\
        portal: {id: f32d905a-ed33-46a3-a093-d8f536af9a8a}
        team: []
        """,
}


def test_a_folder_of_broken_files_has_every_error_at_its_line(tmp_path: Path) -> None:
    for name, text in BROKEN.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(dedent(text))
    workspace = load(str(tmp_path))
    assert workspace.findings == ()
    assert [str(finding).removeprefix(f"{tmp_path}/") for finding in check(workspace.documents)] == [
        "defaults.yaml:2:10 error wrong-type: `teams` must be a list, found the text 'partners'",
        "defaults.yaml:3:3 error unknown-key: unknown key 'expire', did you mean 'expires'?",
        "people.yaml:2:5 error missing-key: an entry of `developers` lacks `email`",
        "people.yaml:2:5 error unknown-key: unknown key 'emial', did you mean 'email'?",
        "people.yaml:3:5 error invalid-email: "
        "an entry of `developers`: 'bob(at)partner.example' is not an e-mail address",
        "people.yaml:5:11 error null-value: cy@partner.example: `teams` must be a list, found nothing (null)",
        "people.yaml:6:14 error invalid-date: "
        "cy@partner.example: `expires`: '2027-13-01' is not a day of the calendar",
        "people.yaml:9:5 error tombstone-lists-access: "
        "dee@partner.example: an entry that is revoked or rejected lists `teams`",
        "people.yaml:10:5 error missing-key: eve@partner.example: this entry lacks `full_name`",
        "people.yaml:14:50 error wrong-type: eve@partner.example: `version` must be a text or null, found a number",
        "people.yaml:14:56 error missing-key: eve@partner.example: an item of `apis` lacks `name`",
        "people.yaml:14:57 error unknown-key: eve@partner.example: unknown key 'naem', did you mean 'name'?",
        "people.yaml:14:67 error null-value: "
        "eve@partner.example: an item of `apis` must be a text or a mapping, found nothing (null)",
        "policy.yaml:1:30 error unknown-value: `region` is 'uk'",
        "policy.yaml:3:26 error scope-not-written: "
        "`unlisted.developers: revoke` needs `scope.developers` written out",
        "policy.yaml:3:41 error unknown-value: `roles` is 'exact'",
        "policy.yaml:4:32 error out-of-range: `percent` is 120, it must be at most 100",
        "teams/a.yaml:1:1 error not-at-top: `rules` may stand only in files directly in the workspace's folder",
        "teams/a.yaml:3:5 error missing-key: an entry of `teams` lacks `name`",
        "teams/a.yaml:3:18 error empty-value: `description` is empty",
        "teams/a.yaml:4:30 error unknown-value: t: `role` is 'api consumer', did you mean 'API Consumer'?",
        "teams/a.yaml:4:71 error invalid-email: t: an item of `members`: 'ada' is not an e-mail address",
        f"zz.yaml:1:1 error portal-count: `portal` stands in a second file, first at {tmp_path}/policy.yaml:1:1: "
        "one workspace describes one portal",
        "zz.yaml:2:1 error unknown-key: unknown key 'team', did you mean 'teams'?",
    ]


# What is well-formed


def test_a_file_with_everything_in_it_has_no_errors(tmp_path: Path) -> None:
    """The example of the README, with each way to say a thing."""
    text = """\
        portal: {name: acme-partners, region: eu, server: "https://eu.api.konghq.com"}
        policy:
          scope: {developers: ["*"], teams: ["*"], apis: ["*"]}
          unlisted: {developers: revoke, memberships: remove, registrations: revoke, roles: remove}
          reinstate: always
          limits:
            removals: {percent: 12.5, floor: 0, max: 0}
            grants: {count: 0}
            invites: {}
            may_empty: []
          protected: {developers: ["*@acme.example"], teams: [core-*]}
          allow: [{rule: never-empty, max: 1, until: 2026-12-01, reason: the beta ends}]
          warn_before_expiry: 0
        defaults: {teams: [a, {name: b, expires: 2027-01-31}], expires: 2027-06-30, annotations: {sponsor: jo}}
        developers:
          - bob@partner.example
          - {email: o'hara+x@localhost, status: rejected, teams: [], applications: []}
          - email: jürgen@bücher.example
            applications:
              - {name: A, apis: [p, {name: o, version: }, {package: k, register: true}], register: true}
            invite: true
            full_name: J
            expires: 2020-02-29
            reinstated: 2026-11-20
            reason: x
            annotations: {}
        teams:
          - {name: t, description: d, can_own_applications: false, roles: [], members: [a@b], applications: []}
          - {name: u, roles: [{role: API Viewer, api: {package: k}, region: "*"}]}
        apis:
          - {name: i, version: null, applications: [{owner: {team: t}, name: B, status: revoked, register: false}]}
          - {package: k, applications: []}
        rules:
          - {name: r, match: {email: "*@partner.example"}, apis: [p, {name: o, version: v2}, {package: k}], max: 0}
        """
    assert check([document(text)]) == []


@pytest.mark.parametrize("text", ["developers: []\n", "{}\n", "policy: {}\n", "defaults: {}\n", "rules: []\n"])
def test_empty_lists_and_mappings_are_legal(text: str) -> None:
    assert errors(text) == []


@pytest.mark.parametrize("key", ["portal", "policy", "defaults", "developers", "teams", "apis", "rules"])
def test_null_is_never_an_empty_list_or_mapping(key: str) -> None:
    """A truncated file must never read as "nobody"."""
    meant = "a list" if key in ("developers", "teams", "apis", "rules") else "a mapping"
    (finding,) = check([document(f"{key}:\n"), *([] if key == "portal" else [document(PORTAL, "z")])])
    assert str(finding) == f"f:1:{len(key) + 2} error null-value: `{key}` must be {meant}, found nothing (null)"
    assert "cut off" in finding.hint


# The portal, and what stands at the top


def test_a_workspace_without_a_portal_is_an_error_unless_a_file_could_not_be_read() -> None:
    documents = [document("developers: []\n", "a"), document("teams: []\n", "b")]
    assert [str(finding) for finding in check(documents)] == [
        "a error portal-count: no file of the workspace has the key `portal`"
    ]
    assert check(documents, complete=False) == []
    assert check([]) == []


def test_a_second_policy_is_an_error_that_names_the_first() -> None:
    one, two = document(PORTAL + "policy: {}\n", "a"), document("policy: {}\n", "b")
    assert [str(finding) for finding in check([one, two])] == [
        "b:1:1 error policy-count: `policy` stands in a second file, first at a:2:1: one workspace has one policy"
    ]


def test_portal_policy_and_rules_stand_only_at_the_top() -> None:
    """So that folders can have different code owners."""
    text = PORTAL + "policy: {}\nrules: []\ndefaults: {}\ndevelopers: []\nteams: []\napis: []\n"
    assert [str(finding).partition(":")[2] for finding in check([document(text, top=False)])] == [
        f"{line}:1 error not-at-top: `{key}` may stand only in files directly in the workspace's folder"
        for line, key in ((1, "portal"), (2, "policy"), (3, "rules"))
    ]


@pytest.mark.parametrize(
    ("portal", "expected"),
    [
        ("{}", ["f:1:9 missing-key: `portal` lacks `name` or `id`"]),
        (f"{{name: a, id: {UUID}}}", ["f:1:19 conflicting-keys: `name` or `id`, not both"]),
        ("{name: ''}", ["f:1:16 empty-value: `name` is empty"]),
        ("{id: a}", ["f:1:14 invalid-id: `id`: 'a' is not an id"]),
        ("acme", ["f:1:9 wrong-type: `portal` must be a mapping, found the text 'acme'"]),
    ],
)  # fmt: skip
def test_a_portal_has_a_name_or_an_id(portal: str, expected: list[str]) -> None:
    assert [str(finding).replace(" error ", " ") for finding in check([document(f"portal: {portal}\n")])] == expected


@pytest.mark.parametrize(
    "server",
    ["http://eu.api.konghq.com", "https://a@b", "eu.api.konghq.com", "https://x/v3", "https://", "sandbox",
     "http://localhost.evil.example", "http://127.0.0.1.evil.example"],
)  # fmt: skip
def test_a_server_is_reached_over_https_and_nothing_else_stands_in_its_url(server: str) -> None:
    assert [str(finding) for finding in check([document(f"portal: {{name: a, server: '{server}'}}\n")])] == [
        f"f:1:27 error invalid-server: `server`: '{server}' is not the URL of a server"
    ]


@pytest.mark.parametrize(
    "server",
    [
        "https://eu.api.konghq.com",
        "https://h:8443/",
        "http://localhost:8080",
        "http://127.0.0.1:1",
        "http://[::1]:80",
    ],
)
def test_plain_http_leads_only_to_this_machine(server: str) -> None:
    assert check([document(f"portal: {{name: a, server: '{server}'}}\n")]) == []


# The policy


@pytest.mark.parametrize(
    ("kind", "value", "owned"),
    [("developers", "revoke", "developers"), ("memberships", "remove", "teams"), ("registrations", "revoke", "apis"),
     ("roles", "remove", "teams")],
)  # fmt: skip
def test_taking_away_whatever_is_not_listed_needs_the_scope_written_out(kind: str, value: str, owned: str) -> None:
    """Owning everything must be said, if only as ["*"]."""
    at = 23 + len(kind) - len("x") + 1
    assert errors(f"policy: {{unlisted: {{{kind}: {value}}}}}\n") == [
        f"f:1:{at} scope-not-written: `unlisted.{kind}: {value}` needs `scope.{owned}` written out"
    ]
    assert errors(f"policy: {{unlisted: {{{kind}: {value}}}, scope: {{{owned}: ['*']}}}}\n") == []


@pytest.mark.parametrize("kind", ["memberships", "registrations"])
def test_exact_needs_no_scope_since_git_is_the_list_there(kind: str) -> None:
    assert errors(f"policy: {{unlisted: {{{kind}: exact}}}}\n") == []


def test_an_allowance_says_what_how_many_until_when_and_why_and_nothing_lifts_an_empty_workspace() -> None:
    assert errors("policy: {allow: [{rule: empty-workspace}]}\n") == [
        "f:1:18 missing-key: an item of `allow` lacks `max`",
        "f:1:18 missing-key: an item of `allow` lacks `reason`",
        "f:1:18 missing-key: an item of `allow` lacks `until`",
        "f:1:25 unknown-value: `rule` is 'empty-workspace'",
    ]


# People


@pytest.mark.parametrize(
    "address",
    ["ada", "ada@", "@partner.example", "a b@c.example", "<a@b.example>", "Ada <a@b.example>", '"a"@b.example',
     "a@b.example,c@d.example", "a@b.example;", "a@b..example", "a@.example", "a@b.example.", "*@partner.example",
     "a@[127.0.0.1]", "a\u00a0@b.example", "a\u200b@b.example", "a\u3000@b.example", "mailto:a@b.example",
     "a\\x07@b.example", "a\\u202e@b.example", "a@b.example\\n", "", "a" * 244 + "@partner.example"],
)  # fmt: skip
@pytest.mark.parametrize("entry", ['["{}"]', '[{{email: "{}"}}]'])
def test_an_address_has_one_usable_form(address: str, entry: str) -> None:
    escaped = address.replace('"', '\\"')
    rules = {finding.rule for finding in found(f"developers: {entry.format(escaped)}\n")}
    assert rules in ({"invalid-email"}, {"too-long"})


@pytest.mark.parametrize("address", ["a@b", "A.B+c@D.example", "o'hara@x.example", "é@ü.example", "a@b@c.example"])
def test_an_address_may_be(address: str) -> None:
    assert errors(f'developers: ["{address}"]\n') == []


@pytest.mark.parametrize(
    ("day", "rule"),
    [("2027-13-01", "invalid-date"), ("2027-02-29", "invalid-date"), ("2027-6-1", "invalid-date"),
     ("0000-01-01", "invalid-date"), ("2027-06-30T00:00:00Z", "invalid-date"), ('"2027-06-30\\n"', "invalid-date"),
     ("20270630", "wrong-type"), ("2027", "wrong-type"), ("1e3", "wrong-type"), ("true", "wrong-type"),
     ("[2027-06-30]", "wrong-type"), ("", "null-value")],
)  # fmt: skip
@pytest.mark.parametrize("key", ["expires", "reinstated"])
def test_a_date_is_a_day_of_the_calendar(key: str, day: str, rule: str) -> None:
    assert [finding.rule for finding in found(f"developers: [{{email: a@b, {key}: {day}}}]\n")] == [rule]


@pytest.mark.parametrize("day", ["2020-01-01", "2024-02-29", "9999-12-31", '"2027-06-30"'])
def test_a_past_day_is_legal_since_that_is_how_access_ends(day: str) -> None:
    assert errors(f"developers: [{{email: a@b, expires: {day}}}]\n") == []


@pytest.mark.parametrize("status", ["revoked", "rejected"])
def test_a_revoked_or_rejected_person_lists_no_access(status: str) -> None:
    lists = "teams: [x], applications: [{name: y, apis: []}]"
    assert errors(f"developers: [{{email: a@b, status: {status}, {lists}}}]") == [
        f"f:1:{column} tombstone-lists-access: a@b: an entry that is revoked or rejected lists `{key}`"
        for column, key in ((44 + len(status) - 7, "teams"), (56 + len(status) - 7, "applications"))
    ]
    assert errors(f"developers: [{{email: a@b, status: {status}, teams: []}}]\n") == []


def test_a_text_that_yaml_takes_for_something_else_is_to_be_quoted() -> None:
    """`1e3` and `true` where a name is meant."""
    text = "developers:\n  - {email: a@b, teams: [1e3, true, 5, '1e3'], reason: 12, annotations: {ticket: 1.0}}\n"
    assert [(str(finding).replace(" error ", " "), finding.hint) for finding in found(text)] == [
        (f"f:2:{column} wrong-type: a@b: {what}", "put it in quotes if it is meant as it stands")
        for column, what in (
            (26, "an item of `teams` must be a text or a mapping, found a number"),
            (31, "an item of `teams` must be a text or a mapping, found true"),
            (37, "an item of `teams` must be a text or a mapping, found a number"),
            (56, "`reason` must be a text, found a number"),
            (82, "`ticket` must be a text, found a number"),
        )
    ]


def test_an_unknown_key_names_the_nearest_and_all_known_ones() -> None:
    (finding,) = found("teams:\n  - name: x\n    can_own_aplications: true\n")
    assert str(finding) == (
        "f:3:5 error unknown-key: x: unknown key 'can_own_aplications', did you mean 'can_own_applications'?"
    )
    assert finding.hint == "known here: name, description, can_own_applications, roles, members, applications"
    (finding,) = found("teams:\n  - name: x\n    colour: red\n")
    assert finding.message == "x: unknown key 'colour'"


def test_every_error_of_one_entry_is_reported() -> None:
    assert errors(
        """\
        apis:
          - name: x
            applications:
              - {owner: {tem: t}, name: 5}
              - {owner: nobody, status: gone, register: 1}
              - 7
        rules:
          - {name: r, match: {email: partner.example}, approve: 'yes', max: -1, apis: [{package: p, name: n}]}
          - {match: }
        """
    ) == [
        "f:4:17 missing-key: x: `owner` lacks `team`",
        "f:4:18 unknown-key: x: unknown key 'tem', did you mean 'team'?",
        "f:4:33 wrong-type: x: `name` must be a text, found a number",
        "f:5:9 missing-key: x: an item of `applications` lacks `name`",
        "f:5:17 invalid-email: x: `owner`: 'nobody' is not an e-mail address",
        "f:5:33 unknown-value: x: `status` is 'gone'",
        "f:5:49 wrong-type: x: `register` must be true or false, found a number",
        "f:6:9 wrong-type: x: an item of `applications` must be a mapping, found a number",
        "f:8:30 invalid-match: r: `email`: 'partner.example' is not of the form *@domain",
        "f:8:57 wrong-type: r: `approve` must be true or false, found the text 'yes'",
        "f:8:69 out-of-range: r: `max` is -1, it must be at least 0",
        "f:8:81 unknown-key: r: unknown key 'package'",
        "f:9:5 missing-key: an entry of `rules` lacks `name`",
        "f:9:13 null-value: `match` must be a mapping, found nothing (null)",
    ]


def test_a_name_that_acts_on_a_terminal_is_shown_escaped() -> None:
    assert errors('teams: [{name: "\\x1b[2J\\u202ex", rolse: []}]\n') == [
        "f:1:34 unknown-key: \\x1b[2J\\u202ex: unknown key 'rolse', did you mean 'roles'?"
    ]


def test_what_could_not_be_read_is_not_reported_again() -> None:
    text = "teams: *x\ndevelopers:\n  - {email: a@b, teams: *x, invite: yes, status: !!str approved}\n  - *y\n"
    read, unread = parse(text, "f")
    assert read is not None
    assert [finding.rule for finding in unread] == ["alias", "alias", "ambiguous-scalar", "tag", "alias"]
    assert check([read], complete=False) == []


# For any data

json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["a@b.example", "2027-06-30", "revoked", "x", "", "*@d"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["email", "name", "teams", "applications", "apis", "status", "invite", "expires", "owner",
                         "match", "package", "version", "members", "roles", "annotations", "scope", "zz"]),
        inner, max_size=4),
    max_leaves=15,
)  # fmt: skip


@given(st.sampled_from(["portal", "policy", "defaults", "developers", "teams", "apis", "rules"]), json_like)
def test_any_other_data_is_answered_with_findings_that_say_what_to_do(key: str, data: object) -> None:
    """Never an exception, never a schema's jargon, never a refusal without a reason."""
    import json

    read, _ = parse(json.dumps({key: data}), "f")
    assert read is not None
    for finding in check([read], complete=False):
        assert finding.hint
        assert finding.origin is not None
        assert finding.rule != "invalid-value"
        assert not any(word in str(finding) for word in ("schema", "valid under", "anyOf", "does not match"))


# Start-up


def test_what_is_needed_only_to_explain_is_not_imported_before() -> None:
    program = (
        "import sys; from reconciler.manifest.check import check; from reconciler.manifest.read import parse;"
        "document, _ = parse('portal: {name: x}\\ndevelopers: [a@b]', 'f'); assert check([document]) == [];"
        "print([name for name in ('jsonschema', 'difflib', 'requests', 'click') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
