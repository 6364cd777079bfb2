"""examples/github and the action, run as GitHub would run them: a pull request, its merge, and what comes after."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ci.github.runner import ACTION, BIN, ROOT, GitHub, Job
from tests.scenarios.story import HEADER, PORTAL, Story, story_on

WORKFLOWS = ROOT / "examples" / "github"
SEED = """
    apis: [{name: payments}]
    portals:
      - name: acme-partners
        developers:
          - {email: ada@partner.example, status: pending}
          - {email: bob@partner.example, status: approved}
        teams:
          - {name: partners, members: [bob@partner.example]}
"""
BEFORE = HEADER + "developers:\n  - {email: bob@partner.example, teams: [partners]}\n"
AFTER = BEFORE + "  - {email: ada@partner.example, teams: [partners]}\n"
CAROL = AFTER + "  - {email: carol@partner.example, teams: [partners]}\n"
HUMAN = {"user": {"login": "jo"}, "head": {"repo": {"full_name": "acme/portal"}}}
FORK = {"user": {"login": "eve"}, "head": {"repo": {"full_name": "eve/portal"}}}


class Repository:
    """The company's repository on GitHub, its portal, and the pull request under way."""

    def __init__(self, story: Story, folder: Path) -> None:
        self.story, self.folder = story, folder / "origin"
        environ = {"KONNECT_SERVER_URL": story.server.url}
        secrets = {"KONNECT_TOKEN": "kpat_story", "KONNECT_TOKEN_READ": "kpat_story"}
        self.hub = GitHub(self.folder, folder / "github", environ, secrets)
        (self.folder / "access").mkdir(parents=True)
        self.git("init", "-q", "-b", "main")
        self.commit(BEFORE)

    def git(self, *words: str) -> str:
        who = ["-c", "user.name=Jo", "-c", "user.email=jo@acme.example"]
        done = subprocess.run(["git", *who, *words], cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, access: str) -> str:
        """The workspace says that from now on; the commit's id."""
        (self.folder / "access" / "access.yaml").write_text(access, encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "access")
        return self.git("rev-parse", "HEAD")

    def pull_request(self, access: str, job: str = "plan", who: dict[str, Any] = HUMAN) -> Job | None:
        """Somebody proposes that on a branch; its job runs on the merge commit, as GitHub makes it."""
        self.git("checkout", "-q", "-B", "change", "main")
        head = self.commit(access)
        self.git("checkout", "-q", "-B", "merged", "main")
        self.git("merge", "-q", "--no-ff", "-m", "merge", "change")
        pull = {**who, "number": 7}
        commit = self.git("rev-parse", "HEAD")
        ran = self.hub.run(WORKFLOWS / "portal-plan.yml", job, "pull_request", commit, pull_request=pull)
        known = self.hub.hub
        status = "failure" if ran is None or ran.failed else "success"
        run = {"id": self.hub.number, "file": "portal-plan.yml", "event": "pull_request"}
        known["runs"].append(run | {"head_sha": head, "status": status})
        self.hub.hub = known
        return ran

    def merge(self) -> Job:
        """The pull request is merged, and main's job runs."""
        head = self.git("rev-parse", "change")
        self.git("checkout", "-q", "main")
        self.git("merge", "-q", "--squash", "change")
        self.git("commit", "-q", "-m", "squashed")
        commit = self.git("rev-parse", "HEAD")
        known = self.hub.hub
        pull = {"number": 7, "merged_at": "2026-11-23", "merge_commit_sha": commit, "head": {"sha": head}}
        known["pulls"].append(pull)
        self.hub.hub = known
        return self.on_main("portal-apply.yml", "apply", "push")

    def on_main(self, workflow: str, job: str, event: str) -> Job:
        """A job on the newest commit of main."""
        self.git("checkout", "-q", "main")
        ran = self.hub.run(WORKFLOWS / workflow, job, event, self.git("rev-parse", "HEAD"))
        assert ran is not None
        return ran

    def drift(self) -> Job:
        return self.on_main("portal-drift.yml", "drift", "schedule")


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Repository]:
    """Bob is in; Ada waits."""
    with story_on(SEED, tmp_path) as story:
        yield Repository(story, tmp_path / "acme")


def planned(acme: Repository, access: str = AFTER, **more: Any) -> Job:
    ran = acme.pull_request(access, **more)
    assert ran is not None
    return ran


# The pull request


