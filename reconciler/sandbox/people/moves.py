"""Every move, as a method of `People` and as a row of the table that stories are read by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from reconciler.sandbox.people.admins import AdminMoves
from reconciler.sandbox.people.arguments import (
    API,
    APPLICATION,
    EMAIL,
    GROUPS,
    NAME,
    OWNER,
    REGION,
    ROLE,
    SETTINGS,
    TEAM,
    Argument,
    flag,
    text,
)
from reconciler.sandbox.people.developers import DeveloperMoves


class People(DeveloperMoves, AdminMoves):
    """What other people do on the portal meanwhile, mixed into `Sandbox`."""


@dataclass(frozen=True, slots=True)
class Move:
    """`says` is the move in words over its arguments; `{thing}` is the API or package with its version.

    `does` is called with the people, the portal and the arguments.
    """

    says: str
    does: Callable[..., object]
    takes: tuple[Argument, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key that a step of this move may have of its own."""
        return tuple(key for argument in self.takes for key in argument.keys)


def _status(status: str) -> Callable[..., object]:
    return partial(People.set_status, status=status)


def _decision(status: str) -> Callable[..., object]:
    return partial(People.set_registration, status=status)


OWN = (EMAIL, APPLICATION)
DECIDED = (OWNER, APPLICATION, API)
MOVES = {
    "sign-up": Move("{email} signs up as {full_name}", People.sign_up, (EMAIL, text("full_name"))),
    "verify": Move("{email} verifies the address", People.verify, (EMAIL,)),
    "log-in": Move("{email} logs in by SSO", People.log_in, (EMAIL, GROUPS, text("full_name", required=False))),
    "create-application": Move("{email} creates {name}", People.create_application, (EMAIL, NAME)),
    "delete-application": Move("{email} deletes {application}", People.delete_application, OWN),
    "request-api": Move("{email} requests {thing} for {application}", People.request_api, (*OWN, API)),
    "withdraw-request": Move(
        "{email} withdraws the request of {application} for {thing}", People.withdraw_request, (*OWN, API)
    ),
    "approve": Move("an admin approves {email}", _status("approved"), (EMAIL,)),
    "revoke": Move("an admin revokes {email}", _status("revoked"), (EMAIL,)),
    "reject": Move("an admin rejects {email}", _status("rejected"), (EMAIL,)),
    "delete-developer": Move("an admin deletes {email}", People.delete_developer, (EMAIL,)),
    "approve-registration": Move(
        "an admin approves {thing} for {application} of {owner}", _decision("approved"), DECIDED
    ),
    "revoke-registration": Move(
        "an admin revokes {thing} from {application} of {owner}", _decision("revoked"), DECIDED
    ),
    "reject-registration": Move(
        "an admin rejects {thing} for {application} of {owner}", _decision("rejected"), DECIDED
    ),
    "create-team": Move(
        "an admin creates the team {name}",
        People.create_team,
        (NAME, text("description", required=False), flag("can_own_applications")),
    ),
    "delete-team": Move("an admin deletes the team {name}", People.delete_team, (NAME,)),
    "add-to-team": Move("an admin adds {email} to {team}", People.add_member, (EMAIL, TEAM)),
    "remove-from-team": Move("an admin removes {email} from {team}", People.remove_member, (EMAIL, TEAM)),
    "assign-role": Move("an admin makes {team} {role} of {thing}", People.assign_role, (TEAM, ROLE, API, REGION)),
    "remove-role": Move("an admin takes {role} of {thing} from {team}", People.remove_role, (TEAM, ROLE, API)),
    "set-portal": Move("an admin changes the portal: {settings}", People.set_portal, SETTINGS),
}
