"""What cannot be told is left alone and named; what waits for people is no error (docs/manifest.md, "Identity",
"Waiting and blocked", "Identity provider").
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.conftest import Start
from tests.scenarios.story import Story, in_lines

SCOPE = 'scope: {developers: ["*"], teams: ["*"], apis: ["*"]}'

LEFT_OVER = """
    apis:
      - {name: payments}
      - {name: orders, version: v1}
      - {name: orders, version: v2}
      - {name: secret}
    portals:
      - name: acme-partners
        publications: [{api: payments}, {api: orders, version: v1}, {api: orders, version: v2}]
        developers:
          - {email: ada@partner.example, status: approved}
          - {email: bob@partner.example, status: pending}
        teams:
          - {name: partners, members: [ada@partner.example]}
          - {name: beta, members: [ada@partner.example]}
        applications:
          - name: Checkout
            owner: ada@partner.example
            registrations:
              - {api: payments, status: approved}
              - {api: orders, version: v1, status: approved}
              - {api: orders, version: v2, status: pending}
"""
"""Ada has two memberships and two approved registrations; Bob asks to be let in."""

CHECKOUT = {"orders v1": "approved", "orders v2": "pending", "payments": "approved"}


def goes_on(story: Story) -> dict[str, Any]:
    """The plan. Things blocked change no exit code, and do not hold up the rest."""
    ran = story.run("plan", story.folder, "--format", "json")
    assert ran.code == 0, ran
    story.apply()
    return ran.json


@pytest.mark.parametrize("policy", ["exact", "remove"])
def test_an_unknown_team_is_blocked_with_its_line_and_the_person_keeps_every_membership(
    portal: Start, policy: str
) -> None:
    """A team that is neither on the portal nor under `teams` is blocked; everything else goes on."""
    story = portal(LEFT_OVER)
    story.git(f"""
    policy:
      {SCOPE}
      unlisted: {{memberships: {policy}, registrations: ignore}}
    developers:
      - email: ada@partner.example
        teams:
          - partnesr
      - bob@partner.example
    """)
    plan = goes_on(story)
    assert in_lines(plan["blocked"]) == [
        "access.yaml:9 team partnesr is neither on the portal nor under `teams` | ada@partner.example | partnesr"
    ]
    assert in_lines(plan["changes"]) == ["access.yaml:10 approve-developer | bob@partner.example"]
    assert plan["unlisted"] == []
    assert story.portal["developers"] == {"ada@partner.example": "approved", "bob@partner.example": "approved"}
    assert (story.members("partners"), story.members("beta")) == (["ada@partner.example"], ["ada@partner.example"])


@pytest.mark.parametrize("policy", ["exact", "remove"])
def test_without_the_typing_error_the_same_policy_takes_what_is_not_listed(portal: Start, policy: str) -> None:
    """The counterpart: it is the blocked line alone that kept the memberships."""
    story = portal(LEFT_OVER)
    story.git(f"""
    policy:
      {SCOPE}
      unlisted: {{memberships: {policy}, registrations: ignore}}
    developers:
      - {{email: ada@partner.example, teams: [partners]}}
    """)
    story.apply()
    assert (story.members("partners"), story.members("beta")) == (["ada@partner.example"], [])


def test_a_rule_with_an_unknown_team_keeps_the_memberships_of_the_people_it_matches(portal: Start) -> None:
    """What a blocked entry could mean is never unlisted, the entry being a rule here; it is blocked once."""
    story = portal(LEFT_OVER)
    story.git(f"""
    policy:
      {SCOPE}
      unlisted: {{memberships: remove, registrations: ignore}}
    rules:
      - name: partners
        match: {{email: "*@partner.example"}}
        approve: true
        teams: [partnesr]
    """)
    plan = goes_on(story)
    assert in_lines(plan["blocked"]) == [
        "access.yaml:10 team partnesr is neither on the portal nor under `teams` | partnesr"
    ]
    assert (story.members("partners"), story.members("beta")) == (["ada@partner.example"], ["ada@partner.example"])
    assert story.status("bob@partner.example") == "approved"


@pytest.mark.parametrize("policy", ["exact", "revoke"])
@pytest.mark.parametrize(
    ("api", "reason"),
    [
        pytest.param("paymnets", "the portal publishes no API paymnets | {}paymnets", id="unknown"),
        pytest.param("secret", "the portal publishes no API secret | {}secret", id="not published to this portal"),
        pytest.param(
            "{name: payments, version: v9}",
            "the portal publishes no API payments v9 | {}payments v9",
            id="no such version",
        ),
        pytest.param(
            "orders",
            "orders may mean 2 on this portal, say which version: orders v1 (ID), orders v2 (ID) | {}orders",
            id="two versions",
        ),
        pytest.param("{package: kit}", "the portal publishes no package kit | {}kit", id="unknown package"),
    ],
)
def test_an_api_that_cannot_be_told_is_blocked_and_the_application_keeps_every_registration(
    portal: Start, policy: str, api: str, reason: str
) -> None:
    """An API that the portal does not publish, or an ambiguous name, is blocked; nothing of the application goes."""
    story = portal(LEFT_OVER)
    story.git(f"""
    policy:
      {SCOPE}
      unlisted: {{registrations: {policy}, memberships: ignore}}
    developers:
      - email: ada@partner.example
        applications:
          - name: Checkout
            apis: [{api}]
      - bob@partner.example
    """)
    plan = goes_on(story)
    [blocked] = in_lines(plan["blocked"])
    for found in story_apis(plan):
        blocked = blocked.replace(found, "ID")
    assert blocked == "access.yaml:10 " + reason.format("ada@partner.example | Checkout | ")
    assert in_lines(plan["changes"]) == ["access.yaml:11 approve-developer | bob@partner.example"]
    assert (plan["unlisted"], plan["requests"]) == ([], [])
    assert story.registrations("ada@partner.example", "Checkout") == CHECKOUT


def story_apis(plan: dict[str, Any]) -> list[str]:
    """The ids in parentheses in the reasons of what is blocked."""
    return [part.split(")")[0] for item in plan["blocked"] for part in item["reason"].split(" (")[1:]]


def test_an_ambiguous_api_name_is_told_by_its_version(portal: Start) -> None:
    """Name and version mean one API; `version: null` names the one without."""
    story = portal(LEFT_OVER)
    story.git(f"""
    policy:
      {SCOPE}
      unlisted: {{registrations: exact, memberships: ignore}}
    developers:
      - email: ada@partner.example
        applications:
          - name: Checkout
            apis: [{{name: orders, version: v2}}, {{name: payments, version: null}}]
    """)
    plan = goes_on(story)
    assert plan["blocked"] == []
    assert story.registrations("ada@partner.example", "Checkout") == {
        "orders v1": "revoked",
        "orders v2": "approved",
        "payments": "approved",
    }


def test_a_rule_with_an_unpublished_api_keeps_the_registrations_of_the_people_it_matches(portal: Start) -> None:
    """What a blocked entry could mean is never unlisted, the entry being a rule here."""
    story = portal(LEFT_OVER)
    story.git(f"""
    policy:
      {SCOPE}
      unlisted: {{registrations: revoke, memberships: ignore}}
    rules:
      - name: partners
        match: {{email: "*@partner.example"}}
        approve: true
        apis: [secret]
    """)
    plan = goes_on(story)
    assert in_lines(plan["blocked"]) == ["access.yaml:10 the portal publishes no API secret | secret"]
    assert story.registrations("ada@partner.example", "Checkout") == CHECKOUT


def test_a_tombstone_or_expiry_takes_every_version_that_an_ambiguous_name_may_mean(portal: Start) -> None:
    """For taking away every candidate is taken, whether the entry is a tombstone or has expired."""
    for line, after in (
        ("{name: orders, status: revoked}", {"orders v1": "revoked", "orders v2": "revoked", "payments": "approved"}),
        ("{name: orders, expires: 2026-11-22}", {**CHECKOUT, "orders v1": "revoked"}),
    ):
        story = portal(LEFT_OVER)
        story.git(f"""
    developers:
      - email: ada@partner.example
        teams: [partners, beta]
        applications:
          - name: Checkout
            apis: [payments, {line}]
        """)
        story.apply()
        assert story.registrations("ada@partner.example", "Checkout") == after


def test_a_tombstone_counts_for_an_api_that_is_no_longer_published(portal: Start) -> None:
    """Taking away needs no published API: the registration is still there, and says itself what it is for."""
    story = portal(
        LEFT_OVER.replace(
            "publications: [{api: payments}, {api: orders, version: v1}, {api: orders, version: v2}]",
            "publications: [{api: orders, version: v1}]",
        )
    )
    story.git("""
    developers:
      - email: ada@partner.example
        teams: [partners, beta]
        applications:
          - {name: Checkout, apis: [{name: payments, status: revoked}]}
    """)
    story.apply()
    assert story.registrations("ada@partner.example", "Checkout")["payments"] == "revoked"


TWO_TEAMS = """
    apis: [{name: payments}]
    portals:
      - name: acme-partners
        developers:
          - {email: ada@partner.example, status: approved}
          - {email: bob@partner.example, status: pending}
          - {email: cy@partner.example, status: approved}
        teams:
          - {name: partners, id: 11111111-0000-4000-8000-000000000001, members: [ada@partner.example]}
          - name: partners
            id: 11111111-0000-4000-8000-000000000002
            members: [ada@partner.example, cy@partner.example]
          - {name: beta, members: [ada@partner.example]}
        applications:
          - name: Bot
            owner: {team: {id: 11111111-0000-4000-8000-000000000001}}
            registrations: [{api: payments, status: approved}]
