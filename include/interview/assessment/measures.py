"""The registry of measures: every number perception may state, with its unit and meaning in both languages.

Reference bands come from published work and are context for a reader, never a norm and never part of a score.
A measure without a band has none because no source fits closely enough.
"""

from __future__ import annotations

from include.interview.errors import NotFound
from include.interview.records import Bilingual, Channel, Record, ReferenceBand


class MeasureSpec(Record, frozen=True):
    """One measure of the registry: its channel, unit, names and reference bands.

    `unit` is "share" for numbers in [0, 1]. `emotion_like`: reads facial expression, so that a policy profile may
    refuse it. `integrity`: reported apart and never scored.
    """

    name: str
    channel: Channel
    unit: str
    label: Bilingual
    meaning: Bilingual
    bands: tuple[ReferenceBand, ...] = ()
    emotion_like: bool = False
    integrity: bool = False


def _spec(
    channel: Channel,
    name: str,
    unit: str,
    label: tuple[str, str],
    meaning: tuple[str, str],
    *bands: ReferenceBand,
    emotion_like: bool = False,
    integrity: bool = False,
) -> MeasureSpec:
    return MeasureSpec(
        name=name,
        channel=channel,
        unit=unit,
        label=Bilingual(*label),
        meaning=Bilingual(*meaning),
        bands=bands,
        emotion_like=emotion_like,
        integrity=integrity,
    )


_BAKEN = (
    "Baken & Orlikoff (2000), Clinical Measurement of Speech and Voice, 2nd ed., p. 177 (adult men and women together)"
)
_GOLDMAN_EISLER = "Goldman-Eisler (1968), Psycholinguistics: Experiments in Spontaneous Speech (English interviews)"
_CAMPIONE = "Campione & Véronis (2002), A large-scale multilingual study of silent pause duration, Speech Prosody"
_CLARK = "Clark & Fox Tree (2002), Using uh and um in spontaneous speaking, Cognition 84 (range over speakers)"
_STIVERS = "Stivers et al. (2009), Universals and cultural variation in turn-taking, PNAS 106 (means of ten languages)"

_MEDIA = (
    _spec("media", "duration_s", "s", ("영상 길이", "Duration"), ("녹화의 재생 길이", "Playing time of the recording")),
    _spec(
        "media",
        "brightness_mean",
        "share",
        ("밝기", "Brightness"),
        ("화면 평균 밝기(0 검정, 1 흰색)", "Mean picture brightness (0 black, 1 white)"),
    ),
    _spec(
        "media",
        "blur_share",
        "share",
        ("흐림 비율", "Blurred share"),
        ("선명하지 않은 화면의 시간 비율", "Share of time in which the picture lacks sharp edges"),
    ),
    _spec(
        "media",
        "dark_share",
        "share",
        ("어두움 비율", "Dark share"),
        ("너무 어두운 화면의 시간 비율", "Share of time in which the picture is too dark"),
    ),
    _spec(
        "media",
        "still_share",
        "share",
        ("멈춘 화면 비율", "Still picture"),
        (
            "화면이 사진처럼 멈추어 있던 시간 비율",
            "Share of time in which the picture stands still like a photograph",
        ),
    ),
    _spec(
        "media",
        "repeated_share",
        "share",
        ("되풀이된 화면 비율", "Repeated picture"),
        (
            "앞에서 보인 움직임이 그대로 다시 나온 시간 비율(점수와 무관)",
            "Share of time in which a movement shown before is shown again, picture by picture (never scored)",
        ),
    ),
)

