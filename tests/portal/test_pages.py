"""A list is read whole or not at all (contract section 2)."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import MovingListError, NonsenseError
from reconciler.portal.crew import Crew
from reconciler.portal.pages import list_all
from reconciler.portal.parse import Fields
from tests.portal.stage import Asked, Clock, Says, Stage, a_developer, page, paged, problem, reader, session


def items(first: int, last: int) -> list[dict[str, Any]]:
    return [{"id": f"i{n}"} for n in range(first, last + 1)]


def read(stage: Stage, clock: Clock, workers: int = 4, *, overlap: bool = False) -> list[str]:
    get = session(stage, clock, read_only=True).get
    crew = Crew(workers)
    try:
        return crew.run(list_all(get, "/things", {"sort": "x"}, Fields.id, overlap=lambda: overlap))
    finally:
        crew.close()


@pytest.mark.parametrize("cap", [1000, 100, 37])
@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 200, 250])
def test_every_item_is_read_once_in_order_and_no_page_is_read_in_vain(
    stage: Stage, clock: Clock, count: int, cap: int
) -> None:
    """The server may make pages smaller than asked; no page past the last is needed."""
    stage.script = paged({"/things": items(1, count)}, cap)
    assert read(stage, clock) == [f"i{n}" for n in range(1, count + 1)]
    size = min(cap, 100)
    assert len(stage.asked) == max(-(-count // size), 1)
    assert {asked.query["page[size]"] for asked in stage.asked} == {"100"}
    assert {asked.query["sort"] for asked in stage.asked} == {"x"}


@pytest.mark.parametrize("cap", [1000, 100, 37, 2, 1])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 99, 100, 101, 198, 199, 250])
def test_pages_that_overlap_give_the_same_list(stage: Stage, clock: Clock, count: int, cap: int) -> None:
    """Whatever the size of the server's pages; even where none of several things can overlap, as pages of one."""
    stage.script = paged({"/things": items(1, count)}, cap)
    assert read(stage, clock, overlap=True) == [f"i{n}" for n in range(1, count + 1)]


@pytest.mark.parametrize(("count", "requests"), [(100, 1), (101, 2), (198, 2), (199, 3), (1000, 11), (10_000, 114)])
def test_what_overlapping_costs(stage: Stage, clock: Clock, count: int, requests: int) -> None:
    """One page in ten for a thousand things, one in seven for ten thousand; nothing for a hundred."""
    stage.script = paged({"/things": items(1, count)})
    read(stage, clock, overlap=True)
    assert len(stage.asked) == requests


def test_every_page_begins_on_the_one_before_if_pages_overlap(stage: Stage, clock: Clock) -> None:
    stage.script = paged({"/things": items(1, 2345)})
    read(stage, clock, overlap=True)
    asked = sorted((int(one.query["page[number]"]) - 1, int(one.query["page[size]"])) for one in stage.asked)
    spans = sorted((number * size, number * size + size) for number, size in asked)
    assert all(start < end <= 2345 for (start, _), (_, end) in zip(spans[1:], spans[:-1], strict=True))
    assert spans[0] == (0, 100)
    assert spans[-1][1] >= 2345
    assert max(size for _, size in asked) == 100


def test_a_server_that_makes_pages_of_its_own_size_is_read_without_overlap(stage: Stage, clock: Clock) -> None:
    """That it takes any size as asked is not documented (contract 2)."""

    def script(asked: Asked) -> Says:
        number = int(asked.query["page[number]"])
        return Says(200, page(items(number * 50 - 49, min(number * 50, 120)), number, 50, 120))

    stage.script = script
    assert read(stage, clock, overlap=True) == [f"i{n}" for n in range(1, 121)]
    assert [one.query["page[size]"] for one in stage.asked[-2:]] == ["100", "100"]


def test_the_first_page_comes_first_and_the_others_side_by_side(stage: Stage, clock: Clock) -> None:
    stage.script = paged({"/things": items(1, 450)})
    read(stage, clock)
    numbers = [asked.query["page[number]"] for asked in stage.asked]
    assert numbers[0] == "1"
    assert sorted(numbers) == ["1", "2", "3", "4", "5"]


def test_a_list_that_shifts_while_it_is_read_is_read_again(stage: Stage, clock: Clock) -> None:
    """Someone is deleted between two pages: the item on the border would be missed."""
    calm = paged({"/things": items(2, 151)})

    def script(asked: Asked) -> Any:
        if len(stage.asked) == 1:
            return Says(200, page(items(1, 100), 1, 100, 151))
        return calm(asked)

    stage.script = script
    assert read(stage, clock) == [f"i{n}" for n in range(2, 152)]
    assert len(stage.asked) == 4


