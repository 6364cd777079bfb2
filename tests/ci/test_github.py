"""examples/github, run as GitHub would run them: a pull request, its merge, and what comes after."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.ci.github.repository import AFTER, BEFORE, CAROL, FORK, Repository
from tests.ci.github.runner import BIN, ROOT
from tests.scenarios.story import HEADER, PORTAL

# The pull request


def test_a_pull_request_is_told_what_would_change(acme: Repository) -> None:
    """As a comment, as the job's summary, as outputs for later steps; and nothing is written on the portal."""
    job = acme.planned()
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
    acme.planned(HEADER + "developers: [ada@partner.example]\n")
    [comment] = acme.hub.hub["comments"]
    assert "bob@partner.example" in comment["body"]
    assert "LET GO" in comment["body"]


def test_the_comment_is_edited_by_every_push_and_never_repeated(acme: Repository) -> None:
    """A reviewer sees one comment, and it is of the newest push."""
    first, second = acme.planned(), acme.planned(BEFORE)
    [comment] = acme.hub.hub["comments"]
    assert comment["body"].strip() == second.summary.strip() != first.summary.strip()


def test_a_strangers_comment_with_our_marker_is_left_alone(acme: Repository) -> None:
    """Who copies the comment's text does not get theirs edited, and does not silence ours."""
    theirs = {"id": "IC_theirs", "viewerDidAuthor": False, "body": "<!-- reconciler:plan:access -->\nAll is well."}
    acme.hub.hub = acme.hub.hub | {"comments": [theirs]}
    acme.planned()
    first, second = acme.hub.hub["comments"]
    assert first == theirs
    assert "ada@partner.example" in second["body"]


def test_the_reports_are_kept_as_an_artifact(acme: Repository) -> None:
    """The saved plan is among them: the apply after the merge needs it."""
    acme.planned()
    [kept] = acme.hub.hub["artifacts"]["1"].values()
    names = {path.name for path in Path(kept).iterdir()}
    assert names == {"report.json", "report.md", "report.html", "report.sarif", "report.xml", "plan.json"}


def test_a_manifest_that_is_wrong_fails_the_job_and_the_comment_says_so(acme: Repository) -> None:
    """An earlier comment must not go on telling that all is well."""
    acme.planned()
    job = acme.planned(AFTER.replace("teams:", "taems:"))
    assert job.failed
    assert job.outputs["exit_code"] == "3"
    [comment] = acme.hub.hub["comments"]
    assert "taems" in comment["body"]


def test_a_run_without_a_report_says_that_it_has_none(acme: Repository) -> None:
    """The key is none, so that the command ends at once: the comment is renewed all the same, under its marker."""
    acme.planned()
    marker, _, _ = acme.hub.hub["comments"][0]["body"].partition("\n")
    acme.hub.environ["RECONCILER_PLAN_KEY"] = "short"
    job = acme.planned()
    assert (job.failed, job.outputs["exit_code"]) == (True, "3")
    [comment] = acme.hub.hub["comments"]
    lines = comment["body"].splitlines()
    assert (lines[0], lines[2].partition(":")[0]) == (marker, "**plan came to no report** (exit code 3)")
    assert comment["body"] == job.summary


def test_a_fork_gets_no_secret_and_is_checked_all_the_same(acme: Repository) -> None:
    """The job with secrets does not run; the other validates, and says nothing on the pull request."""
    assert acme.pull_request(AFTER, who=FORK) is None
    job = acme.planned(job="without-secrets", who=FORK)
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
    job = acme.planned(job="without-secrets", who=FORK)
    assert not job.failed, job.log
    assert "ada@partner.example" in job.summary
    assert "SNAPSHOT taken" in job.summary
    assert acme.story.server.requests == []


def test_a_pull_request_of_our_own_is_not_planned_twice(acme: Repository) -> None:
    assert acme.pull_request(AFTER, job="without-secrets") is None


# The merge


def test_on_merge_the_reviewed_plan_is_done(acme: Repository) -> None:
    """Ada gets what the comment said; the journal is kept; a second run has nothing to do."""
    acme.planned()
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
    acme.planned(CAROL)
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
    acme.planned(AFTER.replace("teams:", "taems:"))
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


# The token


def test_the_token_is_given_to_the_command_alone(acme: Repository) -> None:
    """No other step has it, and it is in nothing that is kept or shown."""
    acme.hub.secrets["KONNECT_TOKEN_READ"] = "kpat_sentinel"
    job = acme.planned()
    [kept] = acme.hub.hub["artifacts"]["1"].values()
    written = "".join(path.read_text(encoding="utf-8") for path in Path(kept).iterdir())
    assert "kpat_sentinel" not in job.log + job.summary + json.dumps(acme.hub.hub) + written