_FACE = (
    _spec(
        "face",
        "present_share",
        "share",
        ("얼굴이 보인 비율", "Face in view"),
        ("지원자 얼굴이 화면에 있던 시간 비율", "Share of time in which the candidate's face is in the picture"),
    ),
    _spec(
        "face",
        "seen_s",
        "s",
        ("얼굴이 보인 시간", "Time with the face in view"),
        ("지원자 얼굴이 화면에 있던 시간", "Time in which the candidate's face is in the picture"),
    ),
    _spec(
        "face",
        "facing_camera_share",
        "share",
        ("정면 응시 자세 비율", "Facing the camera"),
        (
            "머리 방향이 본인의 평소 방향에서 허용 범위 안에 있던 시간 비율",
            "Share of time in which the head points within a tolerance of the person's own usual direction",
        ),
    ),
    _spec(
        "face",
        "orientation_share",
        "share",
        ("화면 쪽을 향한 비율", "Turned towards the screen"),
        (
            "말하는 동안 머리가 카메라나 화면 쪽을 향한 시간 비율의 답변별 중앙값"
            "(답변 첫 3초와 2초 미만의 돌림은 제외)",
            "Share of speaking time with the head towards camera or screen, median over answers (without the first 3 s "
            "of an answer and turns under 2 s)",
        ),
    ),
    _spec(
        "face",
        "mouth_in_speech",
        "share",
        ("말할 때 움직인 입", "Mouth moving in speech"),
        (
            "지원자가 말하는 동안 측정한 얼굴의 입이 움직인 시간 비율(점수와 무관)",
            "Share of the candidate's speech during which the measured face's mouth moves (never scored)",
        ),
    ),
    _spec(
        "face",
        "mouth_contrast",
        "share",
        ("말과 입의 일치", "Mouth follows speech"),
        (
            "말하는 순간에 그렇지 않은 순간보다 입이 더 움직일 확률(0.5: 말과 무관, 점수와 무관)",
            "Probability that the mouth moves more while the candidate speaks than otherwise (0.5: unrelated; never "
            "scored)",
        ),
    ),
    _spec(
        "face",
        "gaze_off_share",
        "share",
        ("시선 이탈 비율", "Gaze off"),
        (
            "기하학적 시선이 본인의 평소 방향에서 벗어난 시간 비율(오차 약 ±20°)",
            "Share of time in which the geometric gaze leaves the person's own usual direction (error about ±20°)",
        ),
    ),
    _spec(
        "face",
        "smile_share",
        "share",
        ("미소 비율", "Smiling"),
        ("입꼬리가 뚜렷이 올라간 시간 비율", "Share of time in which the mouth corners are clearly raised"),
        emotion_like=True,
    ),
    _spec(
        "face",
        "brow_activity",
        "1/s",
        ("눈썹 움직임", "Brow activity"),
        ("눈썹 블렌드셰이프의 초당 평균 변화량", "Mean change of the brow blendshapes per second"),
        emotion_like=True,
    ),
    _spec(
        "face",
        "jaw_activity",
        "1/s",
        ("턱 움직임", "Jaw activity"),
        ("턱 벌림의 초당 평균 변화량(발화 동작)", "Mean change of jaw opening per second (the motion of speaking)"),
    ),
    _spec(
        "face",
        "head_movement",
        "deg/s",
        ("머리 움직임", "Head movement"),
        ("머리 방향이 변하는 평균 각속도", "Mean angular speed of the head"),
    ),
)

_BODY = (
    _spec(
        "body",
        "visible_share",
        "share",
        ("상체가 보인 비율", "Upper body in view"),
        ("두 어깨가 화면에 보인 시간 비율", "Share of time in which both shoulders are visible"),
    ),
    _spec(
        "body",
        "shoulder_tilt_deg",
        "deg",
        ("어깨 기울기", "Shoulder tilt"),
        ("어깨선이 수평과 이루는 각도의 중앙값(절댓값)", "Median angle between the shoulder line and the horizontal"),
    ),
    _spec(
        "body",
        "lean_deg",
        "deg",
        ("몸 기울기", "Sideways lean"),
        (
            "어깨 중심에서 코까지의 선이 수직에서 벗어난 각도의 중앙값(절댓값)",
            "Median angle between the line from mid-shoulder to nose and the vertical",
        ),
    ),
    _spec(
        "body",
        "distance",
        "share",
        ("화면 속 크기", "Size in the picture"),
        (
            "화면 너비에 대한 어깨너비의 중앙값(클수록 카메라에 가까움)",
            "Median shoulder width as a share of the picture width (larger is nearer)",
        ),
    ),
    _spec(
        "body",
        "stability",
        "share",
        ("자세 안정성", "Steadiness"),
        (
            "어깨 중심이 평소 위치에서 어깨너비의 1/4 안에 머문 시간 비율",
            "Share of time in which mid-shoulder stays within a quarter shoulder width of its usual place",
        ),
    ),
)

