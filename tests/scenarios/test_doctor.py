"""`doctor`: what on the portal works against git, why, and the remedy."""

from __future__ import annotations

import re
from typing import Any

import pytest

from reconciler.sandbox import Problem, Request, Response
from tests.scenarios.conftest import Start
from tests.scenarios.story import Story

HEALTHY = """
    apis: [{name: payments}]
    portals:
      - name: acme-partners
        rbac_enabled: true
        developers: [{email: ada@partner.example, full_name: Ada Lovelace, status: approved}]
        teams: [{name: partners, members: [ada@partner.example]}]
        applications:
          - {name: Checkout, owner: ada@partner.example, registrations: [{api: payments, status: approved}]}
    """
GIT = """
    developers:
      - {email: ada@partner.example, teams: [partners], applications: [{name: Checkout, apis: [payments]}]}
    """


def diagnoses(story: Story, *more: str, code: int = 2) -> list[str]:
    """Every diagnosis as `severity rule: message`; the remedy is there; nothing is written; twice the same."""
    before = story.portal
    ran = story.run("doctor", str(story.folder), "--format", "json", *more)
    assert ran.code == code, ran
    assert story.run("doctor", str(story.folder), "--format", "json", *more).out == ran.out
    assert (story.writes(), story.portal) == ([], before)
    assert all(found["hint"] for found in ran.json["diagnoses"])
    return [f"{found['severity']} {found['rule']}: {found['message']}" for found in ran.json["diagnoses"]]


def things(story: Story, rule: str, code: int = 2) -> list[str]:
    """What one check found, without the why."""
    found = [line.split(" ", 2) for line in diagnoses(story, code=code)]
    return [
        rest.partition(": ")[0] if rule != "unreadable" else rest for _, name, rest in found if name == f"{rule}:"
    ]


def test_a_portal_that_leaves_the_decision_to_git_is_healthy(portal: Start) -> None:
    """It says so, and what it looked at."""
    story = portal(HEALTHY)
    story.git(GIT)
    ran = story.run("doctor", str(story.folder))
    assert ran.code == 0
    assert re.sub("  git: .*\n", "", ran.out.replace(story.server.url, "SERVER")) == (
        "Doctor for portal acme-partners\n"
        "  eu, SERVER\n"
        "\n"
        "Looked at 1 API, 1 application, 1 developer, 1 membership, 1 registration,\n"
        "    1 team.\n"
        "\n"
        "Nothing on the portal works against git\n"
    )


def test_what_lets_people_in_past_git_is_named_with_its_remedy(portal: Start) -> None:
    """Auto-approval of portal and publication, RBAC off, login by SSO, teams that the identity provider owns."""
    story = portal("""
        apis: [{name: payments}, {name: orders}]
        portals:
          - name: acme-partners
            auto_approve_developers: true
            auto_approve_applications: true
            identity_providers: [{type: oidc, enabled: true}]
            authentication_settings: {idp_mapping_enabled: true}
            publications: [{api: payments, auto_approve_registrations: true}, {api: orders}]
            developers: [{email: ada@partner.example, status: approved}]
            teams: [{name: partners, groups: [staff], members: [ada@partner.example]}, {name: others}]
        """)
    story.git("developers: [{email: ada@partner.example, teams: [partners, others]}]\n"
              "rules: [{name: all, match: {email: '*@partner.example'}, apis: [payments]}]")  # fmt: skip
    assert diagnoses(story) == [
        "error auto-approve-developers: the portal approves every developer who signs up: nobody asks git",
        "error auto-approve-applications: the portal approves every request of an application for an API: "
        "nobody asks git, and a revoked request that is made anew is approved at once",
        'error auto-approve-publication: the publication of API "payments" approves every request by itself: '
        "nobody asks git, and a revoked request that is made anew is approved at once",
        'error synchronised-team: the identity provider owns the members of team "partners", while git lists members '
        "of it: it takes out at the next login whom it does not know there, so that these memberships are blocked in "
        "plans",
        "warning rbac-off: RBAC is off on the portal, while git lists teams: without it every approved developer "
        "sees every API and may ask for it, whatever their teams",
        "warning login-approves: login by an identity provider is on (oidc): Konnect approves developers when they "
        "log in that way, and git is not asked",
    ]