def test_a_pull_request_is_told_what_would_change(acme: Repository) -> None:
    """As a comment, as the job's summary, as outputs for later steps; and nothing is written on the portal."""
    job = planned(acme)
    assert not job.failed, job.log
    [comment] = acme.hub.hub["comments"]
    assert "ada@partner.example" in comment["body"]
    assert comment["body"].strip() == job.summary.strip()
    counts = {
        "exit_code": "0",
        "changes": "2",
        "grants": "2",
        "removals": "0",
        "refused": "false",
        "differs": "false",
    }
    assert {name: job.outputs[name] for name in counts} == counts
    assert job.outputs["summary"] == "Plan: 2 to grant, 0 to REMOVE"
    assert acme.story.writes() == []


def test_a_line_that_is_deleted_is_told_of_as_let_go(acme: Repository) -> None:
    """Access stays, whatever the diff looks like; the base of the pull request is what it is compared with."""
    planned(acme, HEADER + "developers: [ada@partner.example]\n")
    [comment] = acme.hub.hub["comments"]
    assert "bob@partner.example" in comment["body"]
    assert "LET GO" in comment["body"]


def test_the_comment_is_edited_by_every_push_and_never_repeated(acme: Repository) -> None:
    """A reviewer sees one comment, and it is of the newest push."""
    first, second = planned(acme), planned(acme, BEFORE)
    [comment] = acme.hub.hub["comments"]
    assert comment["body"].strip() == second.summary.strip() != first.summary.strip()


def test_a_strangers_comment_with_our_marker_is_left_alone(acme: Repository) -> None:
    """Who copies the comment's text does not get theirs edited, and does not silence ours."""
    theirs = {"id": "IC_theirs", "viewerDidAuthor": False, "body": "<!-- reconciler:plan:access -->\nAll is well."}
    acme.hub.hub = acme.hub.hub | {"comments": [theirs]}
    planned(acme)
    first, second = acme.hub.hub["comments"]
    assert first == theirs
    assert "ada@partner.example" in second["body"]


def test_the_reports_are_kept_as_an_artifact(acme: Repository) -> None:
    """The saved plan is among them: the apply after the merge needs it."""
    planned(acme)
    [kept] = acme.hub.hub["artifacts"]["1"].values()
    names = {path.name for path in Path(kept).iterdir()}
    assert names == {"report.json", "report.md", "report.html", "report.sarif", "report.xml", "plan.json"}


def test_a_manifest_that_is_wrong_fails_the_job_and_the_comment_says_so(acme: Repository) -> None:
    """An earlier comment must not go on telling that all is well."""
    planned(acme)
    job = planned(acme, AFTER.replace("teams:", "taems:"))
    assert job.failed
    assert job.outputs["exit_code"] == "3"
    [comment] = acme.hub.hub["comments"]
    assert "taems" in comment["body"]


def test_a_run_without_a_report_says_that_it_has_none(acme: Repository) -> None:
    """The key is none, so that the command ends at once: the comment is renewed all the same, under its marker."""
    planned(acme)
    marker, _, _ = acme.hub.hub["comments"][0]["body"].partition("\n")
    acme.hub.environ["RECONCILER_PLAN_KEY"] = "short"
    job = planned(acme)
    assert (job.failed, job.outputs["exit_code"]) == (True, "3")
    [comment] = acme.hub.hub["comments"]
    lines = comment["body"].splitlines()
    assert (lines[0], lines[2].partition(":")[0]) == (marker, "**plan came to no report** (exit code 3)")
    assert comment["body"] == job.summary


def test_a_fork_gets_no_secret_and_is_checked_all_the_same(acme: Repository) -> None:
    """The job with secrets does not run; the other validates, and says nothing on the pull request."""
    assert acme.pull_request(AFTER, who=FORK) is None
    job = planned(acme, job="without-secrets", who=FORK)
    assert not job.failed, job.log
    assert acme.hub.hub["comments"] == []
    assert acme.story.server.requests == []


def test_a_fork_is_planned_from_a_snapshot_that_is_committed(acme: Repository) -> None:
    """It needs no token: the portal is not asked, and the report says of when its picture is."""
    dump = ["dump", "--snapshot", "portal-snapshot.json", "--portal", PORTAL, "--region", "eu"]
    environ = {"PATH": "/usr/bin:/bin", "KONNECT_TOKEN": "kpat_story", **acme.hub.environ}
    subprocess.run([BIN / "reconciler", *dump], cwd=acme.folder, env=environ, check=True, timeout=60)
    acme.git("add", "-A")
    acme.git("commit", "-q", "-m", "snapshot")
    acme.story.server.requests.clear()
    job = planned(acme, job="without-secrets", who=FORK)
    assert not job.failed, job.log
    assert "ada@partner.example" in job.summary
    assert "SNAPSHOT taken" in job.summary
    assert acme.story.server.requests == []


