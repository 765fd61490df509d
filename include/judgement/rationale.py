"""The rationale of a level: sentences in both languages, with the candidate's own words as evidence."""

from __future__ import annotations

from collections.abc import Sequence

from include.interview.records import Bilingual, Quote, Transcript
from include.interview.transcript.quotes import find_quote
from include.judgement.analysis import AnswerParts, Sentence
from include.judgement.components import STAR_WEIGHT, star_part
from include.judgement.criterion_profiles import CriterionProfile
from include.judgement.labels import LABELS

MAX_QUOTES = 4
_CLEAR = 0.1
"""Distance from the middle of the criterion's scale from which a component raised or lowered the level."""


def _listed(names: Sequence[str], language: str) -> str:
    return ", ".join(LABELS[n].text(language) for n in names)


def explain(level: float, components: dict[str, float], profile: CriterionProfile, dropped: int) -> Bilingual:
    """The level in words: which components raised it and which lowered it, strongest first.

    A component raises the level that lies above the middle of the criterion's scale (the mean that gives level 3).
    """
    present = [n for n in profile.weights if n in components]
    above = {n: components[n] - profile.centre for n in present}
    gain = {n: profile.weights[n] * above[n] for n in present}
    raised = [n for n in sorted(present, key=lambda n: -gain[n]) if above[n] >= _CLEAR][:3]
    lowered = [n for n in sorted(present, key=lambda n: gain[n]) if above[n] <= -_CLEAR][:3]
    ko, en = [f"수준 {level:.2f}."], [f"Level {level:.2f}."]
    if raised:
        ko.append(f"수준을 올린 요소: {_listed(raised, 'ko')}.")
        en.append(f"Raised by: {_listed(raised, 'en')}.")
    if lowered:
        ko.append(f"수준을 낮춘 요소: {_listed(lowered, 'ko')}.")
        en.append(f"Lowered by: {_listed(lowered, 'en')}.")
    if not raised and not lowered:
        ko.append("모든 요소가 중간 범위에 있습니다.")
        en.append("All components lie in the middle range.")
    if dropped:
        ko.append(f"반복되거나 질문과 무관한 문장 {dropped}개는 반영하지 않았습니다.")
        en.append(f"{dropped} repeated or unrelated sentence(s) were not counted.")
    return Bilingual(" ".join(ko), " ".join(en))


def _worth(sentence: Sentence, weights: dict[str, float]) -> float:
    worth = 0.0
    for name, weight in weights.items():
        if name in sentence.shown:
            worth += weight * sentence.shown[name]
        elif name == "structure":
            worth += weight * max(star_part(sentence, p) for p in STAR_WEIGHT)
        elif name == "job_similarity":
            worth += weight * max(sentence.job, 0.0)
        elif name == "relevance":
            worth += weight * max(sentence.question, 0.0)
    # Very short sentences carry little to read; long ones are no better than middling ones.
    return worth * min(sentence.words.n, 15.0) / 15.0


def quotes(transcript: Transcript, answers: Sequence[AnswerParts], weights: dict[str, float]) -> tuple[Quote, ...]:
    """The sentences that support the criterion most, at most one per answer first, in the transcript's order.

    Each is an exact part of its utterance, verified like a model's quote. When nothing counts, the longest
    sentence said stands for what there was.
    """
    counted = [(n, s) for n, a in enumerate(answers) for s in a.counted]
    pool = counted or [(n, s) for n, a in enumerate(answers) for s in a.sentences]
    ranked = sorted(pool, key=lambda item: (-_worth(item[1], weights), item[1].index))
    chosen: list[tuple[int, Sentence]] = []
    for wanted in (True, False):
        for n, sentence in ranked:
            fresh = all(n != m for m, _ in chosen)
            if len(chosen) < MAX_QUOTES and (n, sentence) not in chosen and (fresh or not wanted):
                chosen.append((n, sentence))
    found = []
    for _, sentence in sorted(chosen, key=lambda item: item[1].index):
        quote = find_quote(transcript, sentence.piece.utterance_id, sentence.piece.text.strip(" ,;-"))
        if quote is not None:
            found.append(quote)
    return tuple(found)
