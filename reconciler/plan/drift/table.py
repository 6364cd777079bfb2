"""The classes of drift: how bad each is, what it is, and what to do about it. docs/drift.md has the same table."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.finding import Severity
from reconciler.model.drift import DriftClass


@dataclass(frozen=True, slots=True)
class Row:
    """One class. `differs`: it makes `drift` exit with 2 unless `--fail-on` says otherwise.

    `asks`: evidence may tell how it came to be, and where it does not, the cause is unknown. `action` is what to do
    where `apply` changes nothing about it, `applied` where it does; "" where that does not come about.
    """

    title: str
    severity: Severity
    differs: bool
    asks: bool
    meaning: str
    action: str
    applied: str = ""


_TAKEN = "`apply` takes it away; list it to keep it"
_LIST_OR_TAKE = "list it in git, or take it away"

TABLE: dict[DriftClass, Row] = {
    "residual": Row(
        "Residual access",
        "error",
        True,
        False,
        "an approved registration works although its owner is not approved, or who was taken away may know its "
        "credentials",
        "list the person as `revoked`, or revoke the registration; replace credentials that a team shares",
    ),
    "denied": Row(
        "Denied in git, and not on the portal",
        "error",
        True,
        True,
        "an entry says `revoked` or `rejected`, and the portal has it approved or pending",
        "",
        "`apply`; look who gave it, if it was given",
    ),
    "expired": Row(
        "Expired",
        "warning",
        True,
        False,
        "its last day of access is past, and the portal still has it",
        "",
        "`apply`",
    ),
    "auto-approved": Row(
        "Extra access, approved by a setting",
        "error",
        True,
        False,
        "access that git does not list, of a kind that the portal approves by itself",
        "switch the setting off (`doctor` names it), then list it in git or take it away",
        f"switch the setting off (`doctor` names it); {_TAKEN}",
    ),
    "let-go": Row(
        "Let go",
        "warning",
        True,
        False,
        "access that git does not list any more: the base commit did, or the journal says that `apply` gave it",
        _LIST_OR_TAKE,
        _TAKEN,
    ),
    "extra": Row(
        "Extra access",
        "warning",
        True,
        True,
        "access that git does not list",
        _LIST_OR_TAKE,
        _TAKEN,
    ),
    "vanished": Row(
        "Vanished",
        "error",
        True,
        False,
        "listed in git and there before, by the journal or the snapshot, and now gone",
        "ask the person, or take it out of git",
        "find out who took it away; `apply` gives it again, or take it out of git",
    ),
    "missing": Row(
        "Missing access",
        "warning",
        True,
        True,
        "listed in git, and not on the portal",
        "",
        "`apply`",
    ),
    "team": Row(
        "Teams that differ",
        "note",
        True,
        False,
        "a team is not there, or its description or right to own applications differs",
        "",
        "`apply`",
    ),
    "held": Row(
        "Held",
        "warning",
        True,
        True,
        "listed in git, and revoked or rejected on the portal: it stays so until git says otherwise",
        "write `reinstated: DATE` to give it back, or `status: revoked`",
    ),
    "identity-provider": Row(
        "Owned by the identity provider",
        "warning",
        False,
        False,
        "git lists members of a team, or a rule gives it, and the identity provider decides who is in it",
        "let Konnect manage the team, or take its members out of git",
    ),
    "blocked": Row(
        "Blocked",
        "warning",
        False,
        False,
        "it cannot be told what the entry means: an unknown or ambiguous name",
        "correct the entry, as its reason says",
    ),
    "waiting": Row(
        "Waiting",
        "note",
        False,
        False,
        "listed in git, and somebody has to sign up, create an application or ask first",
        "nothing; ask the person if it takes long",
    ),
    "request": Row(
        "Requests waiting",
        "note",
        False,
        False,
        "somebody asks, and git says nothing about it",
        "list it in git as approved or `rejected`",
    ),
}
"""In the order in which they are shown; the worst come first, and what is nobody's fault last."""

CAUSE_UNKNOWN = "cause unknown"
