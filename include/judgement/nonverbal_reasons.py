"""Why the nonverbal criterion has no level, as sentences in both languages."""

from __future__ import annotations

from include.interview.records import Bilingual, Insufficiency

_WITHHELD: dict[str, Bilingual] = {
    "not_speaking_face": Bilingual(
        ko="화면에서 가장 큰 얼굴의 입이 지원자의 말에 맞추어 움직이지 않습니다. 사진이나 다른 사람의 얼굴일 수 "
        "있어 점수를 매기지 않습니다. 담당자가 영상을 확인해 주세요.",
        en="The mouth of the largest face in the picture does not move with the candidate's speech. It may be a "
        "photograph or somebody else, so no score is given. Please look at the recording.",
    ),
    "other_face": Bilingual(
        ko="가장 큰 얼굴이 아니라 화면 속 다른 얼굴의 입이 지원자의 말에 맞추어 움직입니다. 누구를 측정해야 하는지 알 "
        "수 없어 점수를 매기지 않습니다. 지원자만 크게 나오는 영상을 받아 주세요.",
        en="Not the largest face but another one in the picture moves its mouth with the candidate's speech. Whom to "
        "measure is not known, so no score is given. Please ask for a recording of the candidate alone.",
    ),
    "repeated_picture": Bilingual(
        ko="말하는 동안 화면이 앞에서 보인 장면을 그대로 되풀이합니다. 지금 말하는 사람을 본 것이 아니므로 점수를 "
        "매기지 않습니다. 담당자가 영상을 확인해 주세요.",
        en="While the candidate speaks the picture repeats, frame by frame, what it showed before. Nobody was seen "
        "speaking, so no score is given. Please look at the recording.",
    ),
    "camera_aside": Bilingual(
        ko="머리가 줄곧 카메라와 화면이 아닌 한쪽을 향합니다. 카메라가 화면 옆에 놓인 것으로 보여 점수를 매기지 "
        "않습니다. 다음에는 카메라를 화면 바로 위에 두어 주세요.",
        en="The head points to one side of camera and screen nearly all the time: the camera seems to stand beside the "
        "screen, so no score is given. Next time put the camera right above the screen.",
    ),
    "mouth_refused": Bilingual(
        ko="정책에 따라 입의 움직임을 보지 않으므로 측정한 얼굴이 지원자인지 확인할 수 없어 점수를 매기지 않습니다.",
        en="The policy lets no mouth be looked at, so whether the measured face is the candidate's cannot be checked, "
        "and no score is given.",
    ),
    "too_little_speech_seen": Bilingual(
        ko="답변 첫 3초를 뺀 지원자의 말 가운데 얼굴이 보인 시간이 30초 또는 절반에 미치지 못하여 점수를 매기지 "
        "않습니다.",
        en="Apart from the first 3 s of each answer, the face was seen for less than 30 s or for less than half of the "
        "candidate's speech, so no score is given.",
    ),
    "not_observed": Bilingual(
        ko="말하는 동안 얼굴이 향한 방향을 관찰할 수 없어 점수를 매기지 않습니다.",
        en="Where the face was turned while speaking could not be observed, so no score is given.",
    ),
}


OUTDATED = Insufficiency(
    "rubric_outdated",
    Bilingual(
        ko="공고가 정한 첫 판의 평가 기준은 자세와 목소리 크기를 말하지만 이제 그것을 재지 않으므로 점수를 "
        "매기지 않습니다. 공고에서 2판의 기준을 고른 뒤 다시 평가해 주세요.",
        en="The first version of the rubric, which the opening names, speaks of posture and loudness, and these are "
        "not measured any more, so no score is given. Name version 2 in the opening and evaluate again.",
    ),
    coverage=0.0,
)
"""Why nonverbal has no level under the first version of the AI rubric."""


def withheld(code: str, coverage: float) -> Insufficiency:
    """Why orientation was withheld with `code`; a code without a sentence of its own becomes `not_observed`."""
    known = code if code in _WITHHELD else "not_observed"
    return Insufficiency(known, _WITHHELD[known], coverage=coverage)


def too_uncertain(sem: float, most: float) -> Insufficiency:
    """The reason for a standard error of `sem` levels, above `most`."""
    return Insufficiency(
        "too_uncertain",
        Bilingual(
            ko=f"측정한 시간이 짧거나 고르지 않아 수준의 표준오차가 {sem:.2f}로 {most:.2f}보다 크므로 점수를 매기지 "
            "않습니다.",
            en=f"What was measured is too short or too uneven: the level's standard error of {sem:.2f} exceeds "
            f"{most:.2f}, so no score is given.",
        ),
    )
