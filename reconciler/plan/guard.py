"""Refusals: the limits that a plan must keep (docs/manifest.md, "Refusals"), each with its number and the way out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.change import Change, Lifted, Refusal
from reconciler.model.desired import Desired, RemovalLimit
from reconciler.model.names import any_match, domain_of, email_match
from reconciler.model.observed import Developer
from reconciler.plan.after import After
from reconciler.plan.draft import by_policy
from reconciler.plan.index import Index

_TAKES = {
    "revoke-developer": "developers",
    "reject-developer": "developers",
    "remove-member": "memberships",
    "revoke-registration": "registrations",
    "reject-registration": "registrations",
    "remove-role": "roles",
}


def refusals(desired: Desired, index: Index, changes: Sequence[Change], *, narrowed: bool) -> Iterator[Refusal]:
    """Every limit that these changes break; `narrowed`: they are not all that git asks for."""
    yield from _empty_workspace(desired, changes if narrowed else None)
    yield from _protected(desired, changes)
    yield from _removals(desired, index, changes)
    if index.observed.approved_in_all is None:  # of a part nobody can tell who else is in its teams
        yield from _teams(desired, index, changes)
    yield from _grants(desired, changes)


def _empty_workspace(desired: Desired, changes: Sequence[Change] | None) -> Iterator[Refusal]:
    """Files that vanished must not read as "nobody"; of a narrowed plan what matters is whether it acts on that."""
    for kind in ("developers", "memberships", "registrations", "roles"):
        setting = getattr(desired.policy.unlisted, kind)
        harmless = changes is not None and all(by_policy(desired.policy, kind) != each.cause for each in changes)
        if setting in ("revoke", "remove", "exact") and kind not in desired.listed_kinds and not harmless:
            yield Refusal(
                "empty-workspace",
                f"policy.unlisted.{kind} is {setting}, and the workspace lists no {kind} at all",
                0,
                "at least one",
                f"restore the files that list {kind}, or set policy.unlisted.{kind} to report; nothing lifts this",
            )


def _protected(desired: Desired, changes: Sequence[Change]) -> Iterator[Refusal]:
    policy = desired.policy
    hit: set[str] = set()
    for change in changes:
        if change.effect != "removes":
            continue
        developer, team = change.subject.developer, change.subject.team
        if developer and email_match(policy.protected_developers, developer.name):
            hit.add(developer.name)
        if team and any_match(policy.protected_teams, team.name):
            hit.add(f"team {team.name}")
    if hit:
        names = ", ".join(sorted(hit))
        yield Refusal(
            "protected",
            f"the plan takes access away from what policy.protected names: {names}",
            len(hit),
            "none",
            _way_out("protected", "take them out of policy.protected by review"),
        )


def _removals(desired: Desired, index: Index, changes: Sequence[Change]) -> Iterator[Refusal]:
    lost = Counter(_TAKES[change.action] for change in changes if _takes_approved(index, change))
    there = _approved_in_scope(index)
    for kind in ("developers", "memberships", "registrations", "roles"):
        yield from _over(f"removals.{kind}", kind, lost[kind], there.get(kind), desired.policy.removals)


def _takes_approved(index: Index, change: Change) -> bool:
    """What is approved and will not be; the membership of someone who is not approved gives nothing."""
    if change.action == "remove-member" and change.subject.developer:
        return index.developers[change.subject.developer.id or ""].status == "approved"
    return change.effect == "removes"


def _approved_in_scope(index: Index) -> Mapping[str, int]:
    """By kind; where only a part was looked at, of the kinds that are known to be in scope as a whole."""
    observed, scope = index.observed, index.scope
    if observed.approved_in_all is not None:
        whole = all("*" in globs for globs in (scope.developers, scope.teams, scope.apis))
        return observed.approved_in_all if whole else {}
    people = {d.id for d in observed.developers if d.status == "approved"}
    return Counter(
        developers=sum(d.id in people and index.developer_in_scope(d) for d in observed.developers),
        memberships=sum(m.developer_id in people and index.membership_in_scope(m) for m in observed.memberships),
        registrations=sum(r.status == "approved" and index.registration_in_scope(r) for r in observed.registrations),
        roles=sum(index.role_in_scope(role) for role in observed.roles),
    )


def _over(rule: str, what: str, n: int, total: int | None, limit: RemovalLimit) -> Iterator[Refusal]:
    """`total` None: it is not known, and only the number counts."""
    too_many = total is not None and n * 100 > limit.percent * total
    if n > limit.floor and (n > limit.max or too_many):
        yield Refusal(
            rule,
            f"{n} of {'all' if total is None else total} approved {what} would be taken away",
            n,
            f"up to {limit.floor} always, else at most {limit.max} and at most {limit.percent:g} % of "
            f"{'all' if total is None else total}",
            _way_out(rule, "split the change, raise policy.limits.removals by review"),
        )


def _teams(desired: Desired, index: Index, changes: Sequence[Change]) -> Iterator[Refusal]:
    """Per team: too many of its approved members lost, or none left of several."""
    standing = After(changes)
    removed = {
        (change.subject.developer.id, change.subject.team.id)
        for change in changes
        if change.action == "remove-member" and change.subject.developer and change.subject.team
    }
    members_after = Counter(
        change.subject.team.id for change in changes if change.action == "add-member" and change.subject.team
    )
    members: dict[str, list[Developer]] = defaultdict(list)
    for found in index.observed.memberships:
        developer = index.developers.get(found.developer_id)
        if developer is None:
            continue
        if developer.status == "approved" and index.membership_in_scope(found):
            members[found.team_id].append(developer)
        if (developer.id, found.team_id) not in removed and standing.status(developer) == "approved":
            members_after[found.team_id] += 1
    for team_id, before in sorted(members.items(), key=lambda item: (index.teams[item[0]].name, item[0])):
        name = index.teams[team_id].name
        left = [d for d in before if (d.id, team_id) not in removed and standing.status(d) == "approved"]
        lost = len(before) - len(left)
        yield from _over("removals.team", f"members of team {name}", lost, len(before), desired.policy.removals)
        if len(before) > 1 and not members_after[team_id] and not any_match(desired.policy.may_empty, name):
            yield Refusal(
                "never-empty",
                f"team {name} had {len(before)} approved members and would be left with none",
                1,
                "at least one approved member, or the team named in policy.limits.may_empty",
                _way_out(
                    "never-empty", f"list who stays in team {name}, add it to policy.limits.may_empty by review"
                ),
            )


def _grants(desired: Desired, changes: Sequence[Change]) -> Iterator[Refusal]:
    policy = desired.policy
    grants = sum(change.effect == "grants" for change in changes)
    invites = sum(change.action == "invite-developer" for change in changes)
    for rule, one, n, most in (
        ("grants", "grant", grants, policy.grants),
        ("invites", "invitation", invites, policy.invites),
    ):
        if n > most:
            hint = _way_out(rule, f"split the change, raise policy.limits.{rule}.count by review")
            yield Refusal(rule, f"the plan makes {n} {one if n == 1 else f'{one}s'}", n, f"at most {most}", hint)
    for standing_rule in desired.rules:
        n = sum(
            change.action == "approve-developer"
            and change.cause.by == "rule"
            and change.subject.developer is not None
            and domain_of(change.subject.developer.name) == standing_rule.domain
            for change in changes
        )
        if standing_rule.approve and n > standing_rule.max:
            yield Refusal(
                "grants.rule",
                f"rule {standing_rule.name!r} would approve {n} new {'person' if n == 1 else 'people'}",
                n,
                f"at most {standing_rule.max}",
                _way_out("grants.rule", "raise the rule's max by review"),
            )


def _way_out(rule: str, by_review: str) -> str:
    return f"{by_review}, add an entry to policy.allow, or lift it for one run with --allow {rule} --reason TEXT"


def lift(
    found: Sequence[Refusal], desired: Desired, allow: Mapping[str, str]
) -> tuple[tuple[Refusal, ...], tuple[Lifted, ...]]:
    """What stays refused, and what is lifted: by `allow` (rule → reason) for this run, or by policy.allow."""
    refused: list[Refusal] = []
    lifted: list[Lifted] = []
    for refusal in found:
        reviewed = [a for a in desired.policy.allow if a.rule == refusal.rule and refusal.number <= a.max]
        if refusal.liftable and refusal.rule in allow:
            lifted.append(Lifted(refusal, allow[refusal.rule]))
        elif refusal.liftable and reviewed:
            lifted.append(Lifted(refusal, reviewed[0].reason, reviewed[0].origin))
        else:
            refused.append(refusal)
    return tuple(refused), tuple(lifted)
