"""Whether the cited words bear what a claim says beyond its figures, names and denials.

Two measures. Things (nouns for what can be pointed at) must stand in the cited words; a writer's own verbs, qualities
and abstractions need not. And the claim as a sentence must lie near the cited sentences, and nearer to them than to
what an interviewer said: cosine of sentence embeddings.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from include.interview.insight.records import ClaimRejection
from include.interview.insight.sources import Passage
from include.interview.transcript.text import sentences
from include.judgement.embedding import encode
from include.judgement.insight.cited import Reading, read_cited
from include.judgement.insight.concreteness import concreteness
from include.judgement.insight.lexicon import frame_words, lemma, sides
from include.judgement.insight.matching import Match
from include.judgement.insight.reasons import rejection
from include.judgement.insight.words import ContentWord

THING = 0.3
"""Concreteness from which a noun names a thing. Of words planted in place of another 9 in 10 lie above."""
BARE_SUBJECT = 0.1
"""The same for an English word with which a claim begins: it may be somebody's name."""
LEAST_NEARNESS = 0.22
"""Cosine of a claim to the nearest cited sentences. A tenth of abstract true claims lies below .34, of sentences about
something else nine tenths below .25."""
LEAST_ALONE = 0.3
"""The same where hardly a word of the claim stands in the cited words."""
OF_A_FIGURE = 0.25
"""What a figure that the candidate said weighs against nearness to a question about the same."""
VERBATIM = 0.75
"""Cosine from which a claim repeats a question: what the candidate denied ("Did you close it?" "No, …")."""
LEAST_SHARE = 0.25
"""Share of a claim's own words and figures that stand in the cited words."""


def check_support(
    kind: str,
    said: Reading,
    cited: Reading,
    matches: Sequence[Match],
    beside: tuple[Sequence[Passage], Sequence[Passage]],
    *,
    quoted: bool,
) -> ClaimRejection | None:
    """The thing, or the whole, that the cited words do not hold; None when they bear the claim.

    Args:
        beside: the passages cited, and what the interviewers of these interviews said.
        quoted: the claim also quotes the cited words; what it says around the quotation needs no ground of its own.
    """
    passages, interviewers = beside
    absent = [m.word for m in matches if m.standing == "absent"]
    asked = {k for w in read_cited(interviewers).words for k in w.keys} if interviewers else set()
    thing = next(iter(_things(absent, said)), None)
    grounds = len(said.figures) + sum(
        m.standing == "cited" and m.word.key not in frame_words(general=False) for m in matches
    )
    if thing is not None and (grounds or quoted):
        return rejection("interviewers_words" if set(thing.keys) & asked else "subject_not_cited", word=thing.form)
    # Two figures that stand in two answers are the contradiction; its wording is neutral and may be ours.
    if quoted or (kind == "contradiction" and len(said.figures) > 1):
        return None
    if thing is not None or not grounds:
        return rejection("not_supported")
    own = _nearness(said.text, [p.text for p in passages])
    shared = grounds >= LEAST_SHARE * (grounds + len(absent))
    if own < (LEAST_NEARNESS if shared else LEAST_ALONE):
        return rejection("not_supported")
    # A question that is still open may be the interviewer's, and what does not fit names two answers at once.
    near_question = _asked(said, cited, interviewers) if kind in ("strength", "risk") and interviewers else 0.0
    if near_question > own and near_question >= VERBATIM:
        return rejection("interviewers_words", word=said.text)
    if near_question >= own:
        there = {k for w in cited.words for k in w.keys}
        taken = [m.word for m in matches if m.standing in ("absent", "another") and set(m.word.keys) & asked - there]
        if taken:
            return rejection("interviewers_words", word=taken[0].form)
    return None


def _asked(said: Reading, cited: Reading, interviewers: Sequence[Passage]) -> float:
    """The nearness of the claim to what interviewers said, less where it repeats a figure of the candidate's."""
    repeats = any(f.agrees(c) for f in said.figures if ("count", 1.0) not in f.readings for c in cited.figures)
    return _nearness(said.text, [p.text for p in interviewers]) - (OF_A_FIGURE if repeats else 0.0)


def _counts(word: ContentWord, said: Reading) -> bool:
    """Whether a Korean noun stands right behind a figure, as what counts it (16가구)."""
    return not word.form.isascii() and any(0 <= word.start - f.end <= 1 for f in said.figures)


def _things(absent: Sequence[ContentWord], said: Reading) -> list[ContentWord]:
    """Of the words that stand nowhere, those that name a thing."""
    # A bare Korean stem is no word to the encoder.
    rated = [
        w
        for w in absent
        if not sides().get(w.key)
        if not _counts(w, said)
        if (w.form.isascii() and w.kind != "verb")
        or (not w.form.isascii() and w.kind != "verb" and len(w.form) > 1 and not w.form.endswith("적"))
    ]
    if not rated:
        return []
    scores = concreteness([lemma(w.form) for w in rated])
    least = [BARE_SUBJECT if w.start == 0 and w.form.isascii() and not w.form.endswith("s") else THING for w in rated]
    return [w for w, score, low in zip(rated, scores, least, strict=True) if score >= low or _UNIT.search(w.form)]


_UNIT = re.compile(r"^[군구시도]청$|[가-힣]{2}(?:과|팀|국|청|센터|병원|학교|은행|공장)$")
"""Parts of organisations, which are no words of the encoder's."""


def _nearness(claim: str, texts: Sequence[str]) -> float:
    """The highest cosine of the claim to a sentence, to two that follow one another, or to a whole text."""
    windows: list[str] = []
    for text in texts:
        parts = sentences(text)
        windows += [*parts, *(f"{a} {b}" for a, b in itertools.pairwise(parts)), text]
    if not windows:
        return 0.0
    return float((encode(windows) @ encode([claim])[0]).max())
