"""One issue, open as long as there are differences: opened by the first run that finds some, edited by every other,
closed by the first that finds none. A run that could not see the portal leaves it as it is.

REPORT is the Markdown to show, EXIT_CODE the command's, TITLE the issue's.
"""

from __future__ import annotations

import os
from pathlib import Path

import hub

LABEL = "portal-drift"
IN_SYNC, DIFFERENCES = "0", "2"


def main() -> None:
    """Found again by its label, which strangers cannot give, and by the report's marker."""
    report, code = Path(os.environ["REPORT"]), os.environ["EXIT_CODE"]
    mark = hub.marker(report)
    opened = hub.asked(
        "issue", "list", "--label", LABEL, "--state", "open", "--limit", "1000", "--json", "number,body"
    )
    mine = [str(each["number"]) for each in opened if mark in each["body"]]
    if code == DIFFERENCES and mine:
        hub.gh("issue", "edit", mine[0], "--title", os.environ["TITLE"], "--body-file", str(report))
    elif code == DIFFERENCES:
        hub.gh("label", "create", LABEL, "--force", "--description", "The portal is not as git says")
        hub.gh("issue", "create", "--title", os.environ["TITLE"], "--body-file", str(report), "--label", LABEL)
    elif code == IN_SYNC:
        for number in mine:
            hub.gh("issue", "close", number, "--comment", "The portal is as git says.")
    else:
        print(f"Exit code {code} says nothing of differences: the issue is left as it is.")


if __name__ == "__main__":
    main()
