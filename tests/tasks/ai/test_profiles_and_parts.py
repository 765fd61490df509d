"""Policy profiles through the whole flow, and interviews of several recordings."""

from __future__ import annotations

from pathlib import Path

import pytest

from include.interview.assessment.openings import general_opening
from include.interview.assessment.rubric import load_rubric
from include.interview.records import Observation, QuestionMark, Scorecard
from tasks.ephemeral import Evaluated, evaluate_files
from tasks.evaluation.outputs import PreparedCase, PreparedInterview, ScoredInterview, SpeechOutput, VoiceOutput, load
from tasks.evaluation.publish import report_context
from tests.support.hearing import SYNTHETIC_WER, word_error_rate
from tests.support.installation import Installation, installed, settings_in
from tests.support.interview_clips import SHORT_ANSWER, speak, talking

pytestmark = [pytest.mark.models, pytest.mark.hears]

SECOND_ANSWER = "My weakness was speaking in public. So I joined a debating club last year."
RUBRIC = {c.id: c.points for c in load_rubric("ai", "1").criteria}


@pytest.fixture(scope="module")
def by_profile(weights: None, interview_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Evaluated]:
    settings = settings_in(tmp_path_factory.mktemp("profiles") / "home")
    return {
        profile: evaluate_files(
            [interview_clip], general_opening(), settings, language="en", profile=profile, with_reports=False
        )
        for profile in ("eu", "text_only")
    }


def measures(one: Evaluated) -> set[str]:
    return {m.name for channel in one.measurements for m in channel.measures}


def observations(card: Scorecard, criterion: str) -> list[Observation]:
    (line,) = (c for c in card.criteria if c.criterion == criterion)
    return [e for e in line.evidence if isinstance(e, Observation)]


def test_eu_computes_no_expression_and_judges_the_psychological_criterion_from_words(by_profile) -> None:
    one = by_profile["eu"]
    assert not {"smile_share", "brow_activity", "jaw_activity"} & measures(one)
    assert {"present_share", "facing_camera_share"} <= measures(one)
    assert "policy_refused" in {f.code for m in one.measurements for f in m.flags}
    assert observations(one.card, "psychological") == []
    lines = {c.criterion: c for c in one.card.criteria}
    assert (lines["nonverbal"].status, lines["nonverbal"].effective_weight) == ("disabled", 0.0)
    assert one.card.profile == "eu"
    assert one.card.status == "complete"


def test_text_only_measures_words_and_renormalises_the_rest(by_profile) -> None:
    one = by_profile["text_only"]
    assert {m.channel for m in one.measurements} == {"fluency"}
    lines = {c.criterion: c for c in one.card.criteria}
    assert lines["nonverbal"].status == "disabled"
    assert (lines["nonverbal"].score, lines["nonverbal"].effective_weight) == (None, 0.0)
    enabled = {name: points for name, points in RUBRIC.items() if name != "nonverbal"}
    assert {n: lines[n].effective_weight for n in enabled} == pytest.approx(
        {n: 100 * p / sum(enabled.values()) for n, p in enabled.items()}
    )
    assert all(not observations(one.card, name) for name in enabled)
    total = sum(100 * RUBRIC[n] * (lines[n].score or 0.0) for n in enabled) / sum(enabled.values())
    assert one.card.total == pytest.approx(total)
    assert one.card.human_decision_required


def test_text_only_leaves_no_voice_track_behind(weights: None, tmp_path: Path) -> None:
    one = installed(tmp_path / "home").hand_in([talking(tmp_path, "clip", SHORT_ANSWER, 3.0)], profile="text_only")
    run = one.evaluate().done
    with one.stores() as stores:
        assert load(stores, run.voice, VoiceOutput).tracks == (None,)
        assert {ref.kind for ref in stores.artifacts.list(one.interview_id)} >= {"speech", "vision", "voice"}


@pytest.fixture(scope="module")
def in_parts(weights: None, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Two recordings, one per question: a video, then sound alone."""
    folder = tmp_path_factory.mktemp("parts")
    video = talking(folder, "first", SHORT_ANSWER, 6.0)
    sound = speak(folder / "second.wav", SECOND_ANSWER)
    return installed(folder / "home").hand_in([video, sound]).evaluate()


def test_recordings_lie_end_to_end_and_answer_the_opening_s_questions_in_order(in_parts: Installation) -> None:
    asked = [q.id for q in general_opening().questions][:2]
    run = in_parts.done
    with in_parts.stores() as stores:
        prepared = load(stores, run.media, PreparedInterview)
        first, second = (one.recording for one in prepared.recordings)
        assert (first.question_id, second.question_id) == tuple(asked)
        assert second.offset_s == first.duration_s == pytest.approx(5.5, abs=0.8)
        transcript = load(stores, run.speech, SpeechOutput).transcript
        prepared_case = load(stores, run.case, PreparedCase)
        case = prepared_case.case
        card = load(stores, run.card, ScoredInterview).card
        context = report_context(stores, card, prepared_case, "now")
    assert [u.id for u in transcript.utterances] == [f"u{i + 1:04d}" for i in range(len(transcript.utterances))]
    assert [a.question_id for a in case.answers] == asked
    for answer, said in zip(case.answers, (SHORT_ANSWER, SECOND_ANSWER), strict=True):
        assert word_error_rate(said, answer.text) <= SYNTHETIC_WER
    assert all((u.start_s or 0.0) >= second.offset_s for u in case.answers[1].utterances)
    assert context.marks == (QuestionMark(asked[0], 0.0), QuestionMark(asked[1], second.offset_s))


def test_measures_of_several_recordings_cover_the_whole_interview(in_parts: Installation) -> None:
    run = in_parts.done
    with in_parts.stores() as stores:
        card = load(stores, run.card, ScoredInterview).card
        measured = load(stores, run.case, PreparedCase).case.measurements
        prepared = load(stores, run.media, PreparedInterview)
    first, second = (one.recording.duration_s for one in prepared.recordings)
    channels = {m.channel: m for m in measured}
    duration = channels["media"].get("duration_s")
    present = channels["face"].get("present_share")
    assert duration is not None
    assert present is not None
    assert duration.value == pytest.approx(first + second, abs=0.2)
    assert present.value == pytest.approx(1.0, abs=0.05), "over the time there was a picture"
    assert channels["face"].coverage == pytest.approx(first / (first + second), abs=0.05)
    assert list(card.inputs) == ["video[0]", "audio[1]"]
    voiced = channels["voice"].get("f0_median_hz")
    assert voiced is not None
    assert voiced.value is not None
