"""From measurements to a card: gather the case, judge it, score it, and say whether a person must look."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from include.interview.assessment.policy import Profile
from include.interview.assessment.rubric import Criterion, Rubric, opening_rubric
from include.interview.case import Case
from include.interview.entities import ArtifactRef, Interview
from include.interview.progress import Progress, part, silent
from include.interview.records import (
    CriterionScore,
    Document,
    Flag,
    Judgement,
    Measurements,
    Opening,
    Scorecard,
    Transcript,
)
from include.interview.scoring.card import score_card, score_criterion
from include.interview.scoring.review import review_reasons, with_review
from include.interview.transcript.answers import answers_of
from include.settings import PIPELINE_VERSION, Settings
from tasks.evaluation.candidate_identity import with_candidate
from tasks.evaluation.consent_gate import consented
from tasks.evaluation.context import StepContext
from tasks.evaluation.engines import engines
from tasks.evaluation.outputs import (
    JudgedGroup,
    PreparedInterview,
    ScoredInterview,
    SpeechOutput,
    VisionOutput,
    VoiceOutput,
    load,
    save,
)


def in_group(criterion: Criterion, profile: Profile, group: str) -> bool:
    """True when `criterion` is judged in `group` (a `JudgeGroup`) under `profile`."""
    return profile.judged_from_words(criterion) == (group == "words")


def rubric_of(interview: Interview, opening: Opening) -> Rubric:
    """The rubric by which `interview` is judged: in the version that its opening names."""
    return opening_rubric(interview.stage, opening)


def basis(context: StepContext) -> str:
    """A digest of what a judgement rests on beside the artifacts: the opening, its rubric and the rules' version.

    An opening that was edited, or new rules, then give new judgements instead of the stored ones.
    """
    from include.judgement import RulesJudge

    interview = context.stores.interviews.get(context.interview_id)
    opening = context.stores.openings.get(interview.opening_id)
    parts = [
        msgspec.json.encode(opening, order="deterministic"),
        msgspec.json.encode(rubric_of(interview, opening), order="deterministic"),
        RulesJudge.identity.version.encode(),
    ]
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def voice_measurements(
    prepared: PreparedInterview, transcript: Transcript, voice: VoiceOutput, *, shifts: bool = False
) -> Measurements | None:
    """The voice channel over all recordings, from the candidate's utterances; None when no track was computed.

    `shifts`: also how far the voice moves from the person's own first minute.
    """
    from include.perception.voice import ProsodyTracks, measure_voice, with_shifts
    from include.perception.voice.joining import join_tracks

    tracks = [
        (one.recording.offset_s, ProsodyTracks.decode(data))
        for one, data in zip(prepared.recordings, voice.tracks, strict=True)
        if data is not None
    ]
    if not tracks:
        return None
    alone = len(prepared.recordings) == 1 and tracks[0][0] == 0.0
    whole = tracks[0][1] if alone else join_tracks(tracks, prepared.duration_s)
    found = measure_voice(whole, transcript)
    return with_shifts(found, transcript) if shifts else found


def gather(context: StepContext, speech: ArtifactRef, vision: ArtifactRef | None, voice: ArtifactRef) -> Case:
    """Everything a judge may see of this interview: opening, rubric, words, measurements, documents.

    `vision` is None for stages that film nobody.
    """
    from include.perception.fluency import measure_fluency

    stores = context.stores
    interview, profile = consented(context)
    opening = stores.openings.get(interview.opening_id)
    spoken = load(stores, speech, SpeechOutput)
    prepared = load(stores, spoken.media, PreparedInterview)
    seen = load(stores, vision, VisionOutput).measurements if vision else ()
    transcript = with_candidate(spoken.transcript, seen)
    fluency = spoken.fluency if transcript is spoken.transcript else measure_fluency(transcript)
    measured = [*seen, fluency]
    shifts = profile.enables(interview.stage, "emotion") and profile.allows_measure("f0_shift_semitones")
    voiced = voice_measurements(prepared, transcript, load(stores, voice, VoiceOutput), shifts=shifts)
    if voiced is not None:
        measured.append(voiced)
    return Case(
        interview_id=context.interview_id,
        stage=interview.stage,
        language=transcript.language,
        opening=opening,
        rubric=rubric_of(interview, opening),
        profile=profile,
        transcript=transcript,
        answers=answers_of(transcript, prepared.questions(interview), opening),
        measurements=tuple(m for m in measured if m.channel in profile.channels),
        documents=tuple(Document(d.kind, stores.media.text(d)) for d in prepared.documents),  # type: ignore[arg-type]
    )


def judge(
    context: StepContext,
    group: str,
    speech: ArtifactRef,
    vision: ArtifactRef | None,
    voice: ArtifactRef,
    progress: Progress = silent,
) -> ArtifactRef:
    """Judge the criteria of `group` (a `JudgeGroup`); every judgement carries verified evidence.

    Raises:
        JudgeFailure: the judge gave no usable answer; nothing is stored and the step may be tried again.
    """

    def make() -> JudgedGroup:
        case = gather(context, speech, vision, voice)
        chosen = [c for c in case.criteria if in_group(c, case.profile, group)]
        return JudgedGroup(judge_case(case, chosen, context.settings, progress))

    identity = engines(context.settings).judge.identity
    runs = 1 if identity.kind == "offline" else context.settings.judge.runs
    inputs: list[ArtifactRef | str] = [
        group,
        basis(context),
        f"{identity.name}/{identity.model}/{identity.version}/{identity.prompt_sha256}/{runs}",
        *perceived(speech, vision, voice),
    ]
    return save(context, "judge", inputs, make)


def perceived(*refs: ArtifactRef | None) -> tuple[ArtifactRef, ...]:
    """The refs of what a stage perceives, without those it does not."""
    return tuple(ref for ref in refs if ref is not None)


def judge_case(
    case: Case, criteria: Sequence[Criterion], settings: Settings, progress: Progress = silent
) -> tuple[Judgement, ...]:
    """All judgements of `criteria`, in their order, by the configured judge and the rules."""
    from include.judgement import judge_criterion

    found: list[Judgement] = []
    for index, criterion in enumerate(criteria):
        step = part(progress, index, len(criteria))
        step(0.0, criterion.id)
        found.extend(judge_criterion(case, criterion, engines(settings).judge, settings.judge.runs))
        step(1.0, criterion.id)
    return tuple(found)


def score_case(
    case: Case, judgements: Sequence[Judgement], *, scope: str = "full", inputs: dict[str, str]
) -> Scorecard:
    """The card of `case` from its judgements, with the rules for human review applied."""
    scores: list[CriterionScore] = []
    for criterion in case.criteria:
        mine = [j for j in judgements if j.criterion == criterion.id]
        if mine:
            scores.append(score_criterion(criterion, mine, case.profile))
    card = score_card(
        case.rubric,
        case.profile,
        scores,
        interview_id=case.interview_id,
        pipeline_version=PIPELINE_VERSION,
        language=case.language,
        scope="words" if scope == "words" else "full",
        integrity=integrity_flags(case),
        inputs=inputs,
    )
    return with_review(card, review_reasons(card, judgements, transcript=case.transcript, profile=case.profile))


def integrity_flags(case: Case) -> tuple[Flag, ...]:
    """Remarks for a person to look at: never scored."""
    seen = case.channel("integrity")
    voices = tuple(f for f in case.transcript.flags if f.code == "other_voice")
    return (*(seen.flags if seen else ()), *voices)


def score(
    context: StepContext,
    speech: ArtifactRef,
    vision: ArtifactRef | None,
    voice: ArtifactRef,
    judged: Sequence[ArtifactRef],
) -> ArtifactRef:
    """The scorecard: criterion scores, total with its interval when complete, and reasons for review."""

    def make() -> ScoredInterview:
        stores = context.stores
        case = gather(context, speech, vision, voice)
        judgements = [j for ref in judged for j in load(stores, ref, JudgedGroup).judgements]
        prepared = load(stores, load(stores, speech, SpeechOutput).media, PreparedInterview)
        inputs = {f"{m.media.kind}[{m.recording.index}]": m.media.sha256 for m in prepared.recordings}
        inputs |= {f"{d.kind}[{d.index}]": d.sha256 for d in prepared.documents}
        inputs |= {"live": prepared.live.id} if prepared.live else {}
        card = score_case(case, judgements, inputs=inputs)
        return ScoredInterview(card, case.transcript, case.measurements)

    sources: list[ArtifactRef | str] = [basis(context), *perceived(speech, vision, voice), *judged]
    return save(context, "score", sources, make)
