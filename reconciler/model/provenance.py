"""Where a manifest line comes from: the commit that wrote it, and the merge that brought it in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Commit:
    """What a commit says of itself; nobody has proved it. Who is "Name <address>", times are ISO-8601 in UTC or "".

    `request` is the pull or merge request that its message names, as in #12 or !12; `approvers` are those of its
    Approved-by and Reviewed-by lines.
    """

    id: str
    author: str
    committer: str
    authored: str
    committed: str
    subject: str
    parents: tuple[str, ...] = ()
    request: str = ""
    approvers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """Of one line. `merge` brought its commit onto the main line; None where it was made there, or squashed.

    `uncommitted`: the line as it stands is in no commit. `unknown`: git cannot tell, and `why` says what is missing.
    """

    state: Literal["committed", "uncommitted", "unknown"]
    commit: Commit | None = None
    merge: Commit | None = None
    why: str = ""

    @property
    def request(self) -> str:
        """The request that was merged; the merge knows better than a commit that mentions a number."""
        return next((each.request for each in (self.merge, self.commit) if each and each.request), "")

    @property
    def approvers(self) -> tuple[str, ...]:
        """By whose approval, as far as git tells: who is named as such, else who merged, else who committed."""
        named = dict.fromkeys(who for each in (self.merge, self.commit) if each for who in each.approvers)
        if named or self.commit is None:
            return tuple(named)
        if self.merge:
            return (self.merge.author,)  # forges merge as themselves, in the name of whoever pressed the button
        own = self.commit
        return (own.author if own.committer.endswith(f"<{FORGE}>") else own.committer,)

    @property
    def since(self) -> str:
        """When it came onto the main line."""
        last = self.merge or self.commit
        return last.committed if last else ""


FORGE = "noreply@github.com"
"""Who commits what is merged on github.com by its web page."""
