"""The two ways to run the portal: in this process for a while, or as a command until it is told to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reconciler.sandbox.faults import Faults
from reconciler.sandbox.sandbox import Sandbox
from reconciler.sandbox.web.log import RequestLog
from reconciler.sandbox.web.server import Defect, Log, Server


def serve(
    sandbox: Sandbox,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    allow_remote: bool = False,
    log: Log | None = None,
    faults: Faults | None = None,
) -> Server:
    """A running server, to be left by its `with` block or by `stop`; port 0 is any free one.

    `log` is called with every answered request; a `RequestLog` writes them to a file. `faults`: what requests meet.
    """
    return Server(sandbox.app, host, port, allow_remote=allow_remote, log=log, faults=faults).start()


def run_server(
    path: str | Path | None,
    host: str = "127.0.0.1",
    port: int = 0,
    seed: str | Path | None = None,
    *,
    switches: Mapping[str, Any] | None = None,
    faults: str | Path | None = None,
    allow_remote: bool = False,
    log: str | Path | None = None,
    ready: Callable[[str], None] | None = None,
    defect: Defect | None = None,
) -> None:
    """Serve the state in `path` until SIGINT or SIGTERM, then finish what is under way and return.

    `seed` is loaded unless this state has it already. `switches` count for this run, over those that the state
    keeps; `faults` is a script of trouble. Requests are added to the file `log`. `ready` is called with the URL
    once requests are answered, `defect` with every request that could not be.

    ValueError for a host that others can reach unless `allow_remote`, ListenError for a port in use, OSError for a
    file that cannot be read or a log that cannot be written, SeedError, FaultError, StateError, SwitchError. Only
    from the main thread, which is where signals arrive.
    """
    told = threading.Event()
    trouble = None if faults is None else Faults.read_file(faults)
    sandbox = Sandbox(path, switches=switches)
    before = {each: signal.signal(each, lambda *_: told.set()) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        if seed is not None:
            sandbox.seed_once(seed)
        with _logging(log) as requests:
            # A server that runs for weeks does not remember every request.
            server = Server(
                sandbox.app,
                host,
                port,
                allow_remote=allow_remote,
                record=False,
                log=requests,
                faults=trouble,
                defect=defect,
            )
            with server.start():
                if ready:
                    ready(server.url)
                told.wait()
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        sandbox.close()


@contextmanager
def _logging(path: str | Path | None) -> Iterator[RequestLog | None]:
    """The log in `path`, if any; what was wrong with it is raised at the end, when everything is answered."""
    if path is None:
        yield None
        return
    log = RequestLog(path)
    try:
        yield log
    finally:
        log.close()
    if log.failure:
        raise log.failure
