"""The shipped command and the embedded portal, each in a process of its own; what they used the system tells."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from world import World, seed, workspace

RECONCILER = str(Path(sysconfig.get_path("scripts"), "reconciler"))
TOKEN = "kpat_bench"  # made up; the embedded portal takes any


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that has ended: its exit code, wall-clock and CPU seconds, the most memory it had, its output."""

    code: int
    seconds: float
    cpu: float
    megabytes: float
    output: Path

    def json(self) -> Any:
        return json.loads(self.output.read_text(encoding="utf-8"))

    def must(self, *codes: int) -> Ran:
        """Itself, if it ended as it should: a command that failed was not measured."""
        if self.code not in (codes or (0,)):
            said = self.output.with_suffix(".err").read_text(encoding="utf-8")[-2000:]
            raise SystemExit(f"a command that is measured exited with {self.code}: {said}")
        return self


def run(command: Sequence[str], output: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Ran:
    """Run to the end. The figures are this child's alone (wait4)."""
    return start(command, output, env, cwd).wait()


@dataclass(slots=True)
class Running:
    """A process under way."""

    process: subprocess.Popen[bytes]
    output: Path
    began: float

    def wait(self) -> Ran:
        _, status, used = os.wait4(self.process.pid, 0)
        seconds = time.monotonic() - self.began
        self.process.returncode = os.waitstatus_to_exitcode(status)
        unit = 1024 * 1024 if sys.platform == "darwin" else 1024
        return Ran(
            self.process.returncode, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / unit, self.output
        )


def start(
    command: Sequence[str], output: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Running:
    began = time.monotonic()
    with output.open("wb") as out, output.with_suffix(".err").open("wb") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=env, cwd=cwd)
    return Running(process, output, began)


@dataclass(slots=True)
class Portal:
    """The embedded portal as a server; `asked` is what it was asked since the last look."""

    url: str
    log: Path
    seen: int = 0

    def asked(self) -> list[dict[str, Any]]:
        """The requests that were answered since this was last called."""
        with self.log.open("rb") as file:
            file.seek(self.seen)
            lines = file.read().splitlines()
            self.seen = file.tell()
        return [json.loads(line) for line in lines]


@dataclass(slots=True)
class Asked:
    """Requests by what they were: reads, writes, lists that were asked for twice, answers 429, failed ones."""

    requests: list[dict[str, Any]] = field(default_factory=list)

    @property
    def reads(self) -> int:
        return sum(one["method"] == "GET" for one in self.requests)

    @property
    def writes(self) -> int:
        return len(self.requests) - self.reads

    @property
    def twice(self) -> int:
        """Reads of what was read before."""
        found = Counter(one["target"] for one in self.requests if one["method"] == "GET")
        return sum(found.values()) - len(found)

    def answered(self, status: int) -> int:
        return sum(one["status"] == status for one in self.requests)


class Lab:
    """Where worlds are made, once each, and measured."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._number = 0

    def env(self, url: str | None = None, **more: str) -> dict[str, str]:
        """The environment of a command: nothing of the user's but PATH, and no parse cache unless asked for."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        home = {"HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder / "state"), "CI": "true"}
        cache = {"RECONCILER_NO_CACHE": "1", "XDG_CACHE_HOME": str(self.folder / "cache")}
        server = {"KONNECT_TOKEN": TOKEN, "KONNECT_SERVER_URL": url} if url else {}
        return {name: value for name, value in {**kept, **home, **cache, **server, **more}.items() if value}

    def output(self) -> Path:
        self._number += 1
        return self.folder / f"run-{self._number:03}.out"

    def reconciler(self, *arguments: str | Path, url: str | None = None, **env: str) -> Ran:
        """Run the shipped command."""
        return run([RECONCILER, *map(str, arguments)], self.output(), self.env(url, **env))

    def started(self, *arguments: str | Path, url: str | None = None, **env: str) -> Running:
        """Start the shipped command."""
        return start([RECONCILER, *map(str, arguments)], self.output(), self.env(url, **env))

    def workspace(self, world: World) -> Path:
        folder = self.folder / f"access-{world.name}"
        if not folder.exists():
            workspace(world, folder)
        return folder

    def state(self, world: World, *, fresh: bool = False) -> Path:
        """The portal's state file; a `fresh` copy of it where it will be written to."""
        path = self.folder / f"state-{world.name}.sqlite"
        if not path.exists():
            seeds = self.folder / f"seed-{world.name}.json"
            seed(world, seeds)
            self.reconciler("sandbox", "seed", seeds, "--state", path).must()
            seeds.unlink()
        if fresh:
            self._number += 1
            copied = self.folder / f"copy-{self._number:03}.sqlite"
            shutil.copy(path, copied)
            return copied
        return path

    @contextmanager
    def portal(
        self, world: World, *, fresh: bool = False, port: str = "0", latency: float = 0.0, **switches: object
    ) -> Iterator[Portal]:
        """The portal of that world, as a server in a process of its own."""
        state = self.state(world, fresh=fresh)
        log = self.output().with_suffix(".log")
        log.write_bytes(b"")
        command = [RECONCILER, "sandbox", "serve", "--port", port, "--state", str(state), "--log", str(log)]
        command += [part for name, value in switches.items() for part in ("--set", f"{name}={value}")]
        if latency:
            faults = log.with_suffix(".yaml")
            faults.write_text(f"faults:\n  - {{latency: {latency}}}\n", encoding="utf-8")
            command += ["--faults", str(faults)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=self.env()) as server:
            try:
                assert server.stderr is not None
                said = server.stderr.readline()
                if " at " not in said:
                    raise SystemExit(f"the embedded portal did not start: {said}{server.stderr.read()}")
                yield Portal(said.split(" at ")[1].split()[0], log)
            finally:
                server.terminate()
