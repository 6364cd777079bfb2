"""Settings of the portal that let people in, or take them out, without git."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.doctor.case import Case, Check


def _approves_developers(case: Case) -> Iterator[str]:
    if case.settings.auto_approve_developers:
        yield "the portal approves every developer who signs up"


def _approves_applications(case: Case) -> Iterator[str]:
    if case.settings.auto_approve_applications:
        yield "the portal approves every request of an application for an API"


def _approving_publications(case: Case) -> Iterator[str]:
    names = {api.id: f'"{api.name}"' for api in case.observed.apis} if case.observed else {}
    for api_id in sorted(case.settings.self_approving or (), key=lambda one: (names.get(one, ""), one)):
        yield f"the publication of API {names.get(api_id, api_id)} approves every request by itself"


def _no_rbac(case: Case) -> Iterator[str]:
    git = case.desired
    teams = bool(git.teams or git.memberships or any(rule.teams for rule in git.rules))
    if case.settings.rbac is False and teams:
        yield "RBAC is off on the portal, while git lists teams"


def _login_approves(case: Case) -> Iterator[str]:
    if case.settings.providers:
        yield f"login by an identity provider is on ({', '.join(case.settings.providers)})"


def _synchronised_teams(case: Case) -> Iterator[str]:
    listed = {line.team for line in case.desired.memberships if not line.expired}
    listed |= {team for rule in case.desired.rules for team, _ in rule.teams}
    for team in case.observed.teams if case.observed else ():
        if team.synchronised and team.name in listed:
            yield f'the identity provider owns the members of team "{team.name}", while git lists members of it'


def _unreadable(case: Case) -> Iterator[str]:
    for what, error in sorted(case.unreadable.items()):
        yield f"the token may not read the {what}: {error.message}"


CHECKS = (
    Check(
        "auto-approve-developers",
        "error",
        "nobody asks git",
        "switch it off in the portal's security settings (`auto_approve_developers: false`); who was approved "
        "meanwhile stays approved, and `drift` lists them as unlisted",
        _approves_developers,
    ),
    Check(
        "auto-approve-applications",
        "error",
        "nobody asks git, and a revoked request that is made anew is approved at once",
        "switch it off in the portal's security settings (`auto_approve_applications: false`); `drift` lists what "
        "was approved meanwhile",
        _approves_applications,
    ),
    Check(
        "auto-approve-publication",
        "error",
        "nobody asks git, and a revoked request that is made anew is approved at once",
        "switch it off where the API is published to the portal (`auto_approve_registrations: false`)",
        _approving_publications,
    ),
    Check(
        "rbac-off",
        "warning",
        "without it every approved developer sees every API and may ask for it, whatever their teams",
        "enable RBAC on the portal once the teams have their roles: enabled before, it hides every API",
        _no_rbac,
    ),
    Check(
        "login-approves",
        "warning",
        "Konnect approves developers when they log in that way, and git is not asked",
        "let the identity provider admit only whom git may list, and look at `drift` often; who must stay out has to "
        "be taken out there, too",
        _login_approves,
    ),
    Check(
        "synchronised-team",
        "error",
        "it takes out at the next login whom it does not know there, so that these memberships are blocked in plans",
        "set the team to be managed in Konnect (delete its group mapping, then switch off its synchronisation), or "
        "take its members out of git",
        _synchronised_teams,
    ),
    Check(
        "unreadable",
        "error",
        "a run that needs it ends with 7, for it cannot see the whole portal",
        "give the token's account Portal Viewer (to apply: Portal Admin) on the portal, and API Viewer on its APIs",
        _unreadable,
    ),
)
