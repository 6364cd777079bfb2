"""A stand-in for gh: it keeps comments, issues, pulls and runs in a JSON file, and writes down what it is asked.

Run as a program; FAKE_GH names the file. It knows the calls that our action makes, and fails at any other.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Hub = dict[str, Any]

EMPTY: Hub = {"asked": [], "comments": [], "issues": [], "labels": [], "pulls": [], "runs": [], "artifacts": {}}
"""`artifacts`: run → name → folder."""


def option(words: list[str], name: str) -> str:
    """What follows a flag."""
    return words[words.index(name) + 1]


def text(words: list[str]) -> str:
    return Path(option(words, "--body-file")).read_text(encoding="utf-8")


def pr_view(hub: Hub, _: list[str]) -> Any:
    return {"comments": hub["comments"]}


def pr_comment(hub: Hub, words: list[str]) -> Any:
    hub["comments"].append({"id": f"IC_{len(hub['comments'])}", "viewerDidAuthor": True, "body": text(words)})


def edit_comment(hub: Hub, words: list[str]) -> Any:
    fields = dict(each.split("=", 1) for each in words if each.startswith(("query=", "id=", "body=@")))
    assert "updateIssueComment" in fields["query"]
    [comment] = [each for each in hub["comments"] if each["id"] == fields["id"]]
    comment["body"] = Path(fields["body"].removeprefix("@")).read_text(encoding="utf-8")
    return {"data": {}}


def issue_list(hub: Hub, words: list[str]) -> Any:
    label = option(words, "--label")
    return [each for each in hub["issues"] if each["state"] == "open" and label in each["labels"]]


def issue_create(hub: Hub, words: list[str]) -> Any:
    label = option(words, "--label")
    assert label in hub["labels"], "gh refuses a label that is not there"
    issue = {"number": len(hub["issues"]) + 1, "state": "open", "labels": [label], "body": text(words)}
    hub["issues"].append(issue | {"title": option(words, "--title")})


def issue_edit(hub: Hub, words: list[str]) -> Any:
    numbered(hub, words[2]).update(title=option(words, "--title"), body=text(words))


def issue_close(hub: Hub, words: list[str]) -> Any:
    numbered(hub, words[2]).update(state="closed", last=option(words, "--comment"))


def numbered(hub: Hub, number: str) -> dict[str, Any]:
    [issue] = [each for each in hub["issues"] if str(each["number"]) == number]
    return issue


def label_create(hub: Hub, words: list[str]) -> Any:
    hub["labels"].append(words[2])


def api(hub: Hub, words: list[str]) -> Any:
    path, _, query = words[1].partition("?")
    if path == "graphql":
        return edit_comment(hub, words)
    if path.endswith("/pulls"):
        commit = path.split("/")[-2]
        return [each for each in hub["pulls"] if each["merge_commit_sha"] == commit]
    assert path.endswith("/runs"), path
    asked = dict(each.split("=") for each in query.split("&"))
    found = [each for each in hub["runs"] if path.endswith(f"/workflows/{each['file']}/runs")]
    found = [each for each in found if each["head_sha"] == asked["head_sha"] and each["status"] == asked["status"]]
    return {"workflow_runs": [each for each in found if each["event"] == asked["event"]]}


def run_download(hub: Hub, words: list[str]) -> Any:
    shutil.copytree(hub["artifacts"][words[2]][option(words, "--name")], option(words, "--dir"))


CALLS: dict[str, Callable[[Hub, list[str]], Any]] = {
    "pr view": pr_view,
    "pr comment": pr_comment,
    "issue list": issue_list,
    "issue create": issue_create,
    "issue edit": issue_edit,
    "issue close": issue_close,
    "label create": label_create,
    "run download": run_download,
    "api": api,
}


def main(words: list[str]) -> None:
    file = Path(os.environ["FAKE_GH"])
    assert os.environ["GH_TOKEN"], "gh wants a token"
    assert os.environ["GH_REPO"] == "github.com/acme/portal", "gh would guess the repository"
    hub = json.loads(file.read_text(encoding="utf-8"))
    call = words[0] if words[0] == "api" else " ".join(words[:2])
    answer = CALLS[call](hub, words)
    hub["asked"].append(call if call != "api" else f"api {words[1].partition('?')[0]}")
    file.write_text(json.dumps(hub), encoding="utf-8")
    if answer is not None:
        sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1:])