@pytest.mark.parametrize(
    ("portal_has", "rule", "found"),
    [
        (
            "developers: [{email: ada@partner.example, id: 00000000-0000-4000-8000-000000000001}, "
            "{email: ADA@partner.example, id: 00000000-0000-4000-8000-000000000002}]",
            "duplicate-address",
            ["2 accounts have one address"],
        ),
        ("teams: [{name: a team}, {name: a team}]", "duplicate-team", ['2 teams are called "a team"']),
        (
            "developers: [{email: ada@partner.example}]\n"
            "applications: [{name: Cart, owner: ada@partner.example}, {name: Cart, owner: ada@partner.example}]",
            "duplicate-application",
            ['ada@partner.example has 2 applications called "Cart"'],
        ),
        (
            "developers: [{email: ada@partner.example, full_name: \"Ad\\u200ba\"}]",
            "hidden-characters",
            ['the name of a developer "Ad\u200ba" has characters that do not show or reorder others'],
        ),
        (
            "teams: [{name: \"p\\u0430rtners\"}]",
            "mixed-scripts",
            ['the name of a team "p\u0430rtners" mixes Cyrillic and Latin letters in one word'],
        ),
        (
            "teams: [{name: \"p\\u0430rtners\"}, {name: partners}]",
            "look-alikes",
            ["these look alike, each the name of a team of someone or something else"],
        ),
    ],
)  # fmt: skip
def test_names_that_git_cannot_use_or_that_deceive_are_found(
    portal: Start, portal_has: str, rule: str, found: list[str]
) -> None:
    """Strangers choose them; each check finds its own."""
    lines = "".join(f"            {line}\n" for line in portal_has.splitlines())
    story = portal(f"        apis: [{{name: payments}}]\n        portals:\n          - name: acme-partners\n{lines}")
    story.git("policy: {unlisted: {registrations: report}}")
    assert things(story, rule) == found


def test_an_api_that_git_names_without_its_version_is_ambiguous_only_if_there_are_several(portal: Start) -> None:
    """Naming the version is the remedy."""
    story = portal("""
        apis: [{name: payments, version: v1}, {name: payments, version: v2}, {name: orders, version: v1}]
        portals: [{name: acme-partners, developers: [{email: ada@partner.example}]}]
        """)
    line = "developers: [{{email: ada@partner.example, applications: [{{name: Cart, apis: [{api}, orders]}}]}}]"
    story.git(line.format(api="payments"))
    assert things(story, "ambiguous-api") == [
        'git names API "payments" without a version, and the portal has v1, v2',
    ]
    story.git(line.format(api="{name: payments, version: v1}"))
    assert diagnoses(story, code=0) == []


@pytest.mark.in_process
@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/developers", "developers"),
        ("/teams", "teams"),
        ("/applications", "applications"),
        ("/application-registrations", "registrations"),
        ("/apis", "APIs"),
        ("/authentication-settings", "authentication settings"),
        ("/identity-providers", "identity providers"),
        ("/api-publications", "publications"),
        ("/{team}/developers", "members of teams"),
        ("/{team}/assigned-roles", "roles of teams"),
    ],
)
def test_what_the_token_may_not_read_is_named_and_the_rest_is_examined(portal: Start, path: str, named: str) -> None:
    """A run would end with 7 at the first; doctor names them, with the role that is missing, and goes on."""
    story = portal(HEALTHY.replace("rbac_enabled: true", "rbac_enabled: true\n        auto_approve_developers: true"))
    story.git(GIT + "teams: [{name: partners, roles: []}]\n".rjust(4))
    [team] = [one["id"] for one in asked(story, "/teams")]

    def forbid(request: Request) -> Response | None:
        wanted = path.format(team=team) if "{" in path else path
        inner = f"/teams/{team}" not in request.path or "{" in path
        if request.path.endswith(wanted) and inner:
            return Response.json(403, Problem(403, "Forbidden", "no").document(1))
        return None

    story.on_request(forbid)
    found = diagnoses(story)
    assert [line.split(" GET")[0] for line in found] == [
        "error auto-approve-developers: the portal approves every developer who signs up: nobody asks git",
        f"error unreadable: the token may not read the {named}:",
    ]


def asked(story: Story, path: str) -> list[Any]:
    """The items of a list below the portal, as the portal answers."""
    one = {"authorization": "Bearer t"}
    [found] = story.sandbox.answer(Request("GET", "/v3/portals", one)).value()["data"]
    items: list[Any] = story.sandbox.answer(Request("GET", f"/v3/portals/{found['id']}{path}", one)).value()["data"]
    return items


def test_residual_access_is_shown_and_counts(portal: Start) -> None:
    """Someone revoked in the console, whose registration works on."""
    story = portal(HEALTHY)
    story.git(GIT)
    story.sandbox.set_status("acme-partners", "ada@partner.example", "revoked")
    assert diagnoses(story) == []
    ran = story.run("doctor", str(story.folder))
    assert "RESIDUAL ACCESS (1)" in ran.out
    assert "Checkout" in ran.out
    assert ran.out.endswith("\nNothing on the portal works against git; 1 RESIDUAL\n")


def test_manifests_with_errors_are_not_examined(portal: Start) -> None:
    """What git says must be known first."""
    story = portal(HEALTHY)
    story.git("developers: [{email: ada@partner.example, teems: []}]")
    ran = story.run("doctor", str(story.folder))
    assert ran.code == 3
    assert story.server.requests == []
