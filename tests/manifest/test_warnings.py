"""What is legal and does not do what its author may think gets a warning, at its place."""

from __future__ import annotations

from datetime import date
from textwrap import dedent

from reconciler.manifest.parse import parse
from reconciler.manifest.resolve import resolve

TODAY = date(2026, 11, 23)


def warnings(text: str) -> list[str]:
    """Each warning of a workspace of one file, as validate shows it."""
    document, found = parse("portal: {name: acme-partners, region: eu}\n" + dedent(text), "f")
    assert document is not None
    assert found == []
    desired, findings = resolve([document], TODAY)
    assert desired is not None, findings
    return [str(finding) for finding in findings]


def test_reinstated_does_nothing_on_what_is_never_held() -> None:
    """A membership and a rule may carry it (it is kept for the record), and it changes nothing."""
    assert warnings("""\
        rules:
          - {name: all, match: {email: "*@partner.example"}, reinstated: 2026-01-01}
        defaults:
          teams: [{name: beta, reinstated: 2026-01-01}]
        developers:
          - bob@partner.example
          - email: ada@partner.example
            reinstated: 2026-01-01
            teams:
              - partners
              - {name: live, reinstated: 2026-01-01}
            applications:
              - {name: Shop, reinstated: 2026-01-01, apis: [{name: orders, reinstated: 2026-01-01}]}
        teams:
          - name: partners
            members: [dee@partner.example, {email: cy@partner.example, reinstated: 2026-01-01}]
        apis:
          - name: payments
            applications: [{owner: ada@partner.example, name: Shop, reinstated: 2026-01-01}]
        """) == [
        f"f:{place} warning reinstated-idle: `reinstated` does nothing here: a {what} is never held"
        for place, what in (
            ("3:54", "rule"),
            ("5:24", "membership"),
            ("12:22", "membership"),
            ("17:64", "membership"),
        )
    ]


LISTED = """\
    {policy}
    rules:
      - {{name: known, match: {{email: "*@known.example"}}, approve: true}}
      - {{name: teams only, match: {{email: "*@other.example"}}, teams: [partners]}}
    developers:
      - ada@partner.example
    teams:
      - name: partners
        members: [Ada@Partner.example, dee@partner.example, sam@known.example]
    apis:
      - name: payments
        applications:
          - {{owner: eve@partner.example, name: Shop}}
          - {{owner: fay@other.example, name: Shop}}
          - {{owner: {{team: partners}}, name: Bot}}
    """


def test_who_is_listed_by_a_team_or_an_api_alone_is_warned_about_where_that_takes_their_access() -> None:
    """A team's or an API's side does not list its people as developers; an entry or an approving rule does."""
    policy = "policy: {scope: {developers: ['*']}, unlisted: {developers: revoke}}"
    assert warnings(LISTED.format(policy=policy)) == [
        f"f:{place} warning unlisted-developer: {who} is listed here and not under `developers`: "
        "policy.unlisted.developers is revoke, which takes all their access away"
        for place, who in (
            ("10:36", "dee@partner.example"),
            ("14:9", "eve@partner.example"),
            ("15:9", "fay@other.example"),
        )
    ]


def test_there_is_nothing_to_warn_about_where_unlisted_people_keep_their_access() -> None:
    assert warnings(LISTED.format(policy="policy: {unlisted: {developers: report}}")) == []