"""
PARTNERS = (
    "2 teams on the portal are named partners: "
    "11111111-0000-4000-8000-000000000001, 11111111-0000-4000-8000-000000000002"
)


def test_two_teams_of_one_name_block_who_is_listed_in_them_and_nobody_is_taken_out(portal: Start) -> None:
    """A name that is ambiguous on the portal blocks the entries that use it, naming the candidates: never a guess."""
    story = portal(TWO_TEAMS)
    before = story.portal
    story.git(f"""
    policy:
      {SCOPE}
      unlisted: {{memberships: remove, registrations: revoke}}
    developers:
      - {{email: ada@partner.example, teams: [partners]}}
      - {{email: bob@partner.example, teams: [beta]}}
      - cy@partner.example
    teams:
      - name: partners
        applications: [{{name: Bot, apis: [payments]}}]
    """)
    plan = goes_on(story)
    assert in_lines(plan["blocked"]) == [
        f"access.yaml:11 {PARTNERS} | partners",
        f"access.yaml:12 {PARTNERS} | partners | Bot | payments",
        f"access.yaml:7 {PARTNERS} | ada@partner.example | partners",
    ]
    assert in_lines(plan["changes"]) == [
        "access.yaml:8 approve-developer | bob@partner.example",
        "access.yaml:8 add-member | bob@partner.example | beta",
    ]
    assert story.portal["teams"]["partners"] == before["teams"]["partners"]
    assert story.portal["teams"]["partners #2"] == before["teams"]["partners #2"]
    assert story.portal["applications"] == before["applications"]


def test_an_expired_membership_ends_in_every_team_of_the_name(portal: Start) -> None:
    """For taking away every candidate is taken."""
    story = portal(TWO_TEAMS)
    story.git("""
    developers:
      - email: ada@partner.example
        teams: [{name: partners, expires: 2026-11-22}, beta]
      - bob@partner.example
    """)
    story.apply()
    teams = story.portal["teams"]
    assert {name: team["members"] for name, team in teams.items()} == {
        "beta": ["ada@partner.example"],
        "partners": [],
        "partners #2": ["cy@partner.example"],
    }


def test_a_role_on_an_unknown_api_keeps_the_roles_of_the_team(portal: Start) -> None:
    """What a blocked entry could mean is never unlisted: the team keeps every role in this run."""
    story = portal("""
    apis: [{name: payments}, {name: orders}]
    portals:
      - name: acme-partners
        teams:
          - name: partners
            roles:
              - {role: API Consumer, api: payments, region: eu}
              - {role: API Consumer, api: orders, region: eu}
    """)
    story.git(f"""
    policy:
      {SCOPE}
      unlisted: {{roles: remove}}
    teams:
      - name: partners
        roles:
          - {{role: API Consumer, api: payments, region: eu}}
          - {{role: API Consumer, api: odrers, region: eu}}
    """)
    plan = goes_on(story)
    assert in_lines(plan["blocked"]) == [
        "access.yaml:10 the portal publishes no API odrers | partners | API Consumer | odrers"
    ]
    assert story.portal["teams"]["partners"]["roles"] == [
        ["API Consumer", "orders", None, "eu"],
        ["API Consumer", "payments", None, "eu"],
    ]


def test_a_teams_application_with_an_unknown_api_keeps_its_registrations(portal: Start) -> None:
    """The same for applications owned by a team; an owner that is no team of this portal is blocked too."""
    story = portal("""
    apis: [{name: payments}]
    portals:
      - name: acme-partners
        teams: [{name: partners}]
        applications:
          - {name: Bot, owner: {team: partners}, registrations: [{api: payments, status: approved}]}
    """)
    story.git(f"""
    policy:
      {SCOPE}
      unlisted: {{registrations: revoke}}
    teams:
      - name: partners
        applications: [{{name: Bot, apis: [paymnets]}}]
    apis:
      - name: payments
        applications: [{{owner: {{team: ghosts}}, name: Bot}}]
    """)
    plan = goes_on(story)
    assert in_lines(plan["blocked"]) == [
        "access.yaml:11 team ghosts is neither on the portal nor under `teams` | ghosts | Bot | payments",
        "access.yaml:8 the portal publishes no API paymnets | partners | Bot | paymnets",
    ]
    assert story.registrations("team:partners", "Bot") == {"payments": "approved"}


def test_what_is_blocked_alone_is_no_drift_and_not_quite_in_sync(portal: Start) -> None:
    """Things blocked change no code; but what cannot be told is not called the same as git."""
    story = portal(LEFT_OVER)
    story.git("""
    policy: {unlisted: {memberships: ignore, registrations: ignore, developers: ignore}}
    developers:
      - {email: ada@partner.example, teams: [partnesr]}
    """)
    ran = story.run("drift", story.folder)
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "In sync as far as can be told; 1 blocked")
    assert story.run("plan", story.folder, "--detailed-exitcode").code == 0


TWO_APPLICATIONS = """
    apis: [{name: payments}, {name: orders}]
    portals:
      - name: acme-partners
        developers:
          - {email: ada@partner.example, status: approved}
        applications:
          - name: Checkout
            id: 22222222-0000-4000-8000-000000000001
            owner: ada@partner.example
            registrations: [{api: payments, status: approved}, {api: orders, status: approved}]
          - name: Checkout
            id: 22222222-0000-4000-8000-000000000002
            owner: ada@partner.example
            registrations: [{api: payments, status: pending}]
          - name: Shop
            owner: ada@partner.example
            registrations: [{api: payments, status: pending}, {api: orders, status: approved}]
