"""The log of requests: one line of JSON for every answer, and no more than that."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Answered, RequestLog, Sandbox, run_server, serve

from .conftest import Client


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


def test_a_line_says_when_what_and_with_which_answer(tmp_path: Path) -> None:
    log = RequestLog(tmp_path / "log")
    log(Answered(1_790_000_000.25, "GET", "/v3/portals?x=ü\x1b", 200, 1.23456))
    log.close()
    assert (tmp_path / "log").read_bytes() == (
        b'{"time": "2026-09-21T14:13:20.250Z", "method": "GET", "target": "/v3/portals?x=\\u00fc\\u001b", '
        b'"status": 200, "milliseconds": 1.235}\n'
    )


def test_every_answer_is_in_the_log_before_it_is_sent(sandbox: Sandbox, tmp_path: Path) -> None:
    """Refusals too; never a token or a body."""
    log = RequestLog(tmp_path / "log")
    with serve(sandbox, log=log) as server:
        client = Client(server.url, None)
        seen = []
        for method, path in (("GET", "/portals"), ("POST", "/portals"), ("BREW", "/nowhere")):
            client.send(method, path, {"name": "secret-body"}, token="Bearer kpat_secret")
            seen.append([(line["method"], line["target"], line["status"]) for line in lines(tmp_path / "log")][-1])
        client.close()
    log.close()
    assert seen == [("GET", "/v3/portals", 200), ("POST", "/v3/portals", 201), ("BREW", "/v3/nowhere", 404)]
    assert "secret" not in (tmp_path / "log").read_text()
    assert all(line["milliseconds"] >= 0 for line in lines(tmp_path / "log"))


def test_a_log_is_continued_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    for number in range(2):
        log = RequestLog(tmp_path / "log")
        log(Answered(0, "GET", f"/{number}", 200, 0))
        log.close()
    assert [line["target"] for line in lines(tmp_path / "log")] == ["/0", "/1"]
    assert (tmp_path / "log").stat().st_mode & 0o077 == 0


def test_parallel_requests_do_not_mix_their_lines(tmp_path: Path) -> None:
    log = RequestLog(tmp_path / "log")

    def work(worker: int) -> None:
        for number in range(200):
            log(Answered(0, "GET", f"/{worker}/{number}/{'x' * 2000}", 200, 0))

    workers = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    log.close()
    found = {tuple(line["target"].split("/")[1:3]) for line in lines(tmp_path / "log")}
    assert found == {(str(worker), str(number)) for worker in range(4) for number in range(200)}


def test_what_is_answered_after_the_log_was_closed_is_not_added(tmp_path: Path) -> None:
    log = RequestLog(tmp_path / "log")
    log.close()
    log(Answered(0, "GET", "/", 200, 0))
    log.close()
    assert lines(tmp_path / "log") == []


def interrupt(_url: str) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_a_log_that_cannot_be_opened_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run_server(None, log=tmp_path / "nowhere" / "log", ready=interrupt)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_ends_the_log_and_not_the_portal() -> None:
    """Requests are answered on; at the end the caller is told."""

    def use(url: str) -> None:
        client = Client(url, None)
        assert [client.get("/portals").status for _ in range(2)] == [200, 200]
        client.close()
        interrupt(url)

    with pytest.raises(OSError, match="/dev/full") as raised:
        run_server(None, log="/dev/full", ready=use)
    assert raised.value.strerror == "the request log ends early: No space left on device"


def test_a_served_state_has_a_log_on_demand(tmp_path: Path) -> None:
    def use(url: str) -> None:
        client = Client(url, None)
        client.get("/portals")
        client.close()
        interrupt(url)

    run_server(None, log=tmp_path / "log", ready=use)
    assert [(line["method"], line["target"], line["status"]) for line in lines(tmp_path / "log")] == [
        ("GET", "/v3/portals", 200)
    ]
