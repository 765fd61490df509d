"""Insights without a model: the candidate's own sentences, chosen by rule and framed by fixed wordings.

Plain, and deterministic. A strength is the sentence on which a high level rests; a risk is a sentence in which the
candidate tells of something that went wrong; an open question asks for the part that an answer left out or for a
criterion that could not be judged; contradictions are found by rule. Everything is verified like a model's claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from include.interview.case import Case
from include.interview.insight.drafts import InsightDraft, insights_of
from include.interview.insight.records import Claim, ClaimText
from include.interview.insight.sources import InsightSource
from include.interview.records import Bilingual, Judgement, Quote, Record
from include.interview.transcript.text import sentences
from include.judgement.analysis import Analysis, AnswerParts, analyse
from include.judgement.follow_ups import lacks, wordings
from include.judgement.insight.contradictions import ROLES_WORDING, WORDING, contradictions
from include.judgement.insight.verification import verify
from include.judgement.insight.wording import LONGEST, ground_of
from include.judgement.lexicon_reading import read_lexicon
from include.judgement.tokens import words_of

WORDINGS_FILE = Path(__file__).resolve().parents[1] / "lexicon" / "insight_wordings.yaml"
WRITTEN_BY = "offline"
HIGH_LEVEL = 3.5
"""Level from which the words a criterion rests on are shown as a strength."""
MOST = {"strength": 4, "risk": 3, "open_question": 4}
LONGEST_QUOTE = 180
"""Characters of a quoted sentence; longer ones are left to the reader of the transcript."""
SHORTEST_QUOTE = 12
_WENT_WRONG = re.compile(
    r"\b(?:fail(?:ed|ure)?|mistakes?|(?:my|our) fault|too slow|too late|went wrong|underestimated|regret|struggled)\b"
    r"|실패|실수|제 잘못|제 탓|놓쳤|늦었|후회|부족했|서툴"
)
_UNDONE = re.compile(r"\b(?:couldn't|could not|wasn't able|nobody|cannot)\b|지 못|할 수 없|수 없었")
_PLACE = re.compile(r"\{\w+\}")
_DENIED = re.compile(r"\b(?:not|never|no|without|n't)\b|n't\b|않|없|못|아니|(?<![가-힣])안 ")


class JudgedCase(Record, frozen=True):
    """A judged interview for the offline writer: `label` is that of its source."""

    label: str
    case: Case
    judgements: tuple[Judgement, ...]


def write_offline(judged: Sequence[JudgedCase], sources: Sequence[InsightSource]) -> InsightDraft:
    """Verified insights over `sources`; strengths and questions from the judged interviews among them.

    Raises:
        BadInput: two sources carry the same label.
    """
    claims = [*contradictions(sources), *_ranked(judged)]
    return insights_of(claims, verify(claims, sources, fixed_terms(judged)), WRITTEN_BY)


def fixed_terms(judged: Sequence[JudgedCase]) -> tuple[str, ...]:
    """The fixed wordings that say nothing of the candidate: names of criteria, questions to ask, and our own frames."""
    fixed = [c.name for one in judged for c in one.case.rubric.criteria] + [w.plain for w in wordings().values()]
    worded = [*_wordings().values(), WORDING, ROLES_WORDING]
    frames = [w.text(language) for w in worded for language in ("ko", "en")]
    pieces = [piece.strip(" “”") for frame in frames for piece in _PLACE.split(frame)]
    # Longest first: no wording is cut by a shorter one inside it.
    listed = {text for both in fixed for text in (both.ko, both.en)} | {p for p in pieces if len(p) > 1}
    return tuple(sorted(listed, key=lambda text: (-len(text), text)))


def _ranked(judged: Sequence[JudgedCase]) -> list[Claim]:
    found: list[Claim] = []
    for kind, write in (("strength", _strengths), ("risk", _risks), ("open_question", _questions)):
        texts: set[str] = set()
        for claim in (c for one in judged for c in write(one)):
            said = claim.text.en or ""
            if said not in texts and sum(c.kind == kind for c in found) < MOST[kind]:
                texts.add(said)
                found.append(claim)
    return found


@cache
def _wordings() -> dict[str, Bilingual]:
    return read_lexicon(WORDINGS_FILE, dict[str, Bilingual])


def _claim(
    identity: str,
    kind: str,
    wording: str,
    cites: tuple[str, ...],
    **values: Bilingual | str,
) -> Iterator[Claim]:
    """The claim, when both of its sentences are short enough."""
    texts = []
    for language in ("ko", "en"):
        shown = {n: v.text(language) if isinstance(v, Bilingual) else v for n, v in values.items()}
        texts.append(_wordings()[wording].text(language).format(**shown))
    if all(len(text) <= LONGEST for text in texts):
        yield Claim(identity, kind, ClaimText(ko=texts[0], en=texts[1]), cites)


def _shown(text: str) -> str | None:
    """The first sentence of `text` to quote: of fitting length, without quotation marks, of nothing protected."""
    usable = (s for s in sentences(text) if SHORTEST_QUOTE <= len(s) <= LONGEST_QUOTE and not {"“", "”"} & set(s))
    return next((s.strip() for s in usable if ground_of(s) is None), None)


def _strengths(one: JudgedCase) -> Iterator[Claim]:
    """The words that high levels rest on, highest level first, each sentence once."""
    taken: set[str] = set()
    names = {c.id: c.name for c in one.case.rubric.criteria}
    said = {u.id: u.text for u in one.case.candidate}
    high = [j for j in one.judgements if j.level is not None and j.level >= HIGH_LEVEL]
    for judgement in sorted(high, key=lambda j: (-(j.level or 0.0), j.criterion)):
        for quote in (e for e in judgement.evidence if isinstance(e, Quote)):
            shown = _shown(quote.text)
            if shown is None or shown in taken or not _own_deed(shown, one.case.transcript.language):
                continue
            if _turned_out_badly(shown, said.get(quote.utterance_id, "")):
                continue
            taken.add(shown)
            identity = f"strength-{one.label}-{judgement.criterion}"
            cites = (f"{one.label}:{quote.utterance_id}",)
            yield from _claim(
                identity, "strength", "strength", cites, criterion=names[judgement.criterion], quote=shown
            )
            break


def _own_deed(sentence: str, language: str) -> bool:
    """True when the sentence tells something the speaker did, and nothing that went wrong, was denied or left undone.

    What was left out ("signed without hedging", "안 재고 돌렸다") is as often fault as merit: words cannot tell.
    """
    folded = sentence.casefold()
    unfit = (_WENT_WRONG, _UNDONE, _DENIED)
    return words_of(sentence, language).acts_i > 0 and not any(pattern.search(folded) for pattern in unfit)


def _turned_out_badly(sentence: str, utterance: str) -> bool:
    """True when the sentence after this one in its utterance says that it went wrong."""
    _, _, rest = utterance.partition(sentence)
    after = sentences(rest.strip())
    return bool(after) and _WENT_WRONG.search(after[0].casefold()) is not None


def _risks(one: JudgedCase) -> Iterator[Claim]:
    """Sentences of the candidate about something that went wrong; denied ones ("we never failed") are left out."""
    number = 0
    for utterance in one.case.candidate:
        for sentence in sentences(utterance.text):
            if not _WENT_WRONG.search(sentence.casefold()) or _DENIED.search(sentence.casefold()):
                continue
            shown = _shown(sentence)
            if shown is not None:
                number += 1
                cites = (f"{one.label}:{utterance.id}",)
                yield from _claim(f"risk-{one.label}-{number}", "risk", "risk", cites, quote=shown)


def _questions(one: JudgedCase) -> Iterator[Claim]:
    """What answers left out, and criteria that could not be judged."""
    analysis = analyse(one.case)
    for number, parts in enumerate(analysis.answers, start=1):
        for kind, evidence in lacks(parts):
            sentence = _first(parts, evidence)
            if sentence is not None:
                ask = wordings()[kind].plain
                cites = (f"{one.label}:{evidence[0]}",)
                identity = f"question-{one.label}-{number}-{kind}"
                yield from _claim(identity, "open_question", "open_question", cites, quote=sentence, ask=ask)
                break
    yield from _unjudged(one, analysis)


def _first(parts: AnswerParts, evidence: Sequence[str]) -> str | None:
    said = [s for s in parts.sentences if evidence and s.piece.utterance_id == evidence[0]]
    return next((shown for s in said if (shown := _shown(s.piece.text)) is not None), None)


def _unjudged(one: JudgedCase, analysis: Analysis) -> Iterator[Claim]:
    names = {c.id: c.name for c in one.case.rubric.criteria}
    last = [s for a in analysis.answers for s in a.sentences if _shown(s.piece.text)]
    for judgement in (j for j in one.judgements if j.level is None and last):
        shown = _shown(last[-1].piece.text) or ""
        cites = (f"{one.label}:{last[-1].piece.utterance_id}",)
        identity = f"question-{one.label}-{judgement.criterion}"
        yield from _claim(
            identity, "open_question", "insufficient", cites, criterion=names[judgement.criterion], quote=shown
        )
