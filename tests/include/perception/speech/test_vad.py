from __future__ import annotations

import numpy as np
import pytest

from include.interview.records import Interval
from include.perception.speech import SpeechModels, Waveform
from include.perception.speech.vad import FRAME_S, overlap_s, speech_intervals, speech_probabilities
from tests.support.speech_sounds import silence, spoken


@pytest.mark.models
def test_streaming_equals_one_pass_over_everything(models: SpeechModels) -> None:
    """Reference: faster-whisper's own run of the network over the whole sound; two block borders are crossed."""
    from faster_whisper.vad import get_vad_model

    phrase = np.concatenate([spoken("We measured it twice and wrote it down."), silence(1.0)])
    samples = np.tile(phrase, int(130 * 16_000 / len(phrase)))
    waveform = Waveform(samples)
    ours = speech_probabilities(waveform, models.vad)
    whole = waveform.slice(0, len(samples))
    reference = get_vad_model()(np.pad(whole, (0, -len(whole) % 512))).reshape(-1)
    assert len(ours) == len(reference)
    np.testing.assert_allclose(ours[:-1], reference[:-1], atol=1e-6)


@pytest.mark.models
def test_speech_is_found_where_it_is(models: SpeechModels) -> None:
    word = spoken("I worked on a large project with five people")
    loud = np.flatnonzero(np.abs(word.astype(int)) > 300)  # espeak ends its sound with silence of its own
    waveform = Waveform(np.concatenate([silence(3.0), word, silence(2.0)]))
    found = speech_intervals(speech_probabilities(waveform, models.vad))
    assert found[0].start_s == pytest.approx(3.0 + loud[0] / 16_000, abs=0.15)
    assert found[-1].end_s == pytest.approx(3.0 + loud[-1] / 16_000, abs=0.2)


@pytest.mark.unit
def test_hysteresis_bridges_short_silence_and_drops_bursts() -> None:
    p = np.zeros(100)
    p[10:30], p[33:50] = 0.9, 0.9  # 3 quiet frames (96 ms) do not end speech
    p[70:73] = 0.9  # 96 ms are no speech
    (only,) = speech_intervals(p)
    assert (only.start_s, only.end_s) == (10 * FRAME_S, 50 * FRAME_S)
    assert only.value == pytest.approx(0.9 * 37 / 40)


@pytest.mark.unit
def test_speech_running_to_the_end_is_closed() -> None:
    (only,) = speech_intervals(np.concatenate([np.zeros(10), np.ones(20)]))
    assert only.end_s == pytest.approx(30 * FRAME_S)
    assert speech_intervals(np.zeros(0)) == ()


@pytest.mark.unit
def test_overlap_counts_only_shared_time() -> None:
    speech = (Interval(0, 1, "speech"), Interval(2, 4, "speech"))
    assert overlap_s(0.5, 3.0, speech) == pytest.approx(1.5)