"""


def registrations_of_all(story: Story) -> list[tuple[str, dict[str, str]]]:
    return [(each["name"], each["registrations"]) for each in story.portal["applications"]]


def test_two_applications_of_one_owner_and_name_are_blocked_and_keep_what_they_have(portal: Start) -> None:
    """Names are typed by strangers: two applications of one name block the line, and stop nothing else."""
    story = portal(TWO_APPLICATIONS)
    story.git(f"""
    policy:
      {SCOPE}
      unlisted: {{registrations: revoke}}
    developers:
      - email: ada@partner.example
        applications:
          - {{name: Checkout, apis: [payments]}}
          - {{name: Shop, apis: [payments]}}
    """)
    plan = goes_on(story)
    assert in_lines(plan["blocked"]) == [
        "access.yaml:9 ada@partner.example has 2 applications named Checkout: 22222222-0000-4000-8000-000000000001, "
        "22222222-0000-4000-8000-000000000002 | ada@partner.example | Checkout | payments"
    ]
    assert registrations_of_all(story) == [
        ("Checkout", {"orders": "approved", "payments": "approved"}),
        ("Checkout", {"payments": "pending"}),
        ("Shop", {"orders": "revoked", "payments": "approved"}),
    ]


def test_a_tombstone_takes_the_registration_of_every_application_of_the_name(portal: Start) -> None:
    """For taking away every candidate is taken."""
    story = portal(TWO_APPLICATIONS)
    story.git("""
    developers:
      - email: ada@partner.example
        applications:
          - {name: Checkout, apis: [{name: payments, status: revoked}, orders]}
    """)
    story.apply()
    assert registrations_of_all(story) == [
        ("Checkout", {"orders": "approved", "payments": "revoked"}),
        ("Checkout", {"payments": "revoked"}),
        ("Shop", {"orders": "approved", "payments": "pending"}),
    ]


TWO_ACCOUNTS = """
    apis: [{name: payments}]
    portals:
      - name: acme-partners
        developers:
          - {email: ada@partner.example, id: 33333333-0000-4000-8000-000000000001, status: approved}
          - {email: Ada@Partner.example, id: 33333333-0000-4000-8000-000000000002, status: approved}
          - {email: bob@partner.example, status: pending}
        teams:
          - {name: partners, members: [ada@partner.example]}
          - {name: beta, members: [Ada@Partner.example]}
        applications:
          - {name: Checkout, owner: ada@partner.example, registrations: [{api: payments, status: approved}]}
          - {name: Shop, owner: Ada@Partner.example, registrations: [{api: payments, status: approved}]}
