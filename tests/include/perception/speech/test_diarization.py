from __future__ import annotations

import importlib.util
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from include.interview.records import Interval
from include.perception.speech import SpeechModels, transcribe, voices
from include.perception.speech.vad import speech_intervals, speech_probabilities
from include.perception.speech.wespeaker import filterbank
from tests.support.speech_sounds import media, recording, spoken


def _sample() -> Path:
    """pyannote's own recording, found without importing pyannote (which needs torchaudio prepared first)."""
    spec = importlib.util.find_spec("pyannote")
    assert spec is not None
    assert spec.submodule_search_locations
    folders = (Path(place) / "audio" / "sample" for place in spec.submodule_search_locations)
    return next(folder for folder in folders if (folder / "sample.wav").is_file())


@pytest.mark.models
@pytest.mark.hears
@pytest.mark.slow
def test_error_rate_on_pyannotes_own_sample(models: SpeechModels) -> None:
    folder = _sample()
    turns = models.diarizer(recording(folder / "sample.wav"))
    from pyannote.core import Annotation, Segment, Timeline
    from pyannote.database.util import load_rttm
    from pyannote.metrics.diarization import DiarizationErrorRate

    (reference,) = load_rttm(folder / "sample.rttm").values()
    ours = Annotation()
    for number, turn in enumerate(turns.all):
        ours[Segment(turn.start_s, turn.end_s), number] = turn.kind
    assert len(turns.speakers) == 2
    assert DiarizationErrorRate()(reference, ours, uem=Timeline([Segment(0.0, 30.0)])) <= 0.10
    assert all(a.end_s <= b.start_s + 1e-6 for a, b in pairwise(turns.exclusive))


@pytest.mark.models
@pytest.mark.hears
@pytest.mark.slow
def test_two_people_are_told_apart_and_the_one_who_answers_is_the_candidate(models: SpeechModels) -> None:
    result = transcribe(recording(media("en/two_speakers_katie_steve.wav")), models)
    said = result.transcript.utterances
    assert result.voices == 2

    def role_at(second: float) -> str:
        return next(u.role for u in said if (u.start_s or 0.0) <= second <= (u.end_s or 0.0))

    assert (role_at(5.5), role_at(8.3)) == ("interviewer", "candidate"), '"Have you heard ...?", "No, tell me more."'
    (flag,) = [f for f in result.transcript.flags if f.code == "other_voice"]
    assert {i.start_s for i in flag.intervals} == {u.start_s for u in said if u.role != "candidate"}


@pytest.mark.models
@pytest.mark.slow
def test_filterbank_is_kaldis() -> None:
    from include.perception.speech.diarization import ensure_torchaudio

    ensure_torchaudio()
    import torch
    from torchaudio.compliance import kaldi

    sound = spoken("We finished it in three months.").astype(np.float32) / 32_768
    reference = kaldi.fbank(
        torch.from_numpy(sound)[None] * 32_768,
        num_mel_bins=80,
        frame_length=25,
        frame_shift=10,
        dither=0.0,
        sample_frequency=16_000,
        window_type="hamming",
        use_energy=False,
    )
    reference = (reference - reference.mean(dim=0)).numpy()
    ours = filterbank(sound)
    assert ours.shape == reference.shape
    np.testing.assert_allclose(ours, reference, atol=2e-2)


@pytest.mark.models
@pytest.mark.hears
@pytest.mark.parametrize("name", ["ko/train_audio1.wav", "ko/train_audio2.wav", "jfk.flac"])
def test_one_person_does_not_wake_the_diarizer(models: SpeechModels, name: str) -> None:
    waveform = recording(media(name))
    speech = speech_intervals(speech_probabilities(waveform, models.vad))
    assert not voices.several_voices(waveform, speech, models)


@pytest.mark.models
@pytest.mark.hears
def test_two_people_do(models: SpeechModels) -> None:
    waveform = recording(_sample() / "sample.wav")
    speech = speech_intervals(speech_probabilities(waveform, models.vad))
    assert voices.several_voices(waveform, speech, models)


@pytest.mark.unit
def test_groups_by_mean_similarity_against_scipy() -> None:
    from scipy.cluster.hierarchy import fcluster, linkage

    rng = np.random.default_rng(3)
    prints = np.concatenate([rng.normal(c, 0.35, (n, 8)) for c, n in ((np.eye(8)[0], 9), (np.eye(8)[1], 5))])
    prints /= np.linalg.norm(prints, axis=1, keepdims=True)
    ours = voices.groups(prints.astype(np.float32))
    reference = fcluster(linkage(prints, "average", metric="cosine"), 1 - voices.SAME_VOICE, "distance")
    np.testing.assert_array_equal(ours[:, None] == ours[None, :], reference[:, None] == reference[None, :])
    assert np.all(np.diff(np.bincount(ours)) <= 0)


@pytest.mark.unit
def test_probes_are_bounded_and_long_enough() -> None:
    speech = [Interval(i * 3.0, i * 3.0 + 2.0, "speech") for i in range(500)] + [Interval(2_000.0, 2_000.3, "speech")]
    places = voices.probes(speech)
    assert len(places) == voices.MOST_PROBES
    assert all(p.end_s - p.start_s >= voices.SHORTEST_PROBE_S for p in places)
    assert places[0].start_s < 3.0
    assert places[-1].end_s > 1_490.0
