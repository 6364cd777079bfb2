"""What a notice is an instance of: a name that stays, what it means, what to do (docs/reports.md has the table)."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.finding import Severity
from reconciler.model.change import LIFTABLE, UNLIFTABLE
from reconciler.plan.drift.table import TABLE


@dataclass(frozen=True, slots=True)
class Rule:
    """`title` fits on a line, `meaning` is a sentence or two, `help` says what to do."""

    title: str
    meaning: str
    help: str
    level: Severity = "error"


_AGAIN = "Apply again: what is done already is not done twice."
_PLAN = "Plan again: it shows what is there now."

RULES: dict[str, Rule] = {
    "run.failed": Rule(
        "The run ended before its time",
        "The state of the portal is not known, or not all that was to be done was done.",
        "Do what the message says, then run again.",
    ),
    "run.snapshot": Rule(
        "A snapshot was looked at",
        "What is said of the portal is as old as the snapshot that `--snapshot` named.",
        "Take it anew with `reconciler dump --snapshot`, if it is too old.",
        "note",
    ),
    "git.let-go": Rule(
        "Git has let go of access that stays",
        "The base commit listed it, this one does not, and the portal still has it: deleting a line takes nothing "
        "away.",
        "Write what the message says, if it is meant to end.",
        "warning",
    ),
    "git.policy-changed": Rule(
        "Portal, policy or rules changed",
        "A key that decides what is allowed is not what it was at the base commit.",
        "Review it before all else.",
        "warning",
    ),
    "apply.failed": Rule("A change failed", "The portal refused a change.", _AGAIN),
    "apply.skipped": Rule("A change was skipped", "What the change rests on did not succeed.", _PLAN),
    "apply.stale": Rule(
        "A change is stale", "The portal is not as the saved plan says any more; the change was not written.", _PLAN
    ),
    "apply.unknown": Rule("A change's answer was lost", "Nobody could look what came of it.", _PLAN),
    "apply.not-kept": Rule(
        "A change did not stick",
        "The portal said that it was done, and it was not there when it was read back.",
        _PLAN,
    ),
    "apply.not-tried": Rule("A change was not tried", "The run ended before its turn.", _AGAIN),
    "apply.not-reviewed": Rule(
        "Git asks for more than was reviewed",
        "The change is not in the plan that was reviewed, and was left out.",
        "Have a new plan reviewed.",
        "warning",
    ),
    "apply.extra": Rule(
        "A change that no plan foresaw",
        "A registration was approved while its owner's access was being taken away, and was revoked as well.",
        "Nothing.",
        "note",
    ),
    "access.residual": Rule(
        "Residual access",
        "An approved registration works for somebody who is not approved, or whose access is taken away: Konnect "
        "lets issued credentials go on working.",
        "List the person as `revoked`, or revoke the registration; replace credentials that a team shares.",
    ),
    "access.removed": Rule(
        "Access is taken away", "The plan takes this access away.", "See that it is meant to end.", "note"
    ),
    "access.unlisted": Rule(
        "Access that git does not list",
        "It is approved on the portal, and git does not list it.",
        "List it in git, or take it away.",
        "note",
    ),
    "access.held": Rule(
        "Held",
        "Git lists it, and somebody revoked or rejected it on the portal: it stays so until git says otherwise.",
        "Write `reinstated: DATE` to give it back, or list it as `revoked`.",
        "warning",
    ),
    "access.blocked": Rule(
        "Blocked",
        "It cannot be told what the entry means: an unknown or ambiguous name.",
        "Correct the entry, as the message says.",
        "warning",
    ),
    "access.waiting": Rule(
        "Waiting", "Somebody has to sign up, create an application or ask first.", "Nothing.", "note"
    ),
    "access.suspicious": Rule(
        "A request that deserves a second look",
        "Somebody asks for access, and something about the request is odd.",
        "Look at it, then list it in git, as approved or `rejected`.",
        "warning",
    ),
    "access.request": Rule(
        "A request that git does not answer",
        "Somebody asks for access, and git says nothing about it.",
        "List it in git, as approved or `rejected`.",
        "note",
    ),
    "access.not-adopted": Rule(
        "A difference that was not adopted",
        "`drift --adopt` could not write into the manifests what the portal has.",
        "Do what the message says, or let `apply` put it right.",
        "note",
    ),
    **{
        f"drift.{name}": Rule(
            row.title,
            f"{row.meaning[0].upper()}{row.meaning[1:]}.",
            ". ".join(f"{said[0].upper()}{said[1:]}" for said in (row.action, row.applied) if said) + ".",
            row.severity,
        )
        for name, row in TABLE.items()
    },
    "limit.lifted": Rule(
        "A limit was lifted",
        "The plan breaks a limit with leave, by `policy.allow` or `--allow`.",
        "See that the reason holds.",
        "warning",
    ),
    **{
        f"limit.{rule}": Rule(
            f"Refused: {rule}",
            f"The plan breaks the limit `{rule}`, so that nothing of it is applied.",
            "Split the change, or lift the limit by review: docs/manifest.md, Refusals.",
        )
        for rule in (*LIFTABLE, *UNLIFTABLE)
    },
}


def rule_of(name: str, level: Severity) -> Rule:
    """The rule of that name; findings of manifests and diagnoses of the portal explain themselves by their hints."""
    title = name.replace("-", " ").replace(".", ": ").capitalize()
    meaning = "A finding of the manifests (docs/manifest.md) or of `reconciler doctor`; the message says what it is."
    return RULES.get(name) or Rule(title, meaning, "Do what the message says.", level)