"""
ADAS = "33333333-0000-4000-8000-000000000001", "33333333-0000-4000-8000-000000000002"


def test_two_accounts_of_one_address_are_blocked_and_keep_all_they_have(portal: Start) -> None:
    """ASCII letters are compared without regard to case; which account is meant is never guessed."""
    story = portal(TWO_ACCOUNTS)
    before = story.portal
    story.git(f"""
    policy:
      {SCOPE}
      unlisted: {{developers: revoke, memberships: remove, registrations: revoke}}
    developers:
      - email: ADA@partner.example
        teams: [partners]
        applications: [{{name: Checkout, apis: [payments]}}]
      - bob@partner.example
    """)
    plan = goes_on(story)
    both = "Ada@Partner.example ({1}), ada@partner.example ({0})".format(*ADAS)
    assert in_lines(plan["blocked"]) == [
        f"access.yaml:7 2 accounts have this address: {both.replace(')', ', approved)')} | ADA@partner.example",
        f"access.yaml:9 2 accounts on the portal have the address ADA@partner.example: {both}"
        " | ADA@partner.example | Checkout | payments",
        f"access.yaml:8 2 accounts on the portal have the address ADA@partner.example: {both}"
        " | ADA@partner.example | partners",
    ]
    after = before | {"developers": before["developers"] | {"bob@partner.example": "approved"}}
    assert story.portal == after


def test_a_teams_side_that_names_an_ambiguous_address_takes_neither_account_out(portal: Start) -> None:
    """The address may mean either: both accounts keep their memberships, in this team and in others."""
    story = portal(TWO_ACCOUNTS)
    before = story.portal
    story.git(f"""
    policy:
      {SCOPE}
      unlisted: {{memberships: remove}}
    teams:
      - {{name: partners, members: [ADA@partner.example]}}
    """)
    assert len(goes_on(story)["blocked"]) == 1
    assert story.portal["teams"] == before["teams"]


@pytest.mark.parametrize("entry", ["status: revoked", "expires: 2026-11-22"])
def test_a_tombstone_or_expiry_takes_every_account_of_the_address_whole(portal: Start, entry: str) -> None:
    """For taking away every candidate is taken: registrations, status and memberships of both accounts."""
    story = portal(TWO_ACCOUNTS)
    story.git(f"""
    developers:
      - {{email: ada@partner.example, {entry}}}
    """)
    story.apply()
    assert story.portal["developers"] == {
        "Ada@Partner.example": "revoked",
        "ada@partner.example": "revoked",
        "bob@partner.example": "pending",
    }
    assert [story.members("partners"), story.members("beta")] == [[], []]
    assert registrations_of_all(story) == [("Shop", {"payments": "revoked"}), ("Checkout", {"payments": "revoked"})]


def test_a_person_taken_away_keeps_nothing_however_much_of_theirs_is_blocked(portal: Start) -> None:
    """What is blocked is kept except where they are taken away: here by a tombstone, while an API's side blocks."""
    story = portal(LEFT_OVER)
    story.git("""
    developers:
      - {email: ada@partner.example, status: revoked}
    apis:
      - name: orders
        applications: [{owner: ada@partner.example, name: Checkout}]
    teams:
      - {name: partners, members: [ada@partner.example]}
    """)
    plan = goes_on(story)
    assert plan["blocked"] == []
    assert story.status("ada@partner.example") == "revoked"
    assert [story.members("partners"), story.members("beta")] == [[], []]
    assert story.registrations("ada@partner.example", "Checkout") == {
        "orders v1": "revoked",
        "orders v2": "pending",
        "payments": "revoked",
    }
    assert [(f["rule"], f["severity"], f["line"]) for f in plan["findings"]] == [
        ("ignored-listing", "warning", 7),
        ("ignored-listing", "warning", 9),
    ]


