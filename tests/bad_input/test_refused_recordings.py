"""Recordings that cannot be used: refused with a clear sentence, nothing published, nothing left lying open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from include.interview.errors import BadInput, BadMedia
from tasks.ai.perceive import validate
from tasks.evaluation.context import StepContext
from tests.support.installation import Installation, installed
from tests.support.recordings import clip_with_tone, ffmpeg
from tests.support.refusal_sentences import assert_clear

pytestmark = pytest.mark.programs

FILE = "zebulon-quill-interview.mp4"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return installed(tmp_path_factory.mktemp("refused") / "home")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip_with_tone(tmp_path_factory.mktemp("good") / FILE, 2.0)


def random_bytes(_good: bytes) -> bytes:
    return np.random.default_rng(3).bytes(60_000)


def text(_good: bytes) -> bytes:
    return "면접 답변입니다. This is a text file.\n".encode() * 200


def truncated(good: bytes) -> bytes:
    return good[: len(good) * 6 // 10]  # FFmpeg writes the index last, so it is gone


def only_a_picture(_good: bytes) -> bytes:
    import cv2

    return cv2.imencode(".png", np.zeros((48, 64, 3), np.uint8))[1].tobytes()


def assert_untouched(one: Installation) -> None:
    """No card, no artifact, said to have failed, and nothing decrypted left."""
    assert one.card_rows() == ()
    assert one.status() == "failed"
    with one.stores() as stores:
        assert stores.artifacts.list(one.interview_id) == ()
    assert [p for p in (one.settings.home / "open").rglob("*") if p.name != ".lock"] == []


@pytest.mark.parametrize("spoil", [random_bytes, text, truncated, only_a_picture])
def test_what_is_no_recording_is_refused(
    home: Installation, good: Path, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / FILE
    path.write_bytes(spoil(good.read_bytes()))
    one = home.hand_in([path])
    with pytest.raises(BadMedia) as caught:
        one.evaluate()
    assert_clear(caught.value, FILE, "zebulon")
    assert caught.value.code.startswith("bad_media.")
    assert_untouched(one)


def test_an_empty_or_missing_file_is_refused_before_anything_is_stored(home: Installation, tmp_path: Path) -> None:
    empty = tmp_path / FILE
    empty.touch()
    with home.stores() as stores:
        before = len(stores.interviews.list())
    for path, code in ((empty, "empty_file"), (tmp_path / "nothing.mp4", "no_file"), (tmp_path, "no_file")):
        with pytest.raises(BadMedia) as caught:
            home.hand_in([path])
        assert_clear(caught.value, FILE)
        assert caught.value.code == code
    with home.stores() as stores:
        assert len(stores.interviews.list()) == before


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ({"max_duration_s": 1.0}, "bad_media.too_long"),
        ({"min_duration_s": 5.0}, "bad_media.too_short"),
        ({"max_pixels": 100}, "bad_media.pixels"),
        ({"max_streams": 1}, "bad_media.streams"),
        ({"max_bytes": 1000}, "bad_media.bytes"),
    ],
)
def test_over_a_limit_is_refused_and_accepted_once_the_limit_is_raised(
    home: Installation, good: Path, limit: dict[str, float], code: str
) -> None:
    one = home.hand_in([good])
    strict = msgspec.structs.replace(home.settings, limits=msgspec.structs.replace(home.settings.limits, **limit))
    with one.stores() as stores:
        with pytest.raises(BadMedia) as caught:
            validate(StepContext(stores, strict, one.interview_id))
        assert_clear(caught.value, FILE)
        assert caught.value.code == code
        assert_untouched(one)
        ref = validate(one.context(stores))
        assert stores.artifacts.list(one.interview_id) == (ref,)


def test_a_file_over_the_size_limit_is_not_even_taken(home: Installation, good: Path) -> None:
    small = msgspec.structs.replace(home.settings, limits=msgspec.structs.replace(home.settings.limits, max_bytes=1000))
    with pytest.raises(BadMedia) as caught:
        Installation(small).hand_in([good])
    assert_clear(caught.value, FILE)
    assert caught.value.code == "too_large"


def test_an_interview_without_a_recording_says_so(home: Installation) -> None:
    one = home.hand_in([])
    with pytest.raises(BadMedia) as caught:
        one.evaluate()
    assert_clear(caught.value)
    assert caught.value.code == "no_recording"


def test_a_document_that_is_no_text_is_refused_before_anything_is_decoded(
    home: Installation, good: Path, tmp_path: Path
) -> None:
    letter = tmp_path / "zebulon-quill.txt"
    letter.write_bytes(bytes(range(256)) * 10)
    with home.stores() as stores:
        before = len(stores.interviews.list())
    with pytest.raises(BadInput) as caught:
        home.hand_in([good], documents=[("resume", letter)])
    assert_clear(caught.value, "zebulon")
    with home.stores() as stores:
        assert len(stores.interviews.list()) == before


@pytest.mark.parametrize("content", [None, b""], ids=["missing", "empty"])
def test_a_document_that_is_not_there_leaves_no_half_interview(
    home: Installation, good: Path, tmp_path: Path, content: bytes | None
) -> None:
    letter = tmp_path / "zebulon-quill.txt"
    if content is not None:
        letter.write_bytes(content)
    with home.stores() as stores:
        before = len(stores.interviews.list())
    with pytest.raises(BadInput) as caught:
        home.hand_in([good], documents=[("resume", letter)])
    assert_clear(caught.value, "zebulon")
    with home.stores() as stores:
        assert len(stores.interviews.list()) == before


def test_subtitles_alone_are_no_recording(home: Installation, tmp_path: Path) -> None:
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:02,000\nhello\n")
    path = tmp_path / "words.mkv"
    ffmpeg("-i", words, path)
    one = home.hand_in([path])
    with pytest.raises(BadMedia) as caught:
        one.evaluate()
    assert_clear(caught.value)
    assert_untouched(one)
