"""Where the portal of a story runs: in the test's process, or as a command, with a socket between either way."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from reconciler.sandbox import Sandbox, Server, serve
from tests.contract.watch import Watch

URL = re.compile(r"http://\S+")
Clock = Callable[[], datetime]


@contextlib.contextmanager
def in_process(clock: Clock, watch: Watch) -> Iterator[tuple[Sandbox, Server]]:
    """A portal in this process, with a state of its own."""
    with contextlib.closing(Sandbox(None, clock)) as sandbox, serve(sandbox) as server:
        # Every request is judged, also one that a hook or a script of faults answers; of answers, the portal's own.
        server.after(watch)
        with watch.on_the_wire(answers=False):
            yield sandbox, server
    assert server.errors == [], f"defects of the sandbox: {server.errors}"


class Command:
    """`reconciler sandbox serve` in a process of its own. Tests share its state file and its request log.

    It has what a story needs of `Server`, but nothing can be hooked into it, and its clock is the real one.
    """

    def __init__(self, folder: Path) -> None:
        self._state, log = folder / "state.sqlite", folder / "requests.jsonl"
        command = [sys.executable, "-m", "reconciler", "sandbox", "serve", "--port", "0"]
        self._process = subprocess.Popen(
            [*command, "--state", str(self._state), "--log", str(log)], stderr=subprocess.PIPE, text=True
        )
        assert self._process.stderr
        said = self._process.stderr.readline()
        found = URL.search(said)
        assert found, f"the server did not start: {said}{self._process.stderr.read()}"
        self.url = found[0]
        self._log = log.open(encoding="utf-8")
        self._requests: list[tuple[str, str, int]] = []

    @property
    def requests(self) -> list[tuple[str, str, int]]:
        """What `Server.requests` is: method, target and status in the order of the answers, to be cleared at will."""
        for line in self._log:
            entry = json.loads(line)
            self._requests.append((entry["method"], entry["target"], entry["status"]))
        return self._requests

    @contextlib.contextmanager
    def portal(self, clock: Clock, watch: Watch) -> Iterator[tuple[Sandbox, Command]]:
        """Its state, emptied, for moves and looks in this process; what it is asked is watched on the wire."""
        with contextlib.closing(Sandbox(self._state, clock)) as sandbox, watch.on_the_wire():
            sandbox.clear()
            self.requests.clear()
            yield sandbox, self

    def stop(self) -> None:
        """End it as an admin would: it finishes, and has nothing to complain of."""
        self._process.send_signal(signal.SIGTERM)
        _, said = self._process.communicate(timeout=30)
        self._log.close()
        assert (self._process.returncode, said) == (0, "")
