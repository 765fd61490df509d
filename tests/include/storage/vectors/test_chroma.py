"""Answer vectors in a real embedded Chroma, against cosines computed with NumPy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from include.interview.errors import BadInput, ServiceFailure
from include.storage.vectors.chroma import Vectors
from include.storage.vectors.isolated import IsolatedVectors
from tests.support.services.chroma import chroma

pytestmark = pytest.mark.services

ROOT = Path(__file__).parents[4]
SIZE = 512


def unit(seed: int, count: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(count, SIZE))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@pytest.fixture(params=["embedded", pytest.param("server", marks=pytest.mark.services)])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Vectors | IsolatedVectors]:
    """An empty vector store of both kinds."""
    if request.param == "embedded":
        store = IsolatedVectors(tmp_path / "chroma")
        yield store
        store.close()
        return
    clients: list[httpx.Client] = []

    class Noted(httpx.Client):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            clients.append(self)

    monkeypatch.setattr(httpx, "Client", Noted)
    with chroma(tmp_path / "server") as url:
        store = Vectors(url, tmp_path / "unused")
        yield store
        store.close()
    for client in clients:  # Chroma leaves its connections open when its own client is closed
        client.close()
    assert not (tmp_path / "unused").exists()


def test_neighbours_are_those_of_the_cosine_and_replaced_not_doubled(store: Vectors) -> None:
    first, second = unit(1, 8), unit(2, 5)
    for _ in range(2):
        store.put_answers("i1", [(f"u{n}", vector.tolist()) for n, vector in enumerate(first)])
        store.put_answers("i2", [(f"u{n}", vector.tolist()) for n, vector in enumerate(second)])
    asked = first[3] + 0.2 * second[2]
    everything = {f"i1/u{n}": v for n, v in enumerate(first)} | {f"i2/u{n}": v for n, v in enumerate(second)}
    cosines = {key: float(v @ asked / np.linalg.norm(asked)) for key, v in everything.items()}
    expected = sorted(cosines, key=lambda key: -cosines[key])[:4]
    found = store.similar(asked.tolist(), 4)
    assert [f"{hit.interview_id}/{hit.answer_id}" for hit in found] == expected
    assert [hit.similarity for hit in found] == pytest.approx([cosines[key] for key in expected], abs=1e-3)
    assert {hit.interview_id for hit in store.similar(asked.tolist(), 20, exclude_interview="i1")} == {"i2"}
    assert len(store.similar(asked.tolist(), 50)) == 13
    store.put_answers("i1", [("u0", first[0].tolist())])
    assert len(store.similar(asked.tolist(), 50)) == 6
    store.close()
    assert (store.delete("i1"), store.delete("i1")) == (1, 0)
    assert {hit.interview_id for hit in store.similar(asked.tolist(), 50)} == {"i2"}


def test_vectors_that_do_not_fit_are_refused(store: Vectors, tmp_path: Path) -> None:
    store.put_answers("i1", [("u0", [1.0] * SIZE)])
    with pytest.raises(BadInput, match="does not fit"):
        store.similar([1.0] * 3, 1)
    with pytest.raises(BadInput, match="does not fit"):
        store.put_answers("i2", [("u0", [1.0] * 3)])
    with pytest.raises(BadInput, match="twice"):
        store.put_answers("i2", [("u0", [1.0] * SIZE), ("u0", [1.0] * SIZE)])
    with pytest.raises(BadInput, match="TRIVIEW_CHROMA_URL"):
        Vectors("ftp://host", tmp_path).similar([1.0], 1)
    with pytest.raises(ServiceFailure, match="The vector store failed"):
        Vectors("http://127.0.0.1:1", tmp_path).similar([1.0], 1)


WRITER = """
import sys, pathlib
from include.storage.vectors.chroma import Vectors
from tests.support.services.chroma import chroma
store = Vectors(None, pathlib.Path(sys.argv[1]))
for n in range(5):
    store.put_answers(f"{sys.argv[2]}-{n}", [("u0", [float(n + 1)] * 512)])
