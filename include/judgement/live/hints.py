"""Hints on the process of a live interview, each for the person it concerns. Pure.

The candidate is told of pace, audibility and time; the interviewer of talk share, silence, questions and protected
grounds. No praise, no scores, no reasons about persons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from include.interview.live.conversation import Conversation
from include.interview.live.session import LiveUtterance, SoundQuality
from include.interview.live.wire import Audience, Feedback
from include.interview.records import Bilingual
from include.interview.transcript.syllables import syllables
from include.judgement.live.utterance_analysis import UtteranceAnalysis
from include.judgement.protected_grounds import remark

PACE_WINDOW_S = 20.0
"""Seconds of the candidate's latest speech over which pace is taken."""
PACE_LEAST_S = 8.0
FAST_SYLLABLES = {"ko": 8.5, "en": 6.8}
"""Syllables per second of speech from which a listener has trouble to follow: well above usual articulation (English
4.4 to 5.9, Goldman-Eisler 1968; Korean, with its shorter syllables, about a quarter faster)."""
AUDIBLE_LAST = 3
"""Utterances that decide on audibility: two of them must agree."""
TIME_STEP_MIN = 10
SHARE_LEAST_S = 60.0
"""Seconds of speech of both before a talk share is told."""
SHARE_STEP = 0.05
SILENCE_MS = 20_000
"""Nobody has said anything for so long. Longer than the longest utterance before it becomes final (12 s)."""

CALM_MS = 60_000
"""Least time between two hints of one kind to the candidate."""
SHARE_MS = 30_000


class Hint(msgspec.Struct, frozen=True):
    """A hint that may be shown now; `pause_ms` since the last of its kind must have passed, 0 = at once."""

    feedback: Feedback
    pause_ms: int = 0


_TEXTS = {
    "fast": Bilingual("조금 더 천천히 말씀하셔도 됩니다.", "You may speak a little more slowly."),
    "quiet": Bilingual(
        "목소리가 작게 들립니다. 마이크에 조금 더 가까이 말씀해 주세요.",
        "Your voice comes in quietly. Please move a little closer to the microphone.",
    ),
    "clipped": Bilingual(
        "소리가 너무 크게 들어옵니다. 마이크에서 조금 떨어져 주세요.",
        "The sound comes in too loud. Please move a little away from the microphone.",
    ),
    "time": Bilingual("{n}분이 지났습니다.", "{n} minutes have passed."),
    "talk_share": Bilingual(
        "지금까지 말한 시간 가운데 면접관이 {n}%입니다.", "So far {n} % of the talking is the interviewer's."
    ),
    "silence": Bilingual("{n}초 동안 아무도 말하지 않았습니다.", "Nobody has spoken for {n} seconds."),
    "question_coverage": Bilingual(
        "준비한 질문 {m}개 가운데 {n}개를 물었습니다.", "{n} of {m} prepared questions were asked."
    ),
    "prosody": Bilingual(
        "접속을 이어받기 전의 음성 측정값은 없어, 감정 표현 기준은 그만큼 적게 관찰됩니다.",
        "What was measured of the voice before this server took over is not known, so less of it is observed.",
    ),
    "judge": Bilingual(
        "평가 모델이 응답하지 않아 일부 점수를 낼 수 없습니다. 면접은 계속하셔도 됩니다.",
        "The judge does not answer, so some scores cannot be given. The interview can go on.",
    ),
}


