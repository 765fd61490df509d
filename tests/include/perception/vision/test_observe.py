"""Observation of recordings whose content is known by construction."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest

from include.interview.assessment.measures import channel_measures
from include.interview.records import Measurements
from include.perception.media import probe
from include.perception.vision import Detectors, observe
from include.settings import PROJECT_ROOT, Limits
from tests.include.perception.media.test_time import turn
from tests.support.expected_skips import NO_SHARED_MEDIA
from tests.support.face_recordings import (
    ALL_CHANNELS,
    HEIGHT,
    MODELS,
    WIDTH,
    codes,
    empty,
    film,
    head,
    needs_models,
    observed,
    portrait,
    swaying,
    turned,
    value,
)
from tests.support.recordings import SHARED_MEDIA, ffmpeg

pytestmark = [pytest.mark.models, needs_models]


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("steady") / "steady.mp4", 4.0, lambda _: portrait())


def test_a_still_person_is_present_facing_and_steady(steady: Path) -> None:
    found = observed(steady)
    assert tuple(found) == ALL_CHANNELS
    assert value(found, "face", "present_share") == pytest.approx(1.0)
    assert value(found, "face", "facing_camera_share") == pytest.approx(1.0)
    assert value(found, "face", "smile_share") == pytest.approx(1.0), "she smiles in the portrait"
    assert value(found, "face", "head_movement") < 2.0
    assert value(found, "body", "stability") == pytest.approx(1.0)
    assert value(found, "integrity", "other_face") == 0.0
    assert codes(found, "integrity") == []
    assert found["face"].coverage == pytest.approx(1.0, abs=0.02)


def test_the_same_recording_gives_the_same_numbers_even_in_another_process(steady: Path) -> None:
    facts = probe(steady, Limits())
    detectors = Detectors(MODELS)
    first = msgspec.json.encode(observe(steady, facts, Limits(), MODELS, ALL_CHANNELS, detectors=detectors))
    again = msgspec.json.encode(observe(steady, facts, Limits(), MODELS, ALL_CHANNELS, detectors=detectors))
    assert again == first
    program = (
        "import sys, msgspec\nfrom pathlib import Path\n"
        "from include.perception.media import probe\nfrom include.perception.vision import observe\n"
        "from include.settings import Limits\n"
        "path, models = Path(sys.argv[1]), Path(sys.argv[2])\n"
        f"found = observe(path, probe(path, Limits()), Limits(), models, {ALL_CHANNELS!r})\n"
        "sys.stdout.buffer.write(msgspec.json.encode(found))\n"
    )
    other = subprocess.run(
        [sys.executable, "-c", program, str(steady), str(MODELS)], cwd=PROJECT_ROOT, capture_output=True, check=True
    )
    assert other.stdout == first
    assert other.stderr == b"", "native libraries stay quiet"


def test_face_leaves_for_half_of_the_time(tmp_path: Path) -> None:
    path = film(tmp_path / "leaves.mp4", 6.0, lambda t: portrait() if t < 3.0 else empty())
    found = observed(path)
    assert value(found, "face", "present_share") == pytest.approx(0.5, abs=0.05)
    measure = found["face"].get("present_share")
    assert measure is not None
    (away,) = measure.intervals
    assert (away.kind, away.start_s, away.end_s) == (
        "out_of_frame",
        pytest.approx(3.0, abs=0.25),
        pytest.approx(6.0, abs=0.2),
    )
    assert value(found, "face", "facing_camera_share") == pytest.approx(1.0), "absence lowers no other measure"


def test_no_face_withholds_numbers_with_a_reason(tmp_path: Path) -> None:
    found = observed(film(tmp_path / "nobody.mp4", 3.0, lambda _: empty()))
    assert value(found, "face", "present_share") == 0.0
    for name in ("facing_camera_share", "smile_share", "head_movement", "gaze_off_share"):
        measure = found["face"].get(name)
        assert measure is not None
        assert (measure.value, measure.reason) == (None, "no_face")
    assert "no_face" in codes(found, "face")
    lean = found["body"].get("lean_deg")
    assert lean is not None
    assert lean.value is None


def test_darkness_is_a_quality_flag(tmp_path: Path) -> None:
    path = film(tmp_path / "dark.mp4", 3.0, lambda _: (portrait() * 0.03).astype(np.uint8))
    found = observed(path)
    assert value(found, "media", "dark_share") == pytest.approx(1.0)
    assert "dark" in codes(found, "media")


def test_a_picture_that_stands_still_is_a_quality_flag(tmp_path: Path, steady: Path) -> None:
    found = observed(steady, profile_channels=("media",))
    assert value(found, "media", "still_share") == 1.0
    assert "still_picture" in codes(found, "media")
    moving = observed(film(tmp_path / "sways.mp4", 3.0, swaying), profile_channels=("media",))
    assert value(moving, "media", "still_share") == 0.0
    assert "still_picture" not in codes(moving, "media")


def test_blur_is_a_quality_flag(tmp_path: Path) -> None:
    blurred = cv2.GaussianBlur(portrait(), (0, 0), 8)
    found = observed(film(tmp_path / "blur.mp4", 3.0, lambda _: blurred), profile_channels=("media",))
    assert value(found, "media", "blur_share") == pytest.approx(1.0)
    assert "blurred" in codes(found, "media")
    sharp = observed(film(tmp_path / "sharp.mp4", 3.0, lambda _: portrait()), profile_channels=("media",))
    assert value(sharp, "media", "blur_share") == 0.0


def test_far_face_is_said_or_seen_as_none(tmp_path: Path) -> None:
    small = turned(portrait(), 0.0, 0.15)
    found = observed(film(tmp_path / "far.mp4", 3.0, lambda _: small))
    assert {"far_face", "no_face"} & set(codes(found, "face"))


def test_the_larger_of_two_faces_is_the_candidate(tmp_path: Path) -> None:
    def two(t: float) -> np.ndarray:
        scene = empty()
        scene[40:300, 10:270] = head(260)
        if t >= 2.0:
            scene[90:280, 285:475] = head(190)
        return scene

    found = observed(film(tmp_path / "two.mp4", 4.0, two))
    assert value(found, "face", "present_share") == pytest.approx(1.0)
    assert value(found, "integrity", "other_face") == pytest.approx(0.5, abs=0.08)
    (flag,) = (f for f in found["integrity"].flags if f.code == "other_face")
    assert flag.intervals[0].start_s == pytest.approx(2.0, abs=0.45)


def test_rotation_metadata_changes_nothing(tmp_path: Path, steady: Path) -> None:
    lying = film(tmp_path / "lying.mp4", 3.0, lambda _: cv2.rotate(portrait(), cv2.ROTATE_90_COUNTERCLOCKWISE))
    path = tmp_path / "held.mp4"
    turn(lying, path, 90)
    found, upright = observed(path), observed(steady)
    assert value(found, "face", "present_share") == pytest.approx(1.0)
    for name in ("distance", "shoulder_tilt_deg"):
        assert value(found, "body", name) == pytest.approx(value(upright, "body", name), rel=0.1, abs=1.5)


def test_eight_frames_per_second(tmp_path: Path) -> None:
    path = tmp_path / "slow.mp4"
    film(tmp_path / "fast.mp4", 3.0, lambda _: portrait())
    ffmpeg("-i", tmp_path / "fast.mp4", "-r", "8", path)
    found = observed(path)
    assert value(found, "face", "present_share") == pytest.approx(1.0)
    assert found["face"].coverage == pytest.approx(1.0, abs=0.05)


def test_turning_the_head_away_is_found_in_time(tmp_path: Path) -> None:
    """Turned by 30° in the picture plane around a depth axis the direction stays; a shear in perspective is
    what a camera sees when the head yaws, so the picture is squeezed towards one side."""
    corners = np.float32([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]])
    squeezed = np.float32([[90, 0], [WIDTH - 150, 70], [WIDTH - 150, HEIGHT - 70], [90, HEIGHT]])
    away = cv2.warpPerspective(
        portrait(), cv2.getPerspectiveTransform(corners, squeezed), (WIDTH, HEIGHT), borderValue=(128, 128, 128)
    )
    found = observed(film(tmp_path / "yaw.mp4", 6.0, lambda t: away if 4.0 <= t < 5.0 else portrait()))
    movement = value(found, "face", "head_movement")
    still = value(observed(film(tmp_path / "still.mp4", 3.0, lambda _: portrait())), "face", "head_movement")
    assert movement > still


def test_policy_refusals_are_not_computed(steady: Path) -> None:
    found = observed(steady, profile_channels=("media", "face", "integrity"), refused=("smile_share", "brow_activity"))
    assert found["body"].measures == ()
    assert codes(found, "body") == ["policy_refused"]
    assert found["hands"].measures == ()
    assert found["face"].get("smile_share") is None
    assert found["face"].get("brow_activity") is None
    (flag,) = (f for f in found["face"].flags if f.code == "policy_refused")
    assert set(flag.detail) == {"smile_share", "brow_activity"}
    assert value(found, "face", "present_share") == pytest.approx(1.0)


def test_refused_expression_switches_blendshapes_off() -> None:
    import mediapipe

    image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=portrait())
    for expression in (True, False):
        with Detectors(MODELS).start("face", expression) as detector:
            (face,) = detector.see(image, WIDTH, HEIGHT, 0.0)
        assert (face.smile is not None) is expression
        assert (face.brows is not None) is expression


def test_audio_only_withholds_everything(tmp_path: Path) -> None:
    path = tmp_path / "voice.wav"
    ffmpeg("-f", "lavfi", "-i", "sine=frequency=200:duration=2", path)
    found = observed(path)
    for channel in ("face", "body", "hands", "integrity"):
        measurements: Measurements = found[channel]
        assert [m.reason for m in measurements.measures] == ["no_video"] * len(measurements.measures)
    assert "no_video" in codes(found, "media")
    assert value(found, "media", "duration_s") == pytest.approx(2.0, abs=0.05)


def test_every_measure_is_in_the_registry_with_its_unit(steady: Path) -> None:
    found = observed(steady)
    assert found
    for channel, measurements in found.items():
        assert measurements.measures, channel
        registered = {spec.name: spec.unit for spec in channel_measures(channel)}  # type: ignore[arg-type]
        for measure in measurements.measures:
            assert registered[measure.name] == measure.unit


def test_progress_rises_to_one(steady: Path) -> None:
    shares: list[float] = []
    observed(steady, profile_channels=("media",), progress=lambda share, _="": shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_real_talking_head() -> None:
    path = SHARED_MEDIA / "talking_head_pexels.mp4"
    if not path.exists():
        pytest.skip(NO_SHARED_MEDIA)
    found = observed(path)
    assert value(found, "face", "present_share") > 0.98
    assert value(found, "body", "visible_share") > 0.9
    assert value(found, "integrity", "other_face") == 0.0
    assert 0.05 < value(found, "hands", "hands_visible_share") < 0.9