_HANDS = (
    _spec(
        "hands",
        "hands_visible_share",
        "share",
        ("손이 보인 비율", "Hands in view"),
        ("손이 하나 이상 보인 시간 비율", "Share of time in which at least one hand is visible"),
    ),
    _spec(
        "hands",
        "gestures_per_min",
        "1/min",
        ("분당 손동작", "Gestures per minute"),
        ("손이 보인 시간 1분당 손동작 수", "Hand strokes per minute of visible hands"),
    ),
)

_INTEGRITY = (
    _spec(
        "integrity",
        "other_face",
        "share",
        ("다른 얼굴", "Another face"),
        (
            "다른 사람의 얼굴이 보인 시간 비율(점수와 무관)",
            "Share of time in which another face is seen (never scored)",
        ),
        integrity=True,
    ),
    _spec(
        "integrity",
        "reading_like_gaze",
        "share",
        ("읽는 듯한 시선", "Reading-like gaze"),
        (
            "시선이 글을 읽듯 좌우로 되풀이해 움직인 시간 비율(점수와 무관)",
            "Share of time in which the gaze sweeps repeatedly as in reading (never scored)",
        ),
        integrity=True,
    ),
    _spec(
        "integrity",
        "other_voice",
        "share",
        ("다른 목소리", "Another voice"),
        (
            "면접관도 지원자도 아닌 목소리의 시간 비율(점수와 무관)",
            "Share of speech by a voice that is neither interviewer nor candidate (never scored)",
        ),
        integrity=True,
    ),
)

_VOICE = (
    _spec(
        "voice",
        "f0_median_hz",
        "Hz",
        ("목소리 높이", "Pitch"),
        ("기본 주파수의 중앙값(평가하지 않음)", "Median fundamental frequency (not judged)"),
        ReferenceBand("f0_median_hz", 85.0, 255.0, "Hz", _BAKEN),
    ),
    _spec(
        "voice",
        "f0_sd_semitones",
        "semitones",
        ("억양 변화", "Pitch variation"),
        ("기본 주파수의 표준편차(반음)", "Standard deviation of the fundamental frequency in semitones"),
    ),
    _spec(
        "voice",
        "pitch_variation",
        "semitones",
        ("발화 안의 억양 변화", "Pitch variation within utterances"),
        (
            "3초 이상 이어진 발화마다 잰 기본 주파수 표준편차(반음)의 중앙값(옥타브 오류 제외)",
            "Median over utterances of at least 3 s of the standard deviation of pitch in semitones, octave errors "
            "removed",
        ),
    ),
    _spec(
        "voice",
        "intensity_range_db",
        "dB",
        ("강약 범위", "Intensity range"),
        ("말소리 세기의 5–95 백분위 폭", "Width between the 5th and 95th percentile of speech intensity"),
    ),
    _spec(
        "voice",
        "loudness_db",
        "dB",
        ("녹음 세기", "Recorded level"),
        ("말소리 세기의 중앙값(마이크에 좌우됨)", "Median speech level (depends on the microphone)"),
    ),
    _spec(
        "voice",
        "f0_shift_semitones",
        "semitones",
        ("처음과 다른 목소리 높이", "Pitch away from own beginning"),
        (
            "본인이 처음 1분 동안 말한 높이에서 이후 발화가 벗어난 정도의 중앙값",
            "Median distance of later utterances from the pitch of the person's own first minute",
        ),
        emotion_like=True,
    ),
    _spec(
        "voice",
        "loudness_shift_db",
        "dB",
        ("처음과 다른 말소리 세기", "Level away from own beginning"),
        (
            "본인이 처음 1분 동안 말한 세기에서 이후 발화가 벗어난 정도의 중앙값",
            "Median distance of later utterances from the level of the person's own first minute",
        ),
        emotion_like=True,
    ),
)

