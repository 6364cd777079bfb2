"""examples/gitlab: the pipeline's file, and the script that speaks with its merge request, with a GitLab of ours."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from tests.ci.pipelines import commands, taken
from tests.ci.test_linters import judged

FOLDER = Path(__file__).parents[2] / "examples" / "gitlab"
PIPELINE = yaml.safe_load((FOLDER / ".gitlab-ci.yml").read_text(encoding="utf-8"))
JOBS = {name: job for name, job in PIPELINE.items() if isinstance(job, dict) and "script" in job}
MARKER = "<!-- reconciler:plan:access -->"


class GitLab(ThreadingHTTPServer):
    """As much of GitLab's API as the script uses: `lists` by path, pages of one thing, and what was written."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lists: dict[str, list[Any]] = {}
        self.files: dict[str, bytes] = {}
        self.wrote: list[tuple[str, str, str]] = []
        self.tokens: set[str | None] = set()


class Handler(BaseHTTPRequestHandler):
    server: GitLab

    def answer(self) -> None:
        url = urlsplit(self.path)
        path = url.path.removeprefix("/api/v4/").removeprefix("projects/42/")
        self.server.tokens.add(self.headers["PRIVATE-TOKEN"])
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.command != "GET":
            self.server.wrote.append((self.command, path, json.loads(body)["body"]))
            content = b"{}"
        elif path in self.server.files:
            content = self.server.files[path]
        else:
            page = int(parse_qs(url.query)["page"][0])
            content = json.dumps(self.server.lists[path][page - 1 : page]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = answer  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def gitlab() -> Iterator[GitLab]:
    server = GitLab()
    server.files["user"] = b'{"id": 7}'
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
    assert server.tokens <= {"glpat-story"}


def script(gitlab: GitLab, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {
        "CI_API_V4_URL": f"http://127.0.0.1:{gitlab.server_port}/api/v4",
        "CI_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_IID": "3",
        "CI_COMMIT_SHA": "c" * 40,
        "GITLAB_TOKEN": "glpat-story",
    }
    command = [sys.executable, str(FOLDER / "merge_request.py"), *words]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=60)


# The note


@pytest.mark.parametrize(
    ("notes", "written"),
    [
        ([], ("POST", "merge_requests/3/notes")),
        ([{"id": 8, "author": {"id": 7}, "body": "LGTM"}], ("POST", "merge_requests/3/notes")),
        ([{"id": 8, "author": {"id": 1}, "body": f"{MARKER}\nAll is well."}], ("POST", "merge_requests/3/notes")),
        (
            [{"id": 8, "author": {"id": 1}, "body": "Hm"}, {"id": 9, "author": {"id": 7}, "body": f"{MARKER}\nold"}],
            ("PUT", "merge_requests/3/notes/9"),
        ),
    ],
    ids=["the first", "beside others of ours", "beside a stranger's with our marker", "again, on the second page"],
)
def test_one_note_is_written_and_then_edited(
    gitlab: GitLab, tmp_path: Path, notes: list[Any], written: tuple[str, str]
) -> None:
    """A reviewer sees one note; it is found by its author and its first line."""
    text = f"{MARKER}\n\nAda gains access.\n"
    (tmp_path / "plan.md").write_text(text, encoding="utf-8")
    gitlab.lists["merge_requests/3/notes"] = notes
    done = script(gitlab, tmp_path, "note", "plan.md")
    assert done.returncode == 0, done.stderr
    assert gitlab.wrote == [(*written, text)]


# The reviewed plan


@pytest.fixture
def merged(gitlab: GitLab) -> GitLab:
    """Merge request 3 brought the commit; its newest pipeline failed, the one before it planned."""
    gitlab.lists[f"repository/commits/{'c' * 40}/merge_requests"] = [{"iid": 3, "state": "merged", "sha": "head"}]
    gitlab.lists["merge_requests/3/pipelines"] = [
        {"id": 12, "sha": "head", "status": "failed"},
        {"id": 11, "sha": "head", "status": "success"},
        {"id": 10, "sha": "older", "status": "success"},
    ]
    gitlab.lists["pipelines/11/jobs"] = [
        {"id": 98, "name": "validate", "status": "success"},
        {"id": 99, "name": "plan", "status": "success"},
    ]
    gitlab.files["jobs/99/artifacts/plan.json"] = b'{"kind": "plan"}'
    return gitlab


def test_the_reviewed_plan_is_that_of_the_merge_request(merged: GitLab, tmp_path: Path) -> None:
    """Of the newest pipeline that succeeded on what was merged."""
    done = script(merged, tmp_path, "reviewed", "plan.json")
    assert (done.returncode, done.stdout) == (0, "The plan of !3 is what may be done.\n")
    assert (tmp_path / "plan.json").read_bytes() == b'{"kind": "plan"}'


def test_without_a_reviewed_plan_the_job_ends(merged: GitLab, tmp_path: Path) -> None:
    """Nothing is applied that nobody has seen."""
    merged.lists["merge_requests/3/pipelines"].pop(1)
    done = script(merged, tmp_path, "reviewed", "plan.json")
    assert (done.returncode, done.stderr) == (1, "!3 was merged without a plan that succeeded: nothing is applied\n")
    merged.lists[f"repository/commits/{'c' * 40}/merge_requests"].clear()
    done = script(merged, tmp_path, "reviewed", "plan.json")
    assert (done.returncode, "nobody has reviewed a plan" in done.stderr) == (1, True)
    assert not (tmp_path / "plan.json").exists()


# The pipeline


@pytest.mark.parametrize("name", JOBS)
def test_the_command_line_takes_what_a_job_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flags and formats are ours, and what a job keeps it has written."""
    monkeypatch.chdir(tmp_path)
    job = JOBS[name]
    ran = [taken(words) for words in commands("\n".join(job["script"]))]
    assert [context.params["paths"] for context in ran] == [("access",)]
    written = {path for context in ran for _, path in context.params["reports"]}
    written |= {
        context.params[flag] for context in ran for flag in ("out", "journal", "reviewed") if flag in context.params
    }
    kept = {*job["artifacts"].get("paths", ()), *job["artifacts"].get("reports", {}).values()}
    assert kept == {path for path in written if path}


def test_only_the_apply_is_given_the_token_that_writes() -> None:
    """The others take the one that reads; and what waits for the portal does so one after the other."""
    reading = {name for name, job in JOBS.items() if 'export KONNECT_TOKEN="$KONNECT_TOKEN_READ"' in job["script"]}
    assert reading == {"plan", "drift"}
    assert JOBS["apply"]["environment"] == JOBS["apply"]["resource_group"] == "portal-access"
    assert JOBS["apply"]["rules"][0]["if"] == '$CI_PIPELINE_SOURCE == "push"'


def test_the_variables_that_the_file_asks_for_are_those_that_it_uses() -> None:
    """The list at its top is complete."""
    text = (FOLDER / ".gitlab-ci.yml").read_text(encoding="utf-8")
    top, _, _ = text.partition("stages:")
    script = (FOLDER / "merge_request.py").read_text(encoding="utf-8")
    used = set(re.findall(r"\$(KONNECT_\w+)", text)) | set(re.findall(r'environ\["(GITLAB_\w+)"\]', script))
    assert used | {"KONNECT_TOKEN", "RECONCILER_PLAN_KEY"} == set(re.findall(r"^#   ([A-Z_]+) ", top, re.MULTILINE))


# Fleets


def test_a_portal_has_a_job_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `reconciler matrix` prints, with the job that it names, is a pipeline that GitLab takes."""
    fleet = FOLDER.parent / "gitlab-fleet"
    monkeypatch.chdir(tmp_path)
    for name in ("eu", "us"):
        (tmp_path / "access" / name).mkdir(parents=True)
        (tmp_path / "access" / name / "access.yaml").write_text(f"portal: {{name: {name}, region: {name}}}\n")
    parent = yaml.safe_load((fleet / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    [line] = parent["portals"]["script"]
    environ = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    subprocess.run(["bash", "-euc", line], cwd=tmp_path, env=environ, check=True, timeout=60)
    child = json.loads((tmp_path / "portals.yml").read_text(encoding="utf-8"))
    job = yaml.safe_load((fleet / "reconcile.yml").read_text(encoding="utf-8"))
    [template] = [each["local"] for each in child.pop("include")]
    assert (template, child["reconcile"]["extends"]) == (".gitlab/reconcile.yml", *job)
    (tmp_path / "whole.yml").write_text(yaml.safe_dump(child | job), encoding="utf-8")
    judged("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", tmp_path / "whole.yml")
    variables = {name for row in child["reconcile"]["parallel"]["matrix"] for name in row}
    assert set(re.findall(r"\$(RECONCILER_\w+)", str(job))) <= variables
    [words] = commands("\n".join(job[".reconcile"]["script"]))
    assert taken(words).params["paths"] == ("$RECONCILER_WORKSPACE",)
