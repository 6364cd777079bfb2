"""A branch with a pull request for each group of requests, kept as the portal is: `pending --branches`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from reconciler.finding import Finding
from reconciler.forge import Forge, PullRequest
from reconciler.manifest.edit.shelf import Shelf
from reconciler.manifest.read import load
from reconciler.model.listing import NewRegistration, Terms
from reconciler.model.request import Answer, Became, Branch, Request
from reconciler.onboard.answer import answered
from reconciler.onboard.edits import Writing
from reconciler.pending.choose import listing_of
from reconciler.pending.groups import Group, branches_of, grouped, identity, marker, remembered
from reconciler.report.escape import inert
from reconciler.report.markdown.page import fit
from reconciler.report.markdown.requests import files, requests
from reconciler.report.model import Report
from reconciler.report.words import plural
from reconciler.worktree import Worktree

_INTRO = """\
These people and applications wait on the portal for a decision. **Merging this approves what stands in the files.**
To decline a request, delete its entry before you merge, or close this without merging: it is not asked for again,
unless somebody signs up or asks anew. To turn somebody away for good, write `status: rejected` in the entry. While
nobody else pushes to this branch it is kept as the portal is: new requests come in, and withdrawn ones go.\
"""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How the branches are kept: `base` is the branch that they are merged into; `dry`: nothing is pushed or said."""

    base: str
    terms: Terms
    today: date
    dry: bool = False


class Keeper:
    """Keeps the branches of one workspace; findings are the errors that entries would have made."""

    def __init__(self, tree: Worktree, forge: Forge, keeping: Keeping, blank: Report) -> None:
        self.tree = tree
        self.forge = forge
        self.keeping = keeping
        self.blank = blank
        self.findings: list[Finding] = []
        self._history: dict[str, list[PullRequest]] = defaultdict(list)

    def keep(self, waiting: Sequence[Request], named: Sequence[Request] | None = None) -> tuple[Branch, ...]:
        """One branch a group, and none for groups of which nobody waits any more.

        `named`: only the groups that these are in, each as a whole; the others' branches stay as they are.
        """
        for each in self.forge.requests(branches_of(self.tree.inside)):
            self._history[each.branch].append(each)
        shelf = Shelf(load(self.tree.folder).documents)

        def has_owner(request: Request) -> bool:
            listing = listing_of(request)
            return isinstance(listing, NewRegistration) and shelf.for_api(listing, shelf.documents) is not None

        groups = grouped(self.tree.inside, waiting, has_owner)
        if named is not None:
            return tuple(self._group(group) for group in groups if any(each in named for each in group.requests))
        kept = [self._group(group) for group in groups]
        gone = [branch for branch in sorted(self._history) if branch not in {group.branch for group in groups}]
        return (*kept, *(each for branch in gone for each in self._gone(branch)))

    def _group(self, group: Group) -> Branch:
        history = self._history[group.branch]
        before = frozenset[str]().union(*(remembered(each.body) for each in history if each.state != "open"))
        wanted = [request for request in group.requests if identity(request) not in before]
        if not wanted:
            closed = self._gone(group.branch)
            return closed[0] if closed else Branch(group.branch, "declined", len(group.requests))
        tip = self.tree.tip(group.branch)
        if tip and not tip.ours:
            return Branch(group.branch, "left", len(wanted), "somebody else has pushed to it")
        self.tree.reset()
        answer, wrong = answered(load(self.tree.folder), wanted, (), Writing(self.keeping.terms), self.keeping.today)
        if wrong:
            self.findings += (self._shown(finding) for finding in wrong)
            return Branch(group.branch, "refused", len(wanted), "the manifests would have errors")
        if "listed" not in answer.decisions:
            return Branch(group.branch, "refused", len(wanted), answer.requests[0].obstacle)
        title = f"Access requests: {group.kind} {inert(group.name)} ({len(wanted)})"
        commit = self.tree.commit(title, len(wanted))
        pushed = tip is None or tip.tree != self.tree.tree_of(commit)
        if pushed and not self.keeping.dry:
            self.tree.push(group.branch, tip)
        return Branch(group.branch, self._say(group.branch, title, answer, pushed=pushed), len(wanted))

    def _say(self, branch: str, title: str, answer: Answer, *, pushed: bool) -> Became:
        """Open the pull request, or bring its text up to date."""
        body = self._body(answer)
        open_ = next((each for each in self._history[branch] if each.state == "open"), None)
        if open_ is None:
            if not self.keeping.dry:
                self.forge.create(branch, self.keeping.base, title, body)
            return "opened"
        if not pushed and open_.body.replace("\r\n", "\n").strip() == body.strip():
            return "unchanged"
        if not self.keeping.dry:
            self.forge.edit(open_.number, title, body)
        return "updated"

    def _body(self, answer: Answer) -> str:
        shown = tuple(replace(request, into=self.tree.shown(request.into)) for request in answer.requests)
        report = replace(self.blank, answer=Answer(shown))
        text = fit([*requests(report), *files(report)], "the branch has all of it")
        return f"{marker(answer.requests)}\n\n{_INTRO}\n\n{text}"

    def _gone(self, branch: str) -> list[Branch]:
        """Nobody of the group waits any more: its pull request, if one is open, has nothing to say."""
        open_ = [each for each in self._history[branch] if each.state == "open"]
        if open_ and not self.keeping.dry:
            tip = self.tree.tip(branch)
            for each in open_:
                self.forge.close(each.number)
            if tip and tip.ours:
                self.tree.delete(branch)
        return [Branch(branch, "closed", 0, "nobody waits for it any more")] if open_ else []

    def _shown(self, finding: Finding) -> Finding:
        origin = finding.origin
        return replace(finding, origin=replace(origin, file=self.tree.shown(origin.file))) if origin else finding


def summary(branches: Sequence[Branch]) -> str:
    """How many pull requests became what."""
    counts: dict[str, int] = defaultdict(int)
    for each in branches:
        counts[each.became] += 1
    return ", ".join(f"{plural(number, 'pull request')} {became}" for became, number in counts.items())