"""


def test_processes_write_one_after_another(tmp_path: Path) -> None:
    folder = str(tmp_path / "chroma")
    running = [subprocess.Popen([sys.executable, "-c", WRITER, folder, f"p{n}"], cwd=ROOT) for n in range(2)]
    assert [process.wait() for process in running] == [0, 0]
    found = Vectors(None, tmp_path / "chroma").similar([1.0] * SIZE, 50)
    assert {hit.interview_id for hit in found} == {f"p{p}-{n}" for p in range(2) for n in range(5)}


def test_the_embedded_store_runs_where_nothing_personal_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index library writes unused memory to its files: its process must know no key, and hold no words."""
    monkeypatch.setenv("TRIVIEW_MASTER_KEY", "zyxw-master-key")
    store = IsolatedVectors(tmp_path / "chroma")
    store.put_answers("i1", [("u0", [1.0] * SIZE)])
    child = store._child
    assert child is not None
    assert child.pid != os.getpid()
    assert b"zyxw-master-key" not in Path(f"/proc/{child.pid}/environ").read_bytes()
    store.close()
    assert child.returncode == 0


# To be ended: IsolatedVectors lets go of a dead child without closing its pipes.
def test_a_killed_store_is_a_clear_failure_and_starts_again(tmp_path: Path) -> None:
    store = IsolatedVectors(tmp_path / "chroma")
    store.put_answers("i1", [("u0", [1.0] * SIZE)])
    assert store._child is not None
    store._child.kill()
    store._child.wait()
    with pytest.raises(ServiceFailure, match="ended unexpectedly"):
        store.similar([1.0] * SIZE, 1)
    assert [hit.answer_id for hit in store.similar([1.0] * SIZE, 1)] == ["u0"]
    store.close()


def test_openings_are_searched_apart_and_criteria_within_them(store: Vectors | IsolatedVectors) -> None:
    drawn = unit(5, 40)
    half = {f"u{n}": ["leadership"] for n in range(0, 20, 2)}
    rows = [(f"u{n}", drawn[n].tolist()) for n in range(20)]
    store.put_answers("i1", rows, opening_id="서버 개발/1", stage="ai", criteria=half)
    store.put_answers("i2", [(f"u{n}", drawn[20 + n].tolist()) for n in range(20)], opening_id="other")
    asked = drawn[3].tolist()
    assert {hit.interview_id for hit in store.similar(asked, 50, opening_id="서버 개발/1")} == {"i1"}
    assert {hit.interview_id for hit in store.similar(asked, 50, opening_id="other")} == {"i2"}
    assert store.similar(asked, 50, opening_id="nowhere") == ()
    led = store.similar(asked, 50, opening_id="서버 개발/1", criterion="leadership")
    assert {hit.answer_id for hit in led} == set(half)
    store.put_answers("i1", rows, opening_id="서버 개발/1", criteria={"u1": ["leadership"]})
    assert [h.answer_id for h in store.similar(asked, 5, opening_id="서버 개발/1", criterion="leadership")] == ["u1"]
    assert (store.delete("i1"), store.delete("i2")) == (20, 20)
    assert store.similar(asked, 50, opening_id="서버 개발/1") == ()


def test_what_one_process_writes_and_deletes_the_others_see(tmp_path: Path) -> None:
    """Embedded, in two processes that both have the files open: a search never rests on what was there before."""
    first, second = IsolatedVectors(tmp_path / "chroma"), IsolatedVectors(tmp_path / "chroma")
    asked = [1.0] * SIZE
    first.put_answers("i1", [("u0", asked)], opening_id="o")
    assert [hit.interview_id for hit in second.similar(asked, 5, opening_id="o")] == ["i1"]
    second.put_answers("i2", [("u0", asked)], opening_id="o")
    assert {hit.interview_id for hit in first.similar(asked, 5, opening_id="o")} == {"i1", "i2"}
    first.delete("i1")
    assert [hit.interview_id for hit in second.similar(asked, 5, opening_id="o")] == ["i2"]
    first.put_answers("i3", [("u0", asked)], opening_id="o")
    assert {hit.interview_id for hit in second.similar(asked, 5, opening_id="o")} == {"i2", "i3"}
    assert second.delete("i3") == 1
    assert [hit.interview_id for hit in first.similar(asked, 5, opening_id="o")] == ["i2"]
    first.close()
    second.close()