@pytest.mark.parametrize(
    ("second", "total"),
    [
        (items(100, 149), 150),
        (items(101, 149), 150),
        (items(101, 151), 150),
        ([], 150),
    ],
    ids=["one twice", "one missing", "one too many", "nothing"],
)
def test_a_list_that_never_adds_up_is_an_error(
    stage: Stage, clock: Clock, second: list[dict[str, Any]], total: int
) -> None:
    def script(asked: Asked) -> Says:
        number = int(asked.query["page[number]"])
        return Says(200, page(items(1, 100) if number == 1 else second, number, 100, total))

    stage.script = script
    with pytest.raises(MovingListError, match="GET /v3/things kept changing"):
        read(stage, clock)
    assert len(stage.asked) == 6


def test_a_total_that_changes_between_pages_is_a_list_that_moves(stage: Stage, clock: Clock) -> None:
    def script(asked: Asked) -> Says:
        number = int(asked.query["page[number]"])
        return Says(200, page(items(number * 100 - 99, number * 100), number, 100, 199 + number))

    stage.script = script
    with pytest.raises(MovingListError):
        read(stage, clock)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (None, "not a JSON object"),
        ([], "not a JSON object"),
        ({}, "meta is not a JSON object"),
        ({"data": []}, "meta is not a JSON object"),
        ({"data": [], "meta": {}}, "page is not a JSON object"),
        (
            {"data": [], "meta": {"page": {"number": 1, "size": 100}}},
            "total should be a number of things, but is missing",
        ),
        ({"data": [], "meta": {"page": {"number": 1, "size": 100, "total": "0"}}}, "total should be a number"),
        ({"data": [], "meta": {"page": {"number": 1, "size": 100, "total": -1}}}, "total should be a number"),
        ({"data": [], "meta": {"page": {"number": 1, "size": 100, "total": True}}}, "total should be a number"),
        ({"data": [], "meta": {"page": {"number": 1, "size": 100, "total": 1.5}}}, "total should be a number"),
        ({"data": [], "meta": {"page": {"number": 1, "size": 0, "total": 5}}}, "size should be at least 1"),
        (
            {"data": [], "meta": {"page": {"number": 2, "size": 100, "total": 0}}},
            "number should be the page asked for",
        ),
        ({"meta": {"page": {"number": 1, "size": 100, "total": 0}}}, "data should be a list, but is missing"),
        ({"data": {}, "meta": {"page": {"number": 1, "size": 100, "total": 0}}}, "data should be a list"),
        ({"data": [{"id": "a"}], "meta": {"page": {"number": 1, "size": 100, "total": 0}}}, "1 items, but says .* 0"),
        ({"data": [7], "meta": {"page": {"number": 1, "size": 100, "total": 1}}}, "data 1 is not a JSON object"),
        (
            {"data": [{}], "meta": {"page": {"number": 1, "size": 100, "total": 1}}},
            "data 1: id should be an id, but is missing",
        ),
        (
            {"data": [{"id": "../x"}], "meta": {"page": {"number": 1, "size": 100, "total": 1}}},
            "data 1: id should be an id",
        ),
    ],
)
def test_a_page_without_sense_is_an_error_naming_the_endpoint_and_the_field(
    stage: Stage, clock: Clock, body: Any, field: str
) -> None:
    stage.plays(Says(200, body))
    with pytest.raises(NonsenseError, match=f"GET /v3/things page 1.*{field}"):
        read(stage, clock)


def test_numbers_written_with_a_point_are_numbers(stage: Stage, clock: Clock) -> None:
    """The contract says "number", not "integer"."""
    stage.plays(Says(200, {"data": items(1, 2), "meta": {"page": {"number": 1.0, "size": 100.0, "total": 2.0}}}))
    assert read(stage, clock) == ["i1", "i2"]


def test_a_thousand_pages_on_three_threads_end(stage: Stage, clock: Clock) -> None:
    stage.script = paged({"/things": items(1, 1000)}, cap=1)
    assert len(read(stage, clock, workers=3)) == 1000


def test_a_reader_sorts_what_can_be_sorted(stage: Stage, clock: Clock) -> None:
    """Contract 2: developers, applications, registrations and APIs have a sort parameter; teams refuse one."""
    base = "/portals/p"
    names = ["developers", "applications", "application-registrations", "teams", "teams/t/developers"]
    stage.script = paged({"/apis": [], **{f"{base}/{name}": [] for name in names}})
    one = reader(stage, clock)
    one.developers("p"), one.applications("p"), one.registrations("p"), one.apis("p")
    one.teams("p"), one.team_members("p", "t")
    assert [asked.query.get("sort") for asked in stage.asked] == ["created_at desc"] * 4 + [None] * 2


