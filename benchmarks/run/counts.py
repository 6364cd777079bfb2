"""How many requests: of a plan, a drift, an apply and an apply of a saved plan, beside the fewest possible."""

from __future__ import annotations

from collections.abc import Iterator

from processes import Asked, Lab
from table import Row
from world import World


def requests(lab: Lab, sizes: list[int]) -> Iterator[Row]:
    """Every list page once, and no other request; an apply reads back what it wrote, and writes once a change."""
    for size in sizes:
        world = World(size)
        path, floor = lab.workspace(world), world.floor()
        with lab.portal(world) as portal:
            for command, codes in (("plan", (0,)), ("drift", (2,))):
                lab.reconciler(command, path, url=portal.url).must(*codes)
                asked = Asked(portal.asked())
                yield Row(f"requests, {command}, {size:,} developers", asked.reads + asked.writes, floor, floor + 3)
                yield Row(f"requests, {command}, lists read twice, {size:,}", asked.twice, 0, 0)
        if size <= 10_000:
            yield from _apply(lab, world, floor)


def _apply(lab: Lab, world: World, floor: int) -> Iterator[Row]:
    size, path = f"{world.developers:,}", lab.workspace(world)
    saved = lab.folder / f"plan-{world.name}.json"
    with lab.portal(world, fresh=True) as portal:
        lab.reconciler("plan", path, "--out", saved, url=portal.url).must()
        planned = Asked(portal.asked()).reads
        lab.reconciler("apply", path, "--yes", url=portal.url).must()
        asked = Asked(portal.asked())
        yield Row(f"requests, apply, {size}: reads", asked.reads, floor, 2 * planned)
        yield Row(f"requests, apply, {size}: writes", asked.writes, world.changes, world.changes)
        lab.reconciler("apply", path, "--yes", url=portal.url).must()
        asked = Asked(portal.asked())
        yield Row(f"requests, apply again, {size}: writes", asked.writes, 0, 0)
    with lab.portal(world, fresh=True, port=portal.url.rpartition(":")[2]) as portal:
        lab.reconciler("apply", "--plan", saved, "--yes", url=portal.url).must()
        asked = Asked(portal.asked())
        yield Row(f"requests, apply --plan, {size}: reads", asked.reads, floor, 2 * planned)
        yield Row(f"requests, apply --plan, {size}: writes", asked.writes, world.changes, world.changes)


def needless(lab: Lab, sizes: list[int]) -> Iterator[Row]:
    """What the workspace cannot need is not asked for: no list of a kind that nobody lists and the policy ignores."""
    world = World(sizes[0])
    folder = lab.folder / "people-only"
    folder.mkdir(exist_ok=True)
    (folder / "access.yaml").write_text(
        "portal: {name: bench, region: us}\n"
        "policy:\n  unlisted: {memberships: ignore, registrations: ignore, roles: ignore}\n"
        "developers: [person-0000001@partner.example]\n",
        encoding="utf-8",
    )
    with lab.portal(world) as portal:
        lab.reconciler("plan", folder, url=portal.url).must()
        asked = portal.asked()
        floor = 1 + -(-world.developers // 100)
        yield Row(f"requests, plan of people alone, {world.developers:,} developers", len(asked), floor, floor)
        scoped = folder / "access.yaml"
        scoped.write_text(
            "portal: {name: bench, region: us}\n"
            "policy:\n  unlisted: {registrations: ignore}\n  scope: {teams: [none-*]}\n"
            "developers: [person-0000001@partner.example]\n",
            encoding="utf-8",
        )
        lab.reconciler("plan", folder, url=portal.url).must()
        members = sum("/teams/" in one["target"] for one in portal.asked())
        yield Row("requests, plan, for teams outside the scope", members, 0, 0)