def synchronised(mapping: bool, how: str) -> str:
    return f"""
    portals:
      - name: acme-partners
        authentication_settings: {{idp_mapping_enabled: {str(mapping).lower()}}}
        identity_providers: [{{type: oidc, enabled: true}}]
        developers:
          - {{email: ada@partner.example, status: approved}}
          - {{email: bob@partner.example, status: approved}}
          - {{email: cy@partner.example, status: approved}}
        teams:
          - {{name: staff, members: [bob@partner.example, cy@partner.example]{how}}}
          - {{name: partners, members: [bob@partner.example]}}
"""


STAFF = f"""
    policy:
      {SCOPE}
      unlisted: {{memberships: remove}}
    developers:
      - email: ada@partner.example
        teams: [partners, staff]
      - email: bob@partner.example
        teams:
          - partners
          - {{name: staff, expires: 2026-11-22}}
      - {{email: cy@partner.example, status: revoked}}
"""


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(", konnect_managed: false", id="not managed by Konnect"),
        pytest.param(", groups: [acme-staff]", id="not said, and mapped to groups"),
        pytest.param(", konnect_managed: false, groups: [acme-staff]", id="both"),
    ],
)
def test_a_synchronised_team_is_left_to_the_identity_provider(portal: Start, how: str) -> None:
    """Its memberships are neither granted, removed nor counted; listed ones are blocked with that reason."""
    story = portal(synchronised(mapping=True, how=how))
    story.git(STAFF)
    plan = goes_on(story)
    assert in_lines(plan["blocked"]) == [
        "access.yaml:8 the identity provider decides who is in team staff | ada@partner.example | staff",
        "access.yaml:12 the identity provider decides who is in team staff | bob@partner.example | staff",
    ]
    assert plan["unlisted"] == []
    assert story.members("staff") == ["bob@partner.example", "cy@partner.example"]
    assert story.members("partners") == ["ada@partner.example", "bob@partner.example"]
    assert story.status("cy@partner.example") == "revoked"