def test_a_pull_request_of_our_own_is_not_planned_twice(acme: Repository) -> None:
    assert acme.pull_request(AFTER, job="without-secrets") is None


# The merge


def test_on_merge_the_reviewed_plan_is_done(acme: Repository) -> None:
    """Ada gets what the comment said; the journal is kept; a second run has nothing to do."""
    planned(acme)
    job = acme.merge()
    assert not job.failed, job.log
    assert acme.story.status("ada@partner.example") == "approved"
    assert acme.story.members("partners") == ["ada@partner.example", "bob@partner.example"]
    folder = Path(acme.hub.hub["artifacts"]["2"]["reconciler-apply"])
    assert len((folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()) > 2
    again = acme.on_main("portal-apply.yml", "apply", "push")
    assert (again.failed, again.outputs["changes"]) == (False, "0")


def test_what_nobody_reviewed_is_not_done(acme: Repository) -> None:
    """Carol signed up after the review: the plan did not have her, and the job is red, for git asks for her."""
    planned(acme, CAROL)
    acme.story.sandbox.sign_up(PORTAL, "carol@partner.example", "Carol")
    job = acme.merge()
    assert (job.failed, job.outputs["exit_code"]) == (True, "6")
    assert acme.story.status("ada@partner.example") == "approved"
    assert acme.story.status("carol@partner.example") == "pending"


def test_a_commit_that_no_pull_request_brought_is_not_applied(acme: Repository) -> None:
    """Somebody pushed past the review: nothing is written, and the way out is said."""
    acme.git("checkout", "-q", "main")
    acme.commit(AFTER)
    job = acme.on_main("portal-apply.yml", "apply", "push")
    assert job.failed
    assert "nobody has reviewed a plan: run this workflow by hand" in job.log
    assert acme.story.writes() == []


def test_a_pull_request_whose_plan_failed_is_not_applied(acme: Repository) -> None:
    planned(acme, AFTER.replace("teams:", "taems:"))
    job = acme.merge()
    assert job.failed
    assert "was merged without a plan that succeeded" in job.log
    assert acme.story.writes() == []


def test_by_hand_what_is_planned_now_is_done(acme: Repository) -> None:
    """The environment's reviewers stand before it."""
    acme.git("checkout", "-q", "main")
    acme.commit(AFTER)
    job = acme.on_main("portal-apply.yml", "apply", "workflow_dispatch")
    assert not job.failed, job.log
    assert acme.story.status("ada@partner.example") == "approved"


# The schedule


def test_drift_keeps_one_issue_from_its_beginning_to_its_end(acme: Repository) -> None:
    """Opened, edited, closed; and while nothing differs none is opened."""
    acme.drift()
    assert acme.hub.hub["issues"] == []
    acme.git("checkout", "-q", "main")
    acme.commit(AFTER)
    for _ in range(2):
        job = acme.drift()
        assert not job.failed, job.log
        [issue] = acme.hub.hub["issues"]
        assert (issue["state"], issue["title"]) == ("open", "The partner portal is not as git says")
        assert "ada@partner.example" in issue["body"]
    acme.on_main("portal-apply.yml", "apply", "workflow_dispatch")
    acme.drift()
    [issue] = acme.hub.hub["issues"]
    assert issue["state"] == "closed"


def test_a_portal_that_cannot_be_seen_leaves_the_issue_and_fails_the_job(acme: Repository) -> None:
    """Neither "in sync" nor "drift": the issue is as it was, and the run is red."""
    acme.git("checkout", "-q", "main")
    acme.commit(AFTER)
    acme.drift()
    before = acme.hub.hub["issues"]
    acme.hub.environ["KONNECT_SERVER_URL"] = "http://127.0.0.1:9"
    job = acme.drift()
    assert (job.failed, job.outputs["exit_code"]) == (True, "7")
    assert acme.hub.hub["issues"] == before


def test_every_portal_has_a_job_and_an_issue_of_its_own(acme: Repository) -> None:
    """One that cannot be read fails alone; the folders are found when the jobs are made."""
    fleet = ROOT / "examples" / "github-fleet" / "portals-drift.yml"
    acme.git("checkout", "-q", "main")
    acme.git("rm", "-q", "-r", "access")
    for name, access in {"broken": "developers: 3\n", "partners": AFTER}.items():
        (acme.folder / "access" / name).mkdir(parents=True)
        (acme.folder / "access" / name / "access.yaml").write_text(access, encoding="utf-8")
    acme.git("add", "-A")
    acme.git("commit", "-q", "-m", "two portals")
    commit = acme.git("rev-parse", "HEAD")
    listed = acme.hub.run(fleet, "portals", "schedule", commit)
    assert listed is not None
    assert not listed.failed, listed.log
    rows = json.loads(listed.outputs["matrix"])["include"]
    jobs = [
        acme.hub.run(fleet, "drift", "schedule", commit, matrix=row, strategy={"job-index": index})
        for index, row in enumerate(rows)
    ]
    assert [(row["workspace"], job and job.failed) for row, job in zip(rows, jobs, strict=True)] == [
        ("access/broken/", True),
        ("access/partners/", False),
    ]
    assert [issue["title"] for issue in acme.hub.hub["issues"]] == ["access/partners/ is not as git says"]


# The rest of the action


def test_the_token_is_given_to_the_command_alone(acme: Repository) -> None:
    """No other step has it, and it is in nothing that is kept or shown."""
    acme.hub.secrets["KONNECT_TOKEN_READ"] = "kpat_sentinel"
    job = planned(acme)
    [kept] = acme.hub.hub["artifacts"]["1"].values()
    written = "".join(path.read_text(encoding="utf-8") for path in Path(kept).iterdir())
    assert "kpat_sentinel" not in job.log + job.summary + json.dumps(acme.hub.hub) + written


PYTHON = """#!/bin/sh
# A Python that makes environments which write down what they are asked.
mkdir -p "$3/bin"
printf '#!/bin/sh\\nprintf "%%s\\\\n" "$@" >"$0.asked"\\n' >"$3/bin/python"
chmod +x "$3/bin/python"
"""


def installed(folder: Path, action: Path, install: str) -> subprocess.CompletedProcess[str]:
    """Run the step that installs, with a Python that only writes down what it is asked."""
    (folder / "bin").mkdir()
    (folder / "bin" / "python").write_text(PYTHON, encoding="utf-8")
    (folder / "bin" / "python").chmod(0o755)
    environ = {"PATH": f"{folder / 'bin'}:/usr/bin:/bin", "INSTALL": install, "GITHUB_ACTION_PATH": str(action)}
    environ |= {"GITHUB_PATH": str(folder / "path"), "RUNNER_TEMP": str(folder)}
    return subprocess.run(["bash", ACTION / "install.sh"], env=environ, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("install", "given"), [("", str(ROOT)), ("./reconciler-0.1.0.whl", "./reconciler-0.1.0.whl")]
)
def test_the_action_installs_the_checkout_that_it_is_part_of_or_what_it_is_told(
    tmp_path: Path, install: str, given: str
) -> None:
    """Its pinned commit is the code that runs; the command is on the PATH of the steps that follow."""
    done = installed(tmp_path, ACTION, install)
    assert done.returncode == 0, done.stderr
    asked = (tmp_path / "reconciler" / "bin" / "python.asked").read_text(encoding="utf-8").splitlines()
    assert asked == ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--", given]
    assert (tmp_path / "path").read_text(encoding="utf-8") == f"{tmp_path}/reconciler/bin\n"


def test_a_copy_of_the_action_wants_to_be_told_what_to_install(tmp_path: Path) -> None:
    """Without our checkout around it there is nothing to install, and no index is asked for a name."""
    folder = tmp_path / "a" / "b" / "c"
    folder.mkdir(parents=True)
    done = installed(tmp_path, folder, "")
    assert (done.returncode, "say `install`" in done.stderr) == (3, True)
    assert not (tmp_path / "path").exists()


@pytest.mark.parametrize(("code", "accept", "result"), [("0", "", 0), ("2", "2", 0), ("2", "", 2), ("7", "2, 6", 7)])
def test_the_job_ends_as_the_command_did_unless_that_is_accepted(code: str, accept: str, result: int) -> None:
    environ = {"PATH": "/usr/bin:/bin", "EXIT_CODE": code, "ACCEPT": accept}
    assert subprocess.run(["bash", ACTION / "judge.sh"], env=environ, check=False, timeout=60).returncode == result
