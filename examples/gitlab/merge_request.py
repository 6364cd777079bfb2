"""What a pipeline has to do with its merge request: renew one note on it, and fetch the plan that was reviewed there.

    python3 merge_request.py note plan.md
    python3 merge_request.py reviewed plan.json

It needs nothing but Python. GITLAB_TOKEN is a project access token with the scope `api`; the rest is predefined.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

PAGE = 100
JOB = "plan"


def send(method: str, path: str, **fields: str | int) -> bytes:
    """What GitLab answers for a path of its API; `fields` are asked for, or sent."""
    url = f"{os.environ['CI_API_V4_URL']}/{path}"
    data = json.dumps(fields).encode() if method != "GET" else None
    if method == "GET" and fields:
        url += "?" + urlencode(fields)
    request = Request(url, data, {"Content-Type": "application/json"}, method=method)
    request.add_unredirected_header("PRIVATE-TOKEN", os.environ["GITLAB_TOKEN"])
    with urlopen(request, timeout=60) as answer:
        content: bytes = answer.read()
        return content


def listed(path: str) -> Iterator[dict[str, Any]]:
    """Everything in a list, page by page."""
    page, found = 1, [{}]
    while found:
        found = json.loads(send("GET", path, per_page=PAGE, page=page))
        yield from found
        page += 1


def project(path: str) -> str:
    """A path below this project."""
    return f"projects/{os.environ['CI_PROJECT_ID']}/{path}"


def note(report: str) -> None:
    """One note of ours: written by the first run, edited by every other, found by its first line."""
    path = project(f"merge_requests/{os.environ['CI_MERGE_REQUEST_IID']}/notes")
    text = Path(report).read_text(encoding="utf-8")
    marker, _, _ = text.partition("\n")
    me = json.loads(send("GET", "user"))["id"]
    mine = [each["id"] for each in listed(path) if each["author"]["id"] == me and each["body"].startswith(marker)]
    send("PUT" if mine else "POST", f"{path}/{mine[0]}" if mine else path, body=text)


def reviewed(file: str) -> None:
    """The plan of the newest pipeline that succeeded on the merge request which brought this commit."""
    commit = os.environ["CI_COMMIT_SHA"]
    merged = [each for each in listed(f"repository/commits/{commit}/merge_requests") if each["state"] == "merged"]
    if not merged:
        raise SystemExit(
            f"no merge request brought {commit[:12]}: nobody has reviewed a plan, and nothing is applied"
        )
    request = merged[0]
    for pipeline in listed(project(f"merge_requests/{request['iid']}/pipelines")):
        if (pipeline["sha"], pipeline["status"]) != (request["sha"], "success"):
            continue
        for job in listed(project(f"pipelines/{pipeline['id']}/jobs")):
            if (job["name"], job["status"]) == (JOB, "success"):
                Path(file).write_bytes(send("GET", project(f"jobs/{job['id']}/artifacts/plan.json")))
                print(f"The plan of !{request['iid']} is what may be done.")
                return
    raise SystemExit(f"!{request['iid']} was merged without a plan that succeeded: nothing is applied")


if __name__ == "__main__":
    {"note": note, "reviewed": reviewed}[sys.argv[1]](sys.argv[2])
