"""Requests a second of the embedded portal beside those of a bare server that answers a page of the same size.

    python benchmarks/sandbox [--quick]

Both are processes of their own, asked in turns over one kept-alive connection each, so that whatever else the machine
does meets both. Every list of pages of 100: the first, the middle and the last five pages, at 1,000 and at 100,000
developers, with an application, a registration and a membership each. Prints the ratio of the best turns, and exits
with 1 where one is below 0.8, or with `--quick` (10,000 developers, short turns) below 0.5.

The last row of a list is for knowing, not for judging: all its pages once, none of which was asked for before.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from loads import Connection
from portal import SIZE, lists_in, places


@dataclass(frozen=True)
class Scale:
    """How much is measured: for each server and row `turns` of so many `seconds`; `least` is what must hold."""

    people: tuple[int, ...]
    turns: int
    seconds: float
    least: float


FULL = Scale((1_000, 100_000), turns=5, seconds=0.3, least=0.8)
QUICK = Scale((10_000,), turns=5, seconds=0.05, least=0.5)
URL = "http://"


@contextlib.contextmanager
def process(*arguments: str | Path) -> Iterator[Connection]:
    """A server in a process of its own, which says its URL in its first line."""
    command = [sys.executable, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        assert running.stdout
        said = running.stdout.readline()
        if URL not in said:
            raise SystemExit(f"{command} did not start: {said}{running.stdout.read()}")
        try:
            with Connection(URL + said.partition(URL)[2].split()[0]) as connection:
                yield connection
        finally:
            running.terminate()


def measure(people: int, scale: Scale, folder: Path) -> Iterator[bool]:
    """Print the rows of each list; whether the ratio of each holds."""
    state = folder / f"{people}.sqlite"
    for name, path in lists_in(state, people).items():

        def pages(numbers: Sequence[int], path: str = path) -> list[str]:
            return [f"{path}?page[size]={SIZE}&page[number]={number}" for number in numbers]

        with sandbox_on(state) as sandbox, bare_with(sandbox.get(*pages([1])), folder) as bare:
            for place, numbers in places(people).items():
                yield judged(f"{people:>7,} {name}, {place}", bare, sandbox, pages(numbers), scale)
            with sandbox_on(state) as anew:
                every = pages(range(1, people // SIZE + 1))
                row(f"{people:>7,} {name}, all of them once", bare.rate(every, 0), anew.rate(every, 0), "")


def sandbox_on(state: Path) -> contextlib.AbstractContextManager[Connection]:
    """The embedded portal as a command, on a state."""
    return process("-m", "reconciler", "sandbox", "serve", "--port", "0", "--state", state)


def bare_with(page: bytes, folder: Path) -> contextlib.AbstractContextManager[Connection]:
    """A bare server with that page."""
    (folder / "page.json").write_bytes(page)
    return process(Path(__file__).with_name("bare.py"), folder / "page.json")


def judged(what: str, bare: Connection, sandbox: Connection, targets: list[str], scale: Scale) -> bool:
    """Ask both in turns and print the best of each; whether the ratio holds."""
    turns = [(bare.rate(targets, scale.seconds), sandbox.rate(targets, scale.seconds)) for _ in range(scale.turns)]
    most, ours = (max(rates) for rates in zip(*turns, strict=True))
    ok = ours >= scale.least * most
    row(what, most, ours, "ok" if ok else "MISSED")
    return ok


def row(what: str, bare: float, sandbox: float, verdict: str) -> None:
    """A line of the table."""
    print(f"{what:<52} {bare:>8,.0f} {sandbox:>8,.0f} {sandbox / bare:>6.2f}  {verdict}".rstrip(), flush=True)


def bench(scale: Scale) -> bool:
    """Every row, whatever the one before it came to."""
    heads = ("requests a second: people, list, pages", "bare", "sandbox", "ratio")
    print("{:<52} {:>8} {:>8} {:>6}".format(*heads), f" at least {scale.least}")
    with tempfile.TemporaryDirectory() as folder:
        held = [ok for people in scale.people for ok in measure(people, scale, Path(folder))]
    return all(held)


if __name__ == "__main__":
    sys.exit(0 if bench(QUICK if "--quick" in sys.argv[1:] else FULL) else 1)
