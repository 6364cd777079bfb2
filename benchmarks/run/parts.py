"""Looks that are narrowed: a pull request's plan, and an apply of a few changes, on a large portal."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from processes import Asked, Lab
from table import Row
from world import ROLES, World, entry, overlapping, person

CHANGED = 5


def since(lab: Lab, sizes: list[int]) -> Iterator[Row]:
    """Five people of a pull request: asked for alone, whatever else is on the portal.

    The least: the portal, its settings, its teams, the roles of those that are named, and its APIs; addresses,
    applications and registrations by a filter each; the teams of each person; the applications of the team that the
    one who is revoked is in; and the two counts that limits are held against.
    """
    for size in sizes:
        world = World(size)
        folder = _repository(lab, world)
        named = {number % world.teams for number in range(2, CHANGED + 1)}
        roles = sum(team < ROLES for team in named)
        floor = 1 + 1 + overlapping(world.teams) + roles + 1 + 3 + CHANGED + 1 + 2
        saved = lab.folder / f"part-{world.name}.json"
        with lab.portal(world, fresh=True) as portal:
            lab.reconciler("plan", folder, "--changed-since", "HEAD", url=portal.url).must()
            asked = Asked(portal.asked())
            yield Row(f"requests, plan --changed-since, {CHANGED} of {size:,}", asked.reads, floor, floor + 3)
            lab.reconciler("plan", folder, "--only", person(1), "--out", saved, url=portal.url).must()
            whole = Asked(portal.asked()).reads
            yield Row(f"requests, the whole plan is {whole / asked.reads:,.0f} times that", whole, asked.reads, None)
            lab.reconciler("apply", "--plan", saved, "--yes", url=portal.url).must()
            asked = Asked(portal.asked())
            yield Row(f"requests, apply --plan of one revocation, {size:,}: reads", asked.reads, 9, 20)


def _repository(lab: Lab, world: World) -> Path:
    """The workspace committed, and five people changed since: the first is revoked."""
    folder = lab.folder / f"repository-{world.name}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(lab.workspace(world), folder)
    env = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    who = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "all"]):
        subprocess.run(["git", *command], cwd=folder, env=env, check=True)
    file = folder / "people" / "0000.yaml"
    text = file.read_text(encoding="utf-8")
    text = text.replace(entry(world, 1), f"  - {{email: {person(1)}, status: revoked}}\n")
    for number in range(2, CHANGED + 1):
        text = text.replace(f"email: {person(number)}\n", f"email: {person(number)}\n    expires: 2099-01-01\n")
    file.write_text(text, encoding="utf-8")
    return folder
