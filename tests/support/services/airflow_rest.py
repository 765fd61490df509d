"""A real HTTP server on loopback that speaks the endpoints of Airflow which the gateway uses."""

from __future__ import annotations

import json
import secrets
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from include.settings import AirflowSettings

USER, PASSWORD = "gateway", "correct horse"


class AirflowServer(ThreadingHTTPServer):
    """Remembers the runs it was asked for; `forget_tokens` and `refuse` change its mind."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.runs: dict[str, dict] = {}
        self.triggers = 0
        self.asked_for: Counter[str] = Counter()
        self.logins = 0
        self.tokens: set[str] = set()
        self.waiting: dict[str, str] = {}
        """Interview -> run whose review waits."""
        self.reviews: list[tuple[str, dict]] = []
        """(run, body) of every review that was answered."""
        self.refuse: tuple[int, str] | None = None
        self.token_refusal = 403
        """Airflow's status for a token that it did not sign; 401 is for one that ran out."""
        self.asked = threading.Condition()

    @property
    def settings(self) -> AirflowSettings:
        return AirflowSettings(f"http://127.0.0.1:{self.server_port}", USER, PASSWORD)

    def forget_tokens(self) -> None:
        self.tokens.clear()

    def wait_for_run(self, run_id: str, timeout_s: float = 20.0) -> dict:
        """The run's body, once it was asked for."""
        with self.asked:
            assert self.asked.wait_for(lambda: run_id in self.runs, timeout_s), f"{run_id} was never triggered"
            return self.runs[run_id]


class _Handler(BaseHTTPRequestHandler):
    server: AirflowServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/auth/token":
            self._login(body)
            return
        dag_id = self.path.removeprefix("/api/v2/dags/").removesuffix("/dagRuns")
        with self.server.asked:
            self.server.triggers += 1
            self.server.asked_for[body["dag_run_id"]] += 1
            if self.headers["Authorization"].removeprefix("Bearer ") not in self.server.tokens:
                self._answer(self.server.token_refusal, {"detail": "Invalid JWT token"})
            elif self.server.refuse is not None:
                status, sentence = self.server.refuse
                self._answer(status, {"detail": sentence})
            elif body["dag_run_id"] in self.server.runs:
                self._answer(409, {"detail": "DAGRun already exists"})
            else:
                self.server.runs[body["dag_run_id"]] = {"dag_id": dag_id, **body}
                self._answer(200, {"dag_run_id": body["dag_run_id"], "state": "queued"})
            self.server.asked.notify_all()

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        if "run_id_pattern" in asked:
            self._list_runs(asked["run_id_pattern"][0].strip("%"))
            return
        run = self.server.waiting.get(asked["subject_search"][0])
        found = [] if run is None else [{"task_instance": {"dag_run_id": run}}]
        self._answer(200, {"hitl_details": found, "total_entries": len(found)})

    def do_PATCH(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        run = self.path.split("/dagRuns/")[1].split("/")[0]
        interview = next((one for one, waiting in self.server.waiting.items() if waiting == run), None)
        if interview is None:
            self._answer(409, {"detail": "Human-in-the-loop detail has already been updated"})
            return
        del self.server.waiting[interview]
        self.server.reviews.append((run, body))
        self._answer(200, {"chosen_options": body["chosen_options"], "params_input": body["params_input"]})

    def do_DELETE(self) -> None:
        run = self.path.split("/dagRuns/")[1]
        known = self.server.runs.pop(run, None)
        if known is None:
            self._answer(404, {"detail": "The DagRun was not found"})
            return
        self.send_response(204)
        self.end_headers()

    def _list_runs(self, part: str) -> None:
        found = [
            {"dag_id": body["dag_id"], "dag_run_id": run, "state": "success"}
            for run, body in self.server.runs.items()
            if part in run
        ]
        self._answer(200, {"dag_runs": found, "total_entries": len(found)})

    def _login(self, body: dict) -> None:
        self.server.logins += 1
        if body != {"username": USER, "password": PASSWORD}:
            self._answer(401, {"detail": "Invalid credentials"})
            return
        token = secrets.token_hex(8)
        self.server.tokens.add(token)
        self._answer(201, {"access_token": token})

    def _answer(self, status: int, body: dict) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def airflow_server(port: int = 0) -> Iterator[AirflowServer]:
    """A running server; `port` 0 lets the system choose."""
    server = AirflowServer(port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