def test_a_portal_that_sorts_only_one_way_is_asked_that_way(stage: Stage, clock: Clock) -> None:
    """Contract 3: that `desc` is understood here is inferred, so it must not be relied on."""

    def script(asked: Asked) -> Says:
        if asked.query.get("sort") == "created_at desc":
            return Says(400, problem(400, "Invalid Parameters"))
        return Says(200, page([{"id": "i1", "name": "x", "owner": {"type": "team", "id": "t"}}]))

    stage.script = script
    assert [one.id for one in reader(stage, clock).applications("p")] == ["i1"]
    assert [asked.query["sort"] for asked in stage.asked] == ["created_at desc", "created_at"]


class Moving:
    """A list of which somebody deletes one thing and adds another just before a request: the number stays the same.

    Sorted as asked; unsorted, the new one is at the end, or at the start.
    """

    def __init__(self, at: int, gone: int, *, at_the_end: bool = True) -> None:
        self.there, self.at, self.gone, self.at_the_end = list(range(250)), at, gone, at_the_end
        self.requests = 0

    def __call__(self, asked: Asked) -> Says:
        self.requests += 1
        if self.requests == self.at:
            self.there.remove(self.gone)
            self.there.insert(len(self.there) if self.at_the_end else 0, 1000)
        sort, number, size = asked.query.get("sort", ""), int(asked.query["page[number]"]), self.size(asked)
        shown = self.there[::-1] if sort.endswith(" desc") else self.there
        items = [a_developer(n) for n in shown[(number - 1) * size : number * size]]
        return self.answer(sort, page(items, number, size, 250))

    def size(self, asked: Asked) -> int:
        return int(asked.query["page[size]"])

    def answer(self, sort: str, body: Any) -> Says:
        return Says(200, body)

    @property
    def stayed(self) -> set[str]:
        """The ids of those who were there all the time."""
        return {a_developer(n)["id"] for n in self.there if n != 1000}


class OneWay(Moving):
    """A portal that refuses to sort downwards."""

    def answer(self, sort: str, body: Any) -> Says:
        return Says(400, problem(400, "Invalid Parameters")) if sort.endswith(" desc") else super().answer(sort, body)


GONE = range(3, 250, 19)


@pytest.mark.parametrize("gone", GONE)
@pytest.mark.parametrize("at", [2, 3])
def test_one_that_goes_while_another_comes_hides_nobody(stage: Stage, clock: Clock, at: int, gone: int) -> None:
    """The number of things stays the same, and no id is met twice by chance alone: who is there is still found."""
    stage.script = moving = Moving(at, gone)
    found = {one.id for one in reader(stage, clock, workers=1).developers("p")}
    assert moving.stayed <= found


@pytest.mark.parametrize("at_the_end", [True, False])
@pytest.mark.parametrize("gone", GONE)
@pytest.mark.parametrize("at", [2, 3])
def test_nobody_is_hidden_in_a_list_that_cannot_be_sorted(
    stage: Stage, clock: Clock, at: int, gone: int, at_the_end: bool
) -> None:
    """The members of a team come in an order of the server's own."""
    stage.script = moving = Moving(at, gone, at_the_end=at_the_end)
    found = set(reader(stage, clock, workers=1).team_members("p", "t"))
    assert moving.stayed <= found


@pytest.mark.parametrize("gone", GONE)
@pytest.mark.parametrize("at", [3, 4])
def test_nobody_is_hidden_where_the_portal_sorts_only_one_way(stage: Stage, clock: Clock, at: int, gone: int) -> None:
    """The oldest first is the order in which one could be."""
    stage.script = moving = OneWay(at, gone)
    found = {one.id for one in reader(stage, clock, workers=1).developers("p")}
    assert moving.stayed <= found


def test_a_list_that_is_said_to_be_endless_is_not_read(stage: Stage, clock: Clock) -> None:
    """Ten thousand million pages would be asked for otherwise."""
    stage.plays(Says(200, page(items(1, 100), 1, 100, 10**12)))
    with pytest.raises(NonsenseError, match="total should be at most 1000000"):
        read(stage, clock)
    assert len(stage.asked) == 1


def test_further_pages_are_not_asked_for_where_the_first_is_not_full(stage: Stage, clock: Clock) -> None:
    """It does not add up already; a few more looks, and then it is an error."""
    stage.plays(Says(200, page(items(1, 2), 1, 100, 100_000)))
    with pytest.raises(MovingListError):
        read(stage, clock)
    assert len(stage.asked) == 3
