"""A saved plan out of its document: whether it may still be trusted, and if not, which of its ties is broken."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime

from reconciler.errors import InputError, StalePlanError
from reconciler.model.change import Plan
from reconciler.model.observed import Portal
from reconciler.plan.document import FORMAT_VERSION, PolicySource, digest_of, from_document, signature_of
from reconciler.plan.document_reader import Node
from reconciler.secret import Secret, visible


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan that is as it was made, with the circumstances that it was made under."""

    plan: Plan
    digest: str
    created_at: str
    expires_at: str
    manifests_digest: str
    paths: tuple[str, ...]
    commit: str | None
    policy_from: PolicySource | None
    snapshot_of: str | None = None
    """When the snapshot was taken that it was made from; None: it was made from the portal itself."""

    def must_be_of_the_portal(self) -> None:
        """Raise StalePlanError if it was made from a snapshot: its refusals were judged on a file, not the portal."""
        if self.snapshot_of is not None:
            raise StalePlanError(
                f"the saved plan was made from a snapshot of {self.snapshot_of}, not from the portal itself",
                "give it as `apply PATH --reviewed FILE`, which plans anew and does what both have; or plan again",
            )

    def must_be_of_the_whole(self) -> None:
        """Raise StalePlanError if it looked at a part: limits, and what an address is, need the whole."""
        since = self.plan.changed_since
        if since is not None:
            raise StalePlanError(
                f"the saved plan looked only at what changed since {visible(since.ref)} (commit {since.commit[:12]})",
                "give it as `apply PATH --reviewed FILE`, which plans anew and does what both have; or plan again",
            )

    def must_be_fresh(self, now: datetime) -> None:
        """Raise StalePlanError if its time to live is over."""
        if now > _instant(self.expires_at):
            raise _stale(f"expired at {self.expires_at}")

    def must_be_from(self, manifests_digest: str) -> None:
        """Raise StalePlanError if the manifests are others now."""
        if manifests_digest != self.manifests_digest:
            raise _stale("was made from other manifests: they were changed since")


def same_server(made_for: Portal, server: str) -> None:
    """Raise StalePlanError if a plan that was made for the one portal is to be used on another server."""
    if made_for.server.rstrip("/") != server.rstrip("/"):
        raise _elsewhere(made_for, f"this run is about {server}")


def same_portal(made_for: Portal, portal: Portal) -> None:
    """Raise StalePlanError if they are not the same portal. One that was renamed is the same."""
    same_server(made_for, portal.server)
    if made_for.id != portal.id:
        raise _elsewhere(made_for, f"this one is {portal.name} ({portal.id})")


def gone(made_for: Portal) -> StalePlanError:
    """That the server has no portal of this id."""
    return _elsewhere(made_for, "there is none of this id")


def opened(document: object, key: Secret | None) -> SavedPlan:
    """The plan of a document that is as it was made; with a key, by whom has the key too.

    Raises StalePlanError, saying why, where it was edited, is of another major version, or its signature is missing,
    wrong, or cannot be checked. What is no plan at all, or cannot be read, is an InputError.
    """
    if not isinstance(document, dict) or document.get("kind") != "plan":
        raise InputError("this file is not a saved plan", "write one with `reconciler plan PATH --out FILE`")
    root = Node(document)
    version = root.get("format_version", str)
    if version.partition(".")[0] != FORMAT_VERSION.partition(".")[0]:
        raise _stale(f"has format version {version}, and this reconciler reads {FORMAT_VERSION}")
    digest = root.get("digest", str)
    if digest != digest_of(document):
        raise _stale("was edited after it was made: its digest does not match its content")
    _must_be_signed(root, key)
    source, expires_at = root.maybe_node("policy_from"), root.get("expires_at", str)
    snapshot = root.maybe_node("snapshot")
    try:
        _instant(expires_at)
    except (ValueError, OverflowError):
        raise root.wrong("expires_at", "a date and time is expected") from None
    return SavedPlan(
        plan=from_document(document),
        digest=digest,
        created_at=root.get("created_at", str),
        expires_at=expires_at,
        manifests_digest=root.node("manifests").get("digest", str),
        paths=root.node("manifests").strings("paths"),
        commit=root.maybe("commit", str),
        policy_from=PolicySource(source.get("ref", str), source.get("commit", str)) if source else None,
        snapshot_of=snapshot.get("taken_at", str) if snapshot else None,
    )


def _must_be_signed(root: Node, key: Secret | None) -> None:
    signature = root.maybe("signature", str)
    if key is None:
        if signature is not None:
            raise _stale("is signed, and there is no key to check that with: RECONCILER_PLAN_KEY is not set")
        return
    if signature is None:
        raise _stale("is not signed, and with RECONCILER_PLAN_KEY only signed plans count")
    if not hmac.compare_digest(
        signature.encode("utf-8", "surrogatepass"), signature_of(root.fields, key).encode("ascii")
    ):
        raise _stale("has a wrong signature: it was edited, or signed with another key")


def _instant(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(UTC)


def _elsewhere(made_for: Portal, this: str) -> StalePlanError:
    return _stale(f"is for another portal: {made_for.name} ({made_for.id}) at {made_for.server}; {this}")


def _stale(what: str) -> StalePlanError:
    return StalePlanError(f"the saved plan {what}", "plan again, and have the new plan reviewed")