def test_an_erased_interview_leaves_no_number_in_the_files_and_the_others_stay(tmp_path: Path) -> None:
    folder = tmp_path / "chroma"
    theirs, others = unit(11, 6), unit(12, 700)
    store = IsolatedVectors(folder)
    store.put_answers("gone", [(f"u{n}", v.tolist()) for n, v in enumerate(theirs)], opening_id="a")
    store.put_answers("gone-2", [("u0", theirs[0].tolist())], opening_id="b")
    store.put_answers(
        "stays", [(f"u{n}", v.tolist()) for n, v in enumerate(others)], opening_id="a", criteria={"u3": ["language"]}
    )
    needles = [v.astype("<f4").tobytes() for v in theirs]
    assert found_in(folder, needles[:1]), "what is looked for must be findable at first"
    other = IsolatedVectors(folder)
    assert len(other.similar(theirs[0].tolist(), 3, opening_id="a")) == 3
    assert store.count(["gone", "gone-2"]) == 7
    assert store.erase(["gone", "gone-2"]) == 7
    assert not found_in(folder, needles)
    assert not found_in(folder, [b"gone"])
    for one in (store, other):
        assert one.count(["gone", "gone-2"]) == 0
        assert one.count(["stays"]) == 700
        (nearest,) = one.similar(others[3].tolist(), 1, opening_id="a", criterion="language")
        assert (nearest.interview_id, nearest.answer_id) == ("stays", "u3")
        assert one.similar(theirs[0].tolist(), 1, opening_id="b") == ()
    assert store.erase(["gone"]) == 0
    store.close()
    other.close()
    assert IsolatedVectors(tmp_path / "nothing").erase(["gone"]) == 0


@pytest.mark.parametrize("moved", ["before", "halfway", "all", "in place"])
def test_an_exchange_that_was_cut_short_is_undone_and_done_again(tmp_path: Path, moved: str) -> None:
    folder = tmp_path / "chroma"
    theirs, others = unit(13, 3), unit(14, 20)
    store = IsolatedVectors(folder)
    store.put_answers("gone", [(f"u{n}", v.tolist()) for n, v in enumerate(theirs)])
    store.put_answers("stays", [(f"u{n}", v.tolist()) for n, v in enumerate(others)])
    store.close()
    aside = folder / ".old"
    aside.mkdir()
    if moved == "in place":
        aside.rename(folder / ".gone")
        (folder / ".gone" / "chroma.sqlite3").write_bytes(theirs[0].astype("<f4").tobytes())
        assert store.count(["gone", "stays"]) == 23, "the new files stand, the old ones only wait to be removed"
        assert not (folder / ".gone").exists()
        store.close()
        return
    if moved != "before":
        (folder / "chroma.sqlite3").rename(aside / "chroma.sqlite3")
    if moved == "all":
        for entry in [e for e in folder.iterdir() if e.name not in (".lock", ".written", ".old")]:
            entry.rename(aside / entry.name)
        (aside / ".moved").touch()
        (folder / "chroma.sqlite3").write_bytes(b"half a file of the new ones")
    assert store.erase(["gone"]) == 3
    assert (store.count(["gone"]), store.count(["stays"])) == (0, 20)
    assert not aside.exists()
    assert not found_in(folder, [v.astype("<f4").tobytes() for v in theirs])
    store.close()


def found_in(folder: Path, needles: list[bytes]) -> bool:
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return any(needle in content for needle in needles for content in files)