class Hints:
    """Every hint that may be shown now, from what is known. Which of it is news is decided by the caller."""

    def __init__(self, language: Literal["ko", "en"], questions: tuple[str, ...]) -> None:
        self._language, self._questions = language, questions

    def all(
        self,
        talk: Conversation,
        analyses: Mapping[str, UtteranceAnalysis],
        sound: Mapping[str, SoundQuality],
        asked: Mapping[str, str],
    ) -> Iterator[Hint]:
        """Hints for both sides. `asked`: utterance id → prepared or opening's question that was recognised in it."""
        yield from self._pace(talk)
        yield from self._audibility(talk, sound)
        yield from self._time(talk)
        yield from self._talk_share(talk)
        yield from self._silence(talk)
        yield from self._coverage(talk, asked)
        yield from self._grounds(talk, analyses)

    def of(self, audience: Audience, kind: str, value: str | float, evidence: list[str], **names: object) -> Feedback:
        """A hint with its sentence in the session's language; the sentence of `value`, else that of `kind`."""
        words = _TEXTS.get(str(value)) or _TEXTS.get(kind)
        text = words.text(self._language).format(**names) if words and value not in ("fine", "good", "ok") else ""
        return Feedback(audience=audience, kind=kind, value=value, evidence=evidence, text=text)

    # ------------------------------------------------------------ candidate

    def _pace(self, talk: Conversation) -> Iterator[Hint]:
        window: list[LiveUtterance] = []
        for u in reversed(talk.utterances("candidate")):
            window.append(u)
            if _seconds(window) >= PACE_WINDOW_S:
                break
        seconds = _seconds(window)
        if seconds < PACE_LEAST_S:
            return
        rate = sum(syllables(u.text) for u in window) / seconds
        value = "fast" if rate >= FAST_SYLLABLES[self._language] else "fine"
        yield Hint(self.of("candidate", "pace", value, [window[0].id]), CALM_MS)

    def _audibility(self, talk: Conversation, sound: Mapping[str, SoundQuality]) -> Iterator[Hint]:
        last = [u for u in talk.utterances("candidate") if u.id in sound][-AUDIBLE_LAST:]
        states = [sound[u.id].state for u in last]
        for state in ("clipped", "quiet", "good"):
            if states.count(state) >= 2:
                yield Hint(self.of("candidate", "audibility", state, [u.id for u in last]), CALM_MS)
                return

    def _time(self, talk: Conversation) -> Iterator[Hint]:
        minutes = talk.now_ms // 60_000 // TIME_STEP_MIN * TIME_STEP_MIN
        if minutes:
            yield Hint(self.of("both", "time", minutes, [], n=minutes))

    # ------------------------------------------------------------ interviewer

    def _talk_share(self, talk: Conversation) -> Iterator[Hint]:
        mine = talk.utterances("interviewer")
        whole = _seconds(mine) + _seconds(talk.utterances("candidate"))
        if whole < SHARE_LEAST_S:
            return
        share = round(_seconds(mine) / whole, 2)
        emitted = talk.latest.get(("interviewer", "talk_share"))
        if emitted is not None and abs(share - float(emitted.value or 0.0)) < SHARE_STEP:
            return
        evidence = [u.id for u in mine[-3:]]
        yield Hint(self.of("interviewer", "talk_share", share, evidence, n=round(100 * share)), SHARE_MS)

    def _silence(self, talk: Conversation) -> Iterator[Hint]:
        said = talk.utterances()
        if not said or talk.speaking or talk.now_ms - talk.heard_ms < SILENCE_MS:
            return
        last = max(said, key=lambda u: u.end_s)
        emitted = talk.latest.get(("interviewer", "silence"))
        if emitted is None or emitted.evidence != [last.id]:
            seconds = (talk.now_ms - talk.heard_ms) // 1000
            yield Hint(self.of("interviewer", "silence", seconds, [last.id], n=seconds))

    def _coverage(self, talk: Conversation, asked: Mapping[str, str]) -> Iterator[Hint]:
        if not self._questions:
            return
        found: dict[str, list[str]] = {q: [] for q in self._questions}
        for utt, question in asked.items():
            found[question].append(utt)
        used = {e.id for e in talk.acted.values() if e.action == "used"}
        covered = [q for q in self._questions if found[q] or q in used]
        for question in self._questions:
            emitted = talk.emitted.get(("interviewer", "question_asked", question))
            if found[question] != (emitted.evidence if emitted else []):
                yield Hint(self.of("interviewer", "question_asked", question, found[question]))
        share = round(len(covered) / len(self._questions), 3)
        if covered or ("interviewer", "question_coverage") in talk.latest:
            evidence = [found[q][0] for q in covered if found[q]]
            counts = {"n": len(covered), "m": len(self._questions)}
            yield Hint(self.of("interviewer", "question_coverage", share, evidence, **counts))

    def _grounds(self, talk: Conversation, analyses: Mapping[str, UtteranceAnalysis]) -> Iterator[Hint]:
        found: dict[str, list[str]] = {}
        for u in talk.utterances("interviewer"):
            for ground in analyses[u.id].grounds if u.id in analyses else ():
                found.setdefault(ground, []).append(u.id)
        emitted = {v: f for (_, kind, v), f in talk.emitted.items() if kind == "protected_ground"}
        for ground in {**emitted, **found}:
            utts = found.get(ground, [])
            if utts != (emitted[ground].evidence if ground in emitted else []):
                text = remark(ground).text(self._language) if utts else ""
                yield Hint(
                    Feedback(audience="interviewer", kind="protected_ground", value=ground, evidence=utts, text=text)
                )


def _seconds(said: list[LiveUtterance]) -> float:
    return sum(max(u.end_s - u.start_s, 0.0) for u in said)


_RESTING = {"pace": "fine", "audibility": "good", "judge": "ok"}
"""Kinds that are told only when something is to be said, and once more when it is over."""


def is_news(hint: Hint, before: Feedback | None) -> bool:
    """Whether a hint tells something else than the last one of its kind (and value, where each value stands alone)."""
    feedback = hint.feedback
    resting = _RESTING.get(feedback.kind)
    if resting is not None:
        return (before.value if before else resting) != feedback.value
    return (
        before is None
        or before.value != feedback.value
        or (_alone(feedback.kind) and before.evidence != feedback.evidence)
    )


def _alone(kind: str) -> bool:
    return kind in ("protected_ground", "question_asked", "silence", "keyword")


def key_of(feedback: Feedback) -> tuple[str, str, str]:
    """What a later feedback of the same key replaces."""
    return feedback.audience, feedback.kind, str(feedback.value) if _alone(feedback.kind) else ""
