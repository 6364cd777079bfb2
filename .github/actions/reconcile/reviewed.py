"""Fetch the plan that was reviewed: that of the pull request which brought this commit.

WORKFLOW is the file name of the workflow whose last successful run on the pull request saved it, as `plan.json` in
the artifact `reconciler-plan`.
"""

from __future__ import annotations

import os
from pathlib import Path

import hub

ARTIFACT = "reconciler-plan"
BY_HAND = "run this workflow by hand (Actions, Run workflow), which plans anew"


def main() -> None:
    """Into the folder `reviewed`; without a plan that somebody reviewed nothing is applied."""
    repository, commit = os.environ["GITHUB_REPOSITORY"], os.environ["GITHUB_SHA"]
    pulls = hub.asked("api", f"repos/{repository}/commits/{commit}/pulls")
    merged = [each for each in pulls if each["merged_at"]]
    if not merged:
        hub.stop(f"no pull request brought {commit[:12]}, so that nobody has reviewed a plan: {BY_HAND}")
    pull = merged[0]
    query = f"event=pull_request&status=success&head_sha={pull['head']['sha']}"
    runs = hub.asked("api", f"repos/{repository}/actions/workflows/{os.environ['WORKFLOW']}/runs?{query}")
    if not runs["workflow_runs"]:
        hub.stop(f"pull request #{pull['number']} was merged without a plan that succeeded: {BY_HAND}")
    run = max(runs["workflow_runs"], key=lambda each: each["id"])
    folder = Path(os.environ["RUNNER_TEMP"]) / "reviewed"
    hub.gh("run", "download", str(run["id"]), "--name", ARTIFACT, "--dir", str(folder))
    print(f"The plan of pull request #{pull['number']} is what may be done.")


if __name__ == "__main__":
    main()