_FLUENCY = (
    _spec("fluency", "words", "count", ("단어 수", "Words"), ("지원자가 말한 단어 수", "Words the candidate said")),
    _spec(
        "fluency",
        "speech_rate_syl_s",
        "syl/s",
        ("말 속도", "Speech rate"),
        ("쉼을 포함한 초당 음절 수", "Syllables per second, pauses included"),
    ),
    _spec(
        "fluency",
        "articulation_rate_syl_s",
        "syl/s",
        ("조음 속도", "Articulation rate"),
        ("쉼을 뺀 초당 음절 수", "Syllables per second, pauses left out"),
        ReferenceBand("articulation_rate_syl_s", 4.4, 5.9, "syl/s", _GOLDMAN_EISLER, language="en"),
    ),
    _spec(
        "fluency",
        "pause_share",
        "share",
        ("멈춤 비율", "Pause share"),
        ("답변 시간 가운데 250 ms 이상 쉰 비율", "Share of answering time spent in pauses of at least 250 ms"),
    ),
    _spec(
        "fluency",
        "long_pauses_per_min",
        "1/min",
        ("분당 긴 멈춤", "Long pauses per minute"),
        ("답변 1분당 긴 멈춤의 수", "Long pauses per minute of answering"),
    ),
    _spec(
        "fluency",
        "mean_pause_s",
        "s",
        ("평균 쉼 길이", "Mean pause"),
        ("쉼 하나의 평균 길이", "Mean length of a pause"),
        ReferenceBand("mean_pause_s", 0.2, 1.0, "s", _CAMPIONE),
    ),
    _spec(
        "fluency",
        "fillers_per_min",
        "1/min",
        ("분당 군말", "Fillers per minute"),
        ("답변 1분당 군말(음, 어, 그…)의 수", "Fillers (um, uh, you know…) per minute of answering"),
    ),
    _spec(
        "fluency",
        "filler_share",
        "share",
        ("군말 비율", "Filler share"),
        ("단어 가운데 군말의 비율", "Fillers as a share of words"),
        ReferenceBand("filler_share", 0.0012, 0.0885, "share", _CLARK, language="en"),
    ),
    _spec(
        "fluency",
        "mattr",
        "share",
        ("어휘 다양성", "Lexical diversity"),
        ("이동 구간 어휘 다양성(MATTR)", "Moving-average type-token ratio (MATTR)"),
    ),
    _spec(
        "fluency",
        "repetitions_per_100w",
        "1/100 words",
        ("반복", "Repetitions"),
        ("100단어당 바로 되풀이한 말의 수", "Immediate repetitions per 100 words"),
    ),
    _spec(
        "fluency",
        "response_latency_s",
        "s",
        ("응답 시작까지", "Response latency"),
        (
            "질문 끝에서 답변 시작까지 시간의 중앙값",
            "Median time from the end of a question to the start of the answer",
        ),
        ReferenceBand("response_latency_s", 0.0, 0.47, "s", _STIVERS),
    ),
    _spec(
        "fluency",
        "speaking_time_share",
        "share",
        ("발화 시간 비율", "Speaking time"),
        ("면접 시간 가운데 지원자가 말한 비율", "Share of the interview in which the candidate speaks"),
    ),
)

MEASURES: dict[str, MeasureSpec] = {
    spec.name: spec for group in (_MEDIA, _FACE, _BODY, _HANDS, _INTEGRITY, _VOICE, _FLUENCY) for spec in group
}
"""All measures by name, in the order a report lists them."""


NOT_PRINTED = frozenset(
    (
        *("smile_share", "brow_activity", "jaw_activity", "f0_median_hz", "shoulder_tilt_deg", "reading_like_gaze"),
        "facing_camera_share",  # relative to the own usual direction: beside `orientation_share` it would only confuse
    )
)
"""Measures that no report prints: they say nothing about an answer and invite to judge a face, a voice or a body.
They stay in the measurements, some because other measures rest on them."""


def measure_spec(name: str) -> MeasureSpec:
    """The registry entry of `name`.

    Raises:
        NotFound: no measure has this name.
    """
    try:
        return MEASURES[name]
    except KeyError:
        raise NotFound(
            f"There is no measure called {name!r}.", "See include/interview/assessment/measures.py."
        ) from None


def channel_measures(channel: Channel) -> tuple[MeasureSpec, ...]:
    """The registry entries of one channel, in report order."""
    return tuple(spec for spec in MEASURES.values() if spec.channel == channel)
