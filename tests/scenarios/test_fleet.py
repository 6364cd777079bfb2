"""Several workspaces at once: each a failure domain of its own, with one combined report, or a job of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.scenarios.conftest import Start
from tests.scenarios.story import Story

SEED = """
    portals:
      - name: acme-partners
        developers: [{email: ada@partner.example, full_name: Ada, status: pending}]
      - name: acme-internal
        developers: [{email: bob@acme.example, full_name: Bob, status: pending}]
    """


@pytest.fixture
def story(portal: Start) -> Story:
    return portal(SEED)


def workspace(story: Story, name: str, text: str) -> Path:
    """A workspace of its own beside the story's."""
    folder = story.folder.parent / "fleet" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "access.yaml").write_text(text, encoding="utf-8")
    return folder


def fleet(story: Story) -> list[Path]:
    """Two that are well, between them one that is invalid and one whose portal is not there."""
    return [
        workspace(story, "eu", "portal: {name: acme-partners, region: eu}\ndevelopers: [ada@partner.example]\n"),
        workspace(story, "broken", "portal: {name: acme-partners, region: eu}\ndevelopers: [no address]\n"),
        workspace(story, "away", "portal: {name: nowhere, region: us}\n"),
        workspace(story, "internal", "portal: {name: acme-internal, region: us}\ndevelopers: [bob@acme.example]\n"),
    ]


@pytest.mark.parametrize("command", ["plan", "drift"])
def test_one_that_fails_leaves_the_others_alone(story: Story, command: str) -> None:
    """One document has all of them, in the order given; the exit code is that of the worst."""
    paths = fleet(story)
    ran = story.run(command, *paths, "--format", "json")
    told = [(Path(one["manifests"]["paths"][0]).name, len(one["changes"])) for one in ran.json["reports"]]
    assert told == [("eu", 1), ("broken", 0), ("away", 0), ("internal", 1)]
    assert ran.code == 3
    assert story.run(command, paths[0], paths[2], paths[3]).code == 7
    assert ran.json["reports"][2]["error"]["message"].endswith(
        "has no portal of the name 'nowhere' that this token may see"
    )
    said = story.run(command, *paths).out
    assert [said.index(part) for part in ("acme-partners", "no address", "nowhere", "acme-internal")] == sorted(
        said.index(part) for part in ("acme-partners", "no address", "nowhere", "acme-internal")
    )


def test_the_schema_that_is_printed_for_several_workspaces_is_all_that_a_validator_needs(story: Story) -> None:
    """What it refers to stands inside; and it tells a document that is none."""
    schema = Draft202012Validator(json.loads(story.run("schema", "reports").out))
    document = story.run("plan", *fleet(story), "--format", "json").json
    assert [error.message for error in schema.iter_errors(document)] == []
    document["reports"][0]["kind"] = "odd"
    assert not schema.is_valid(document)


def test_apply_does_what_can_be_done(story: Story) -> None:
    """The two that are well are done; of the others nothing is written."""
    assert story.run("apply", *fleet(story), "--yes").code == 3
    portals = story.sandbox.dump()
    assert portals["acme-partners"]["developers"] == {"ada@partner.example": "approved"}
    assert portals["acme-internal"]["developers"] == {"bob@acme.example": "approved"}


def test_each_takes_the_snapshot_of_its_portal(story: Story) -> None:
    """One for which there is none fails alone."""
    eu, _, _, internal = fleet(story)
    files = [story.folder.parent / f"{name}.json" for name in ("acme-partners", "acme-internal")]
    for file in files:
        assert story.run("dump", "--portal", file.stem, "--snapshot", file).code == 0
    story.server.requests.clear()
    ran = story.run("plan", eu, internal, "--format", "json", "--snapshot", files[0], "--snapshot", files[1])
    assert (ran.code, [len(one["changes"]) for one in ran.json["reports"]]) == (0, [1, 1])
    assert story.run("plan", eu, internal, "--snapshot", files[1]).code == 3
    assert list(story.server.requests) == []


# ------------------------------------------------------------------------------------------- a job for each of them


def test_a_matrix_for_github_is_the_value_of_strategy_matrix(story: Story) -> None:
    """One that is invalid is listed too: its own job says why, and no other."""
    eu, broken, away, _ = fleet(story)
    by_id = workspace(
        story, "by-id", "portal: {id: 00000000-0000-4000-8000-000000000009, server: 'http://localhost:1'}\n"
    )
    ran = story.run("matrix", eu, broken, away, by_id)
    assert ran.code == 0
    assert ran.out == json.dumps(
        {
            "include": [
                {"workspace": str(eu), "portal": "acme-partners", "region": "eu"},
                {"workspace": str(broken), "portal": "", "region": ""},
                {"workspace": str(away), "portal": "nowhere", "region": "us"},
                {"workspace": str(by_id), "portal": "00000000-0000-4000-8000-000000000009", "region": ""},
            ]
        }
    ) + "\n"  # fmt: skip
    assert ran.err == f"{broken} is invalid: its own job will say why\n"


def test_a_matrix_for_gitlab_is_a_child_pipeline(story: Story) -> None:
    """One job of the repository's own template, once for each workspace."""
    eu = fleet(story)[0]
    ran = story.run("matrix", eu, "--for", "gitlab", "--template", "ci/reconcile.yml")
    variables = {
        "RECONCILER_WORKSPACE": str(eu),
        "RECONCILER_PORTAL": "acme-partners",
        "RECONCILER_REGION": "eu",
    }
    assert ran.json == {
        "include": [{"local": "ci/reconcile.yml"}],
        "reconcile": {"extends": ".reconcile", "parallel": {"matrix": [variables]}},
    }


def test_a_matrix_of_nothing_or_of_too_much_is_an_error(story: Story) -> None:
    eu = fleet(story)[0]
    assert story.run("matrix", story.folder.parent / "nothing").code == 3
    ran = story.run("matrix", *([eu] * 257))
    assert ran.code == 3
    assert "257 workspaces are more than the 256 jobs of a matrix" in ran.err