@pytest.mark.parametrize(
    ("mapping", "how"),
    [
        pytest.param(False, ", konnect_managed: false, groups: [acme-staff]", id="the mapping is off"),
        pytest.param(True, ", konnect_managed: true, groups: [acme-staff]", id="managed by Konnect"),
        pytest.param(True, "", id="not said, and mapped to no group"),
    ],
)
def test_a_team_that_is_not_synchronised_is_kept_by_git(portal: Start, mapping: bool, how: str) -> None:
    """Synchronised: the mapping is on, and the team is not managed by Konnect (or, if unsaid, has groups)."""
    story = portal(synchronised(mapping, how))
    story.git(STAFF)
    assert goes_on(story)["blocked"] == []
    assert story.members("staff") == ["ada@partner.example"]


def test_a_synchronised_team_is_not_counted_among_the_memberships_of_a_limit(portal: Start) -> None:
    """Two of three memberships go; the two in the synchronised team do not make that two of five."""
    story = portal("""
    portals:
      - name: acme-partners
        authentication_settings: {idp_mapping_enabled: true}
        developers:
          - {email: ada@partner.example, status: approved}
          - {email: bob@partner.example, status: approved}
        teams:
          - {name: staff, konnect_managed: false, members: [ada@partner.example, bob@partner.example]}
          - {name: partners, members: [ada@partner.example]}
          - {name: beta, members: [ada@partner.example]}
          - {name: live, members: [bob@partner.example]}
    """)
    story.git("""
    policy:
      limits: {removals: {floor: 1, percent: 50, max: 50}}
    developers:
      - email: ada@partner.example
        teams: [{name: partners, expires: 2026-11-22}, {name: beta, expires: 2026-11-22}]
      - {email: bob@partner.example, teams: [live]}
    """)
    [refusal] = story.plan()["refusals"]
    assert (refusal["rule"], refusal["number"], refusal["message"]) == (
        "removals.memberships",
        2,
        "2 of 3 approved memberships would be taken away",
    )


