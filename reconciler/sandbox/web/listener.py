"""The socket side of the server: connections kept alive, each read and answered by a thread of its own."""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
import threading
from collections.abc import Callable
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

from reconciler.sandbox.protocol.messages import Request, Response
from reconciler.sandbox.protocol.problems import Problem
from reconciler.sandbox.web.wire import CONTINUE, Head, UnreadableError, read_head, written

Answer = Callable[[Request | Problem, str, str], Response]
"""Called with a request, or with what is wrong with what came, and with its method and target."""


class ListenError(OSError):
    """An address on which nothing can listen: it is taken, not this machine's, or not allowed."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        taken = error.errno == errno.EADDRINUSE
        why = "another program listens there" if taken else error.strerror or str(error)
        super().__init__(f"{host} port {port}: {why}")


class Listener(ThreadingTCPServer):
    """Accepts connections and lets `answer` answer what comes over them."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, host: str, port: int, answer: Answer) -> None:
        """Bind and listen. ListenError."""
        self.answer = answer
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        if ":" in host:
            self.address_family = socket.AF_INET6
        try:
            super().__init__((host, port), _Connection)
        except OSError as error:
            raise ListenError(host, port, error) from error

    def process_request(self, request: Any, client_address: Any) -> None:
        """Note a connection, and give it a thread."""
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that ends."""
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""

    def drain(self, seconds: float) -> None:
        """End reading on every connection: what is being answered is answered, then the thread ends."""
        with self._changed:
            for connection in self._open:
                with contextlib.suppress(OSError):  # closed by the client meanwhile
                    connection.shutdown(socket.SHUT_RD)
            self._changed.wait_for(lambda: not self._open, seconds)


class _Connection(StreamRequestHandler):
    # Without this, delayed acknowledgements stall every answer for 40 ms.
    disable_nagle_algorithm = True
    server: Listener

    def handle(self) -> None:
        while self._exchange():
            pass

    def _exchange(self) -> bool:
        """Read a request and answer it; whether another one may follow."""
        try:
            head = read_head(self.rfile)
            if head is None:
                return False
            body = self._body(head)
        except UnreadableError as error:  # what follows on the connection was not read
            answer = self.server.answer(error.problem, error.method, error.target)
            return self._send(answer, lasting=False, with_body=error.method != "HEAD")
        request = Request(head.method, head.target, head.headers, body, self.client_address[0])
        answer = self.server.answer(request, head.method, head.target)
        return self._send(answer, lasting=head.lasting, with_body=head.method != "HEAD")

    def _body(self, head: Head) -> bytes:
        length = head.length
        if not length:
            return b""
        if head.headers.get("expect", "").lower() == "100-continue":
            self.wfile.write(CONTINUE)
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionError("the client went away in the middle of a request")
        return body

    def _send(self, answer: Response, *, lasting: bool, with_body: bool) -> bool:
        if answer.delivery == "never":
            self.connection.recv(1)  # until the client gives up or `drain` ends reading
        if answer.delivery in ("none", "never"):
            return self._break()
        text = written(answer, lasting=lasting, with_body=with_body)
        if answer.delivery == "half":
            self.wfile.write(text[: len(text) - len(answer.body) // 2])
            return self._break()
        self.wfile.write(text)
        return lasting

    def _break(self) -> bool:
        """Reset the connection: the client sees that it broke, not that it ended."""
        with contextlib.suppress(OSError):  # the client was faster
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        return False
