"""Whose mouth goes with the speech: synthetic mouths of known movement, beside known speech."""

from __future__ import annotations

import numpy as np
import pytest

from include.perception.vision.person_track import PersonTrack
from include.perception.vision.speaking import mouth_in_speech, mouth_rate
from include.perception.vision.while_speaking import measure_while_speaking

pytestmark = pytest.mark.unit

STEP = 0.2
SECONDS = 80.0
N = round(SECONDS / STEP)
TIMES = np.arange(N) * STEP
WEIGHTS = np.full(N, STEP)
SPEECH = [(4.0, 24.0), (30.0, 50.0), (56.0, 76.0)]


def talking(spans: list[tuple[float, float]], size: float = 0.05) -> np.ndarray:
    """A mouth that opens and closes four times a second during `spans` and rests at 0.01 otherwise."""
    mouth = np.full(N, 0.01)
    for start, end in spans:
        inside = (start <= TIMES) & (end > TIMES)
        mouth[inside] += size * (0.5 - 0.5 * np.cos(2 * np.pi * 3.7 * TIMES[inside]))
    return mouth


def track(mouth: np.ndarray, yaw: float = 0.0) -> PersonTrack:
    def row(values: np.ndarray) -> bytes:
        return values.astype("<f4").tobytes()

    return PersonTrack(row(TIMES), row(WEIGHTS), row(np.full(N, yaw)), row(np.zeros(N)), row(mouth))


def reason(*people: PersonTrack, **options: object) -> str | None:
    measures, flags = measure_while_speaking([(0.0, people)], SPEECH, SPEECH, **options)  # type: ignore[arg-type]
    found = {m.name: m for m in measures}["orientation_share"]
    assert (found.value is None) is (found.reason is not None)
    assert [f.code for f in flags] == [found.reason] * (found.reason in ("not_speaking_face", "other_face"))
    return found.reason


def test_the_rate_is_change_over_time() -> None:
    mouth = np.arange(20) * 0.02  # 0.02 every 0.2 s
    rate = mouth_rate(mouth, np.ones(20, bool), np.arange(20) * STEP)
    assert rate == pytest.approx(np.full(20, 0.1))


def test_no_rate_across_a_gap_without_a_face() -> None:
    seen = np.ones(20, bool)
    seen[5:15] = False
    rate = mouth_rate(np.where(np.arange(20) < 10, 0.0, 1.0), seen, np.arange(20) * STEP)
    assert np.isnan(rate[5:15]).all()
    assert rate[seen] == pytest.approx(0.0)


def test_a_mouth_that_moves_with_the_speech_speaks() -> None:
    one = mouth_in_speech(talking(SPEECH), np.ones(N, bool), TIMES, WEIGHTS, SPEECH)
    assert one.speaks is True
    assert one.moving > 0.9
    assert one.contrast == pytest.approx(1.0, abs=0.02)
    assert one.speech_s == pytest.approx(60.0, abs=0.5)


@pytest.mark.parametrize("mouth", [np.full(N, 0.02), talking([]) + 0.001 * np.sin(TIMES)])
def test_a_photograph_does_not_speak(mouth: np.ndarray) -> None:
    assert mouth_in_speech(mouth, np.ones(N, bool), TIMES, WEIGHTS, SPEECH).speaks is False


def test_a_listener_who_speaks_in_between_does_not_speak() -> None:
    between = [(0.0, 4.0), (24.0, 30.0), (50.0, 56.0), (76.0, 80.0)]
    one = mouth_in_speech(talking(between), np.ones(N, bool), TIMES, WEIGHTS, SPEECH)
    assert one.speaks is False
    assert one.contrast is not None
    assert one.contrast < 0.1


def test_a_mouth_that_always_moves_follows_nothing() -> None:
    one = mouth_in_speech(talking([(0.0, SECONDS)]), np.ones(N, bool), TIMES, WEIGHTS, SPEECH)
    assert one.moving > 0.9
    assert one.contrast == pytest.approx(0.5, abs=0.1)
    assert one.speaks is False


def test_little_speech_says_nothing() -> None:
    one = mouth_in_speech(talking([]), np.ones(N, bool), TIMES, WEIGHTS, [(4.0, 12.0)])
    assert one.speaks is None


def test_without_rest_only_the_movement_decides() -> None:
    one = mouth_in_speech(talking([(0.0, SECONDS)]), np.ones(N, bool), TIMES, WEIGHTS, [(0.0, SECONDS)])
    assert (one.speaks, one.contrast) == (True, None)


def test_the_face_that_speaks_is_measured() -> None:
    assert reason(track(talking(SPEECH))) is None


def test_a_photo_or_poster_larger_than_the_candidate_gives_no_level() -> None:
    assert reason(track(np.full(N, 0.01))) == "not_speaking_face"
    assert reason(track(np.full(N, 0.01)), track(talking(SPEECH))) == "other_face"


def test_an_interviewer_in_the_larger_picture_gives_no_level() -> None:
    listener = track(talking([(24.0, 30.0), (50.0, 56.0)]))
    assert reason(listener, track(np.full(N, 0.01)), track(talking(SPEECH))) == "other_face"


def test_a_loop_gives_no_level() -> None:
    assert reason(track(talking(SPEECH)), repeated=[(0.0, 60.0)]) == "repeated_picture"


def test_a_camera_aside_and_a_refused_mouth_are_reasons_of_their_own() -> None:
    assert reason(track(talking(SPEECH), yaw=40.0)) == "camera_aside"
    assert reason(track(talking(SPEECH)), refused=("jaw_activity",)) == "mouth_refused"


def test_a_still_picture_does_not_count() -> None:
    assert reason(track(talking(SPEECH)), still=[(0.0, 50.0)]) == "too_little_speech_seen"


def test_nobody_in_the_picture() -> None:
    assert reason() == "too_little_speech_seen"


def test_recordings_are_joined_on_the_interviews_timeline() -> None:
    speech = [(start + at, end + at) for at in (0.0, 100.0) for start, end in SPEECH[:1]]
    measures, _ = measure_while_speaking(
        [(0.0, [track(talking(SPEECH))]), (100.0, [track(talking(SPEECH))])], speech, speech
    )
    found = {m.name: m for m in measures}["orientation_share"]
    assert (found.value, found.n) == (1.0, 34)  # twice 20 s without the first 3
