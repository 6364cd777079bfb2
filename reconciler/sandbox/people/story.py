"""Stories: what people do on the portal, one after another.

A story is read as a whole before anything of it is played: `portal`, and under `story` a list of steps, each a
mapping of one move to its arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.sandbox.people.moves import MOVES, Move, People
from reconciler.sandbox.protocol.problems import Problem
from reconciler.sandbox.seeds.place import Place, SeedError


class StoryError(Exception):
    """A story that cannot be read or played; the message names the step, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One move: where it stands, its arguments, and the status of the refusal that the story expects, or 0."""

    where: str
    move: Move
    arguments: dict[str, Any]
    refused: int

    @property
    def words(self) -> str:
        """The step as a sentence."""
        given = self.arguments
        thing = " ".join(
            filter(None, ["package" if given.get("package") else "", given.get("api"), given.get("version")])
        )
        settings = ", ".join(f"{name} {'on' if value is True else 'off'}" for name, value in given.items())
        owner = str(given.get("owner")).replace("team:", "the team ", 1)
        return self.move.says.format_map({**given, "thing": thing, "settings": settings, "owner": owner})

    def play(self, people: People, portal: str) -> None:
        """Make the move. StoryError where it is refused and should not be, or the other way round."""
        try:
            self.move.does(people, portal, **self.arguments)
        except LookupError as error:
            raise StoryError(f"{self.where}: {self.words}: {error.args[0]}") from error
        except Problem as problem:
            if problem.status != self.refused:
                reasons = "; ".join(each["reason"] for each in problem.invalid) or problem.detail
                refusal = f"the portal refuses this with {problem.status} {problem.title}: {reasons}"
                raise StoryError(f"{self.where}: {self.words}: {refusal}") from problem
        else:
            if self.refused:
                raise StoryError(
                    f"{self.where}: {self.words}: this was done, though the story says `refused: {self.refused}`"
                )


@dataclass(frozen=True, slots=True)
class Story:
    """The steps on one portal."""

    portal: str
    steps: tuple[Step, ...]

    def play(self, people: People, tell: Callable[[str], object] = lambda _: None) -> None:
        """Make every move, each a transaction of its own. StoryError ends the story there.

        `tell` is called after each move, with the move in words.
        """
        for step in self.steps:
            step.play(people, self.portal)
            tell(f"{step.words}: refused with {step.refused}" if step.refused else step.words)


def read(document: Any, name: str = "story", lines: Sequence[int] = ()) -> Story:
    """The story in a document; `lines` are those of its steps in the file `name`. StoryError."""
    try:
        root = Place(document, name).keys("portal", "story", required=("portal", "story"))
        places = [each.value for each in root.each("story")]
        wheres = [f"{name}:{line}" for line in lines] or [f"{name}, step {each + 1}" for each in range(len(places))]
        steps = [_step(Place(value, where)) for value, where in zip(places, wheres, strict=True)]
        return Story(root.text("portal"), tuple(steps))
    except SeedError as error:
        raise StoryError(str(error)) from error


def _step(place: Place) -> Step:
    if not isinstance(place.value, dict) or len(place.value) != 1:
        raise place.error("a step is a mapping of one move to its arguments, like `- revoke: ada@partner.example`")
    [(name, given)] = place.value.items()
    if name not in MOVES:
        raise place.error(f"there is no move {name!r} (known: {', '.join(MOVES)})")
    move = MOVES[name]
    if not isinstance(given, dict):  # a single value is the first argument
        given = {move.keys[0]: given}
    inner = Place(given, f"{place.where} {name}")
    inner.keys(*move.keys, "refused", required=[key for each in move.takes for key in each.required])
    arguments: dict[str, Any] = {}
    for argument in move.takes:
        arguments |= argument.read(inner)
    return Step(place.where, move, arguments, _refusal(inner))


def _refusal(place: Place) -> int:
    status = place.value.get("refused", 0)
    if status != 0 and (type(status) is not int or not 400 <= status < 500):
        raise place.at("refused").error(f"expected the status of a refusal, such as 403, found {status!r}")
    return int(status)
