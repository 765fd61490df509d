"""A real HTTP server on loopback that speaks the OpenAI chat-completions protocol with scripted answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

POLL_S = 0.02
"""How often the server looks whether the test is over."""
Script = Callable[["Endpoint", dict[str, Any]], tuple[int, dict[str, str], Any]]


def completion(content: str, *, finish: str = "stop", prompt: int = 900, answer: int = 120) -> dict[str, Any]:
    """The body of a chat completion whose message is `content`."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content}}],
        "usage": {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer},
    }


class Endpoint:
    """Answers call n with script n (the last script repeats); keeps every request for inspection."""

    def __init__(self, *scripts: Script) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.release = threading.Event()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint.headers.append({name.lower(): value for name, value in self.headers.items()})
                endpoint.requests.append(body)
                script = scripts[min(len(endpoint.requests), len(scripts)) - 1]
                status, headers, answer = script(endpoint, body)
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                try:
                    self.send_response(status)
                    for name, value in {"Content-Type": "application/json", **headers}.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True  # the client gave up first: that is what the time-out test wants

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it
                """Keeps the test output quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(POLL_S,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Endpoint:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


def says(content: str, **options: Any) -> Script:
    """A script that answers with `content`."""
    return lambda _endpoint, _body: (200, {}, completion(content, **options))


def fails(status: int, headers: dict[str, str] | None = None, *, echo: bool = False, **error: Any) -> Script:
    """A script that answers with an error; `echo` repeats the prompt in it, as careless endpoints do."""

    def script(_endpoint: Endpoint, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        message = json.dumps(body["messages"]) if echo else "scripted failure"
        return status, headers or {}, {"error": {"message": message, "type": "scripted", **error}}

    return script


def hangs(endpoint: Endpoint, _body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
    """A script that does not answer before the test is over."""
    endpoint.release.wait(timeout=30)
    return 200, {}, completion("{}")
