"""The two ways to run the portal: in this process for a while, or as a command until it is told to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path

from reconciler.sandbox.sandbox import Sandbox
from reconciler.sandbox.web.server import Server


def serve(sandbox: Sandbox, host: str = "127.0.0.1", port: int = 0, *, allow_remote: bool = False) -> Server:
    """A running server, to be left by its `with` block or by `stop`; port 0 is any free one."""
    return Server(sandbox.app, host, port, allow_remote=allow_remote).start()


def run_server(
    path: str | Path | None,
    host: str = "127.0.0.1",
    port: int = 0,
    seed: str | Path | None = None,
    *,
    allow_remote: bool = False,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the state in `path` until SIGINT or SIGTERM, then finish what is under way and return.

    `seed` is loaded unless this state has it already. `ready` is called with the URL once requests are
    answered. ValueError for a host that others can reach unless `allow_remote`, OSError for a port in use,
    SeedError, StateError. Only from the main thread, which is where signals arrive.
    """
    told = threading.Event()
    sandbox = Sandbox(path)
    before = {each: signal.signal(each, lambda *_: told.set()) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        if seed is not None:
            sandbox.seed_once(seed)
        # A server that runs for weeks does not remember every request.
        with Server(sandbox.app, host, port, allow_remote=allow_remote, record=False).start() as server:
            if ready:
                ready(server.url)
            told.wait()
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        sandbox.close()
