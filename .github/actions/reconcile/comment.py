"""One comment on the pull request: written by the first run, edited by every other.

REPORT is the Markdown to show, PULL_REQUEST its number.
"""

from __future__ import annotations

import os
from pathlib import Path

import hub

EDIT = "mutation($id: ID!, $body: String!) { updateIssueComment(input: {id: $id, body: $body}) { clientMutationId } }"


def main() -> None:
    """Our own comments only: a stranger's with the same marker is left alone."""
    report, number = Path(os.environ["REPORT"]), os.environ["PULL_REQUEST"]
    if not number:
        print("This run is on no pull request: nothing to comment on.")
        return
    mark = hub.marker(report)
    comments = hub.asked("pr", "view", number, "--json", "comments")["comments"]
    mine = [each["id"] for each in comments if each["viewerDidAuthor"] and mark in each["body"]]
    if mine:
        hub.gh("api", "graphql", "-f", f"query={EDIT}", "-f", f"id={mine[0]}", "-F", f"body=@{report}")
    else:
        hub.gh("pr", "comment", number, "--body-file", str(report))


if __name__ == "__main__":
    main()
