"""Pages from a server in this process."""

import asyncio
import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from example_ext import FetchError, FetchTimeoutError, fetch


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = threading.Event()
        self.hung_up = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        if self.path == "/never":
            server.asked.set()
            # Returns when the client closes the connection, for it sends nothing more.
            if self.rfile.read(1) == b"":
                server.hung_up.set()
            return
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/hello")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        found = self.path == "/hello"
        body = "grüß dich".encode() if found else b"\xff"
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_pages_are_fetched_together(server: Server) -> None:
    async def main() -> None:
        # A coroutine, as `create_task` demands.
        task = asyncio.create_task(fetch(server.url + "/moved"))
        missing = await fetch(server.url + "/missing")
        page = await task
        assert (page.status, page.text()) == (200, "grüß dich")
        assert page.url == server.url + "/hello"
        assert (missing.status, missing.body) == (404, b"\xff")
        with pytest.raises(UnicodeDecodeError):
            missing.text()
        assert "404" in repr(missing)

    asyncio.run(main())


def test_the_loop_runs_on_while_a_page_is_awaited(server: Server) -> None:
    async def main() -> int:
        task = asyncio.create_task(fetch(server.url + "/never"))
        turns = 0
        while not server.asked.is_set():
            turns += 1
            await asyncio.sleep(0.001)
        assert not task.done()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        return turns

    assert asyncio.run(main()) > 0


def test_cancelling_the_task_closes_the_connection(server: Server) -> None:
    async def main() -> None:
        task = asyncio.create_task(fetch(server.url + "/never"))
        assert await asyncio.to_thread(server.asked.wait, 20)
        assert not server.hung_up.is_set()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(server.hung_up.wait, 20)

    asyncio.run(main())


def test_limits_are_kept(server: Server) -> None:
    with pytest.raises(FetchTimeoutError, match=r"longer than 0\.05 s") as caught:
        asyncio.run(fetch(server.url + "/never", timeout=0.05))
    assert isinstance(caught.value, TimeoutError)
    with pytest.raises(FetchError, match="larger than 3 bytes"):
        asyncio.run(fetch(server.url + "/hello", max_bytes=3))
    with pytest.raises(ValueError, match="timeout"):
        asyncio.run(fetch(server.url + "/hello", timeout=-1))


def test_what_cannot_be_fetched() -> None:
    for url in ["nonsense", "http://127.0.0.1:1/"]:
        with pytest.raises(FetchError):
            asyncio.run(fetch(url))
    assert issubclass(FetchError, OSError)


def test_a_process_that_ends_with_a_fetch_ends_well(server: Server) -> None:
    # `asyncio.run` returns while the thread that delivered the result is still in Python (PyO3/pyo3-async-runtimes#40).
    script = (
        "import asyncio, sys, example_ext; asyncio.run(example_ext.fetch(sys.argv[1]))"
    )
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-c", script, server.url + "/hello"],
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, b"")
