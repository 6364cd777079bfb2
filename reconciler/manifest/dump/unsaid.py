"""What a manifest cannot say of a portal: a row a reason, with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.finding import Finding

_HINTS = {
    "ambiguous-address": "delete the account that is not in use, then list the person",
    "ambiguous-team": "rename one of the teams on the portal, then list it",
    "ambiguous-application": "ask the owner to delete or rename one of them, then list what it may use",
    "ambiguous-api": "list it once the portal publishes one API or package of that name and version",
    "unpublished-api": "publish the API to this portal, or revoke the registration there",
    "synchronised-team": "nothing: the identity provider goes on deciding who is in the team",
    "not-approved": "approve the person by listing them, or take this away by listing them with `status: revoked`",
    "unknown-owner": "nothing: the portal does not say whose it is",
    "unknown-role": "assign another role, or leave the roles of this team to the portal",
    "invalid-name": "change it on the portal; a manifest does not take such names",
}


@dataclass(slots=True)
class Unsaid:
    """Gathers the findings, each once, in the order in which they come up."""

    findings: dict[Finding, None] = field(default_factory=dict)

    def note(self, rule: str, message: str) -> None:
        """Add a warning that something is left out."""
        self.findings[Finding(f"dump.{rule}", "warning", message, _HINTS[rule])] = None