def test_what_waits_for_people_is_named_and_never_an_error(portal: Start) -> None:
    """Nobody signed up, no application, no request: waiting. It changes no exit code, that of drift neither."""
    story = portal("""
    apis: [{name: payments}]
    portals:
      - name: acme-partners
        developers:
          - {email: ada@partner.example, status: approved}
          - {email: bob@partner.example, status: approved}
        teams:
          - {name: partners, members: [ada@partner.example]}
        applications:
          - {name: Checkout, owner: ada@partner.example}
    """)
    story.git("""
    developers:
      - email: ada@partner.example
        teams: [partners]
        applications:
          - {name: Checkout, apis: [payments]}
          - {name: Shop, apis: [payments]}
      - email: newcomer@partner.example
        teams: [partners]
        applications:
          - {name: Till, apis: [payments]}
      - bob@partner.example
    teams:
      - name: partners
        applications: [{name: Bot, apis: [payments]}]
      - name: beta
        applications: [{name: Beta bot, apis: [payments]}]
    """)
    plan = goes_on(story)
    assert in_lines(plan["waiting"]) == [
        "access.yaml:18 the owner is not on the portal yet | beta | Beta bot | payments",
        "access.yaml:16 the application is not created yet | partners | Bot | payments",
        "access.yaml:7 the application has not asked for the API yet | ada@partner.example | Checkout | payments",
        "access.yaml:8 the application is not created yet | ada@partner.example | Shop | payments",
        "access.yaml:9 has not signed up yet | newcomer@partner.example",
        "access.yaml:12 the owner has not signed up yet | newcomer@partner.example | Till | payments",
        "access.yaml:10 has not signed up yet | newcomer@partner.example | partners",
    ]
    code, _ = story.drift()
    assert code == 0


TWICE = {
    "a membership on the person's and on the team's side": (
        """
    developers:
      - email: ada@partner.example
        teams:
          - partners
    teams:
      - name: partners
        members:
          - Ada@partner.example
    """,
        ("access.yaml:10:9", "duplicate-membership", "Ada@partner.example in partners", "access.yaml:6:9"),
    ),
    "a registration on the person's and on the API's side": (
        """
    developers:
      - email: ada@partner.example
        applications:
          - name: Checkout
            apis: [payments]
    apis:
      - name: payments
        applications:
          - {owner: ada@partner.example, name: Checkout}
    """,
        (
            "access.yaml:11:9",
            "duplicate-registration",
            "payments for 'Checkout' of ada@partner.example",
            "access.yaml:7:16",
        ),
    ),
    "a membership by the file's defaults and on the team's side": (
        """
    defaults:
      teams: [partners]
    developers:
      - ada@partner.example
    teams:
      - name: partners
        members: [ada@partner.example]
    """,
        ("access.yaml:9:15", "duplicate-membership", "ada@partner.example in partners", "access.yaml:4:11"),
    ),
    "a person under `developers`": (
        """
    developers:
      - ada@partner.example
      - {email: ADA@partner.example, status: revoked}
    """,
        ("access.yaml:5:5", "duplicate-developer", "ADA@partner.example", "access.yaml:4:5"),
    ),
    "a team": (
        """
    teams:
      - name: partners
      - name: partners
    """,
        ("access.yaml:5:5", "duplicate-team", "team partners", "access.yaml:4:5"),
    ),
    "a team's registration on the team's and on the API's side": (
        """
    teams:
      - name: partners
        applications: [{name: Bot, apis: [{name: payments, version: v1}]}]
    apis:
      - name: payments
        version: v1
        applications: [{owner: {team: partners}, name: Bot}]
    """,
        ("access.yaml:9:20", "duplicate-registration", "payments v1 for 'Bot' of team partners", "access.yaml:5:39"),
    ),
}


@pytest.mark.parametrize("said", TWICE.values(), ids=TWICE)
def test_what_is_said_twice_is_an_error_that_names_both_places(
    portal: Start, said: tuple[str, tuple[str, str, str, str]]
) -> None:
    """The three sides add up; the same thing on two of them is an error (exit 3), and nothing is planned."""
    text, (place, rule, what, earlier) = said
    story = portal(LEFT_OVER)
    story.git(text)
    for command in ("validate", "plan"):
        ran = story.run(command, story.folder, "--format", "json")
        assert ran.code == 3
        [found] = ran.json["findings"]
        where = f"{found['file']}:{found['line']}:{found['column']}"
        message = found["message"].replace(f"{story.folder}/", "")
        assert (where, found["severity"], found["rule"], message) == (
            f"{story.folder}/{place}",
            "error",
            rule,
            f"{what} is listed already at {earlier}",
        )
    assert story.server.requests == []
