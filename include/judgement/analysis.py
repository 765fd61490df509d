"""One interview split into sentences, with what each contains and whether it counts.

A sentence does not count when it repeats an earlier one, has nothing to do with an interview, addresses the judge,
or praises the speaker without a deed or number. Everything positive is read from counted sentences only, so that
repetition, padding and self-praise cannot raise a level.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from typing import Literal

import msgspec
import numpy as np

from include.interview.assessment.question_map import LEAST_ANSWER_WORDS
from include.interview.case import Case
from include.interview.records import Record, Utterance
from include.interview.transcript.text import language_of
from include.judgement.cleaning import Piece, pieces
from include.judgement.embedding import encode, encode_once, nearness
from include.judgement.facets import shown_by
from include.judgement.injection import addresses_judge
from include.judgement.keywords import KeywordMatcher
from include.judgement.lexicon_files import lexicon
from include.judgement.sentence_vectors import Vectors, embed, relatedness
from include.judgement.tokens import Words, words_of

Dropped = Literal["", "repeated", "unrelated", "instruction", "self_praise", "word_list", "empty"]

BACKCHANNEL_WORDS = LEAST_ANSWER_WORDS
"""Answers with fewer words are greetings or listener's responses and do not stand for an answer."""
MIN_RELATED = 0.235
"""Relatedness below which a sentence is unrelated: its nearness to interview talk, to the question or to the job,
plus CONTEXT_WEIGHT times its cosine to the related sentences of the same answer, plus PERSON_BONUS. Set between the
hand-written unrelated sentences (0.02 to 0.22) and the ladder's own (nearly all above 0.25)."""
SHOWS_A_FACET = 0.25
"""How surely a sentence must show a facet to be related whatever its field. Hand-written unrelated ones stay below."""
PERSON_BONUS = 0.12
"""Added for sentences in which the candidate speaks of "I" or "we": they are about the candidate."""
WORD_LIST_SHARE = 0.5
"""Share of connectives and signposts from which a sentence is a list of markers and says nothing."""
MAX_DOCUMENT_SENTENCES = 60
SAME_SENTENCE = 0.93
"""Cosine from which two sentences of at least five words say the same thing twice."""
CATEGORIES = (
    "hedges", "vague", "evasive", "reasoning", "connectives", "organising", "time", "situation", "task", "result",
    "learn", "positive", "enthusiasm", "negative", "anxiety", "negation", "team", "lead", "initiative", "strategy",
    "experience", "motive", "culture", "work", "quantifiers",
)  # fmt: skip
QUESTION_KINDS = ("q_intro", "q_behavioural", "q_weakness", "q_motivation", "q_closing")
_PLAIN = re.compile(r"[\W_]+")


class Sentence(Record, frozen=True):
    """One sentence with its words, the phrases found per category, its nearness per kind, and why it was dropped.

    `shown`: per facet how surely the sentence shows it, in [0, 1] (include/judgement/facets.py). `used`: the opening's
    keywords it uses, which is more than to name or to deny them.
    """

    piece: Piece
    words: Words
    hits: dict[str, tuple[str, ...]]
    near: dict[str, float]
    shown: dict[str, float]
    used: frozenset[str]
    dropped: Dropped
    asks: bool
    question: float
    other_question: float
    job: float
    index: int


class AnswerParts(Record, frozen=True):
    """One answer: its question, the question's kind, and its sentences."""

    question: str | None
    kind: str
    sentences: tuple[Sentence, ...]

    @property
    def counted(self) -> tuple[Sentence, ...]:
        """The answer's sentences that were not dropped, in order."""
        return tuple(s for s in self.sentences if not s.dropped)

    @property
    def n_words(self) -> float:
        """Words of counted sentences, fillers left out, in English-equivalent words."""
        return sum(s.words.n for s in self.counted)


class Analysis(msgspec.Struct, frozen=True):
    """All that the offline judge reads from one interview.

    `document`: mean cosine of the best third of the documents' sentences to what was said, None without documents.
    `instructions`: how many sentences address the judge.
    """

    language: str
    answers: tuple[AnswerParts, ...]
    document: float | None
    instructions: int

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences of all answers in order, dropped ones included."""
        return tuple(s for a in self.answers for s in a.sentences)


def language_of_case(case: Case) -> str:
    """The language "ko" or "en" of `case`: its own, else the transcript's, else that of the candidate's letters."""
    for language in (case.language, case.transcript.language):
        if language in ("ko", "en"):
            return language
    return "ko" if language_of(" ".join(u.text for u in case.candidate)) == "ko" else "en"


def language_of_utterance(utterance: Utterance, language: str) -> str:
    """The language "ko" or "en" that `utterance` is read in: its own, else `language`, that of its case."""
    return utterance.language if utterance.language in ("ko", "en") else language


def _question_kind(vector: np.ndarray) -> str:
    if not vector.any():
        return "q_intro"
    scores = {kind: float(nearness(vector[None, :], kind)[0]) for kind in QUESTION_KINDS}
    return max(scores, key=lambda k: scores[k])


def _hits(clean: str, raw: str, language: str) -> dict[str, tuple[str, ...]]:
    words = lexicon(language)
    return {c: words.hits(c, raw if c == "hedges" else clean) for c in CATEGORIES}


def _marker_share(clean: str, words: Words) -> float:
    """Share of the words of an English sentence that are connectives, reasons and signposts."""
    lists, low = lexicon("en"), clean.lower()
    places = {p for c in ("reasoning", "connectives", "organising") for p in lists.places(c, clean)}
    covered = {i for _, start, end in places for i in range(start, end)}
    return len("".join(ch if i in covered else " " for i, ch in enumerate(low)).split()) / words.n


def _drop(piece: Piece, words: Words, works: bool, related: float) -> Dropped:
    if addresses_judge(piece.text):
        return "instruction"
    if words.n < 1:
        return "empty"
    if words.n >= 6 and _marker_share(piece.clean, words) >= WORD_LIST_SHARE:
        return "word_list"
    deeds = words.acts_i + words.acts_we + words.numbers
    if piece.praised and not deeds:
        return "self_praise"
    personal = words.i + words.we + len(re.findall(r"\bmy\b", piece.clean.lower()))
    if related + (PERSON_BONUS if personal else 0.0) < MIN_RELATED and words.n >= 3 and not works:
        return "unrelated"
    return ""


def _drops(
    owned: list[tuple[int, Piece]], words: list[Words], languages: list[str], v: Vectors, shown: list[float]
) -> list[Dropped]:
    """Why each sentence does not count ("" when it does). `shown`: the facet each shows most surely, in [0, 1]."""
    related = relatedness(owned, v)
    found: list[Dropped] = []
    for i, (_, piece) in enumerate(owned):
        works = bool(lexicon(languages[i]).hits("work", piece.clean)) or shown[i] >= SHOWS_A_FACET
        found.append(_drop(piece, words[i], works, float(related[i])))
    same = v.vectors @ v.vectors.T
    kept: list[int] = []
    for i, (_, piece) in enumerate(owned):
        if not found[i] and any(_says_again(owned[j][1], piece, words[j], words[i], same[i, j]) for j in kept):
            found[i] = "repeated"
        if not found[i]:
            kept.append(i)
    return found


def _said(piece: Piece) -> Utterance:
    return Utterance(piece.utterance_id, "", "candidate", piece.text)


def _says_again(earlier: Piece, later: Piece, first: Words, second: Words, cosine: float) -> bool:
    plain = _PLAIN.sub("", later.clean.lower())
    if plain == _PLAIN.sub("", earlier.clean.lower()):
        return True
    return first.n >= 5 and second.n >= 5 and cosine >= SAME_SENTENCE


def _build(case: Case) -> Analysis:
    language = language_of_case(case)
    answers = [a for a in case.answers if a.utterances]
    spoken = [(n, u, language_of_utterance(u, language)) for n, a in enumerate(answers) for u in a.utterances]
    read = [(n, p, own) for n, u, own in spoken for p in pieces(u, own)]
    owned, languages = [(n, p) for n, p, _ in read], [own for _, _, own in read]
    questions = encode_once(tuple(a.question or "" for a in answers))
    if not owned:
        return Analysis(language=language, answers=(), document=None, instructions=0)
    v = embed(case, [p.clean for _, p in owned], questions)
    words = [words_of(p.clean, own) for _, p, own in read]
    shown = [
        shown_by({k: float(values[i]) for k, values in v.examples.items()}, float(v.to_job[i]), w)
        for i, w in enumerate(words)
    ]
    drops = _drops(owned, words, languages, v, [max(by.values()) for by in shown])
    matcher = KeywordMatcher(case.opening.keywords)
    grouped: dict[int, list[Sentence]] = {}
    answered = [0.0] * len(answers)
    for i, (n, _) in enumerate(owned):
        answered[n] += 0.0 if drops[i] == "instruction" else words[i].n
    asked = [n for n, length in enumerate(answered) if length >= BACKCHANNEL_WORDS]  # "How are you?" is no question
    for i, (n, piece) in enumerate(owned):
        elsewhere = [v.to_question[i, m] for m in asked if answers[m].question != answers[n].question]
        sentence = Sentence(
            piece=piece,
            words=words[i],
            hits=_hits(piece.clean, piece.text, languages[i]),
            near={k: float(values[i]) for k, values in v.near.items()},
            shown=shown[i],
            used=frozenset(m.term for m in matcher.mentions(_said(piece)) if m.use == "used"),
            dropped=drops[i],
            asks="?" in piece.text and bool(lexicon(languages[i]).hits("ask_back", piece.text)),
            question=float(v.to_question[i, n]),
            other_question=float(np.mean(elsewhere)) if elsewhere else 0.0,
            job=float(v.to_job[i]),
            index=i,
        )
        grouped.setdefault(n, []).append(sentence)
    return Analysis(
        language=language,
        answers=tuple(
            AnswerParts(answers[n].question, _question_kind(questions[n]), tuple(s)) for n, s in grouped.items()
        ),
        document=_document_agreement(case, v.vectors[[i for i, d in enumerate(drops) if not d]]),
        instructions=sum(d == "instruction" for d in drops),
    )


def _document_agreement(case: Case, said: np.ndarray) -> float | None:
    """How near the best third of the document sentences comes to something said; None without documents."""
    texts = [t for d in case.documents for t in re.split(r"(?<=[.!?。])\s+|\n+", d.text) if len(t.split()) >= 4]
    if not texts or not len(said):
        return None
    nearest = (encode(texts[:MAX_DOCUMENT_SENTENCES]) @ said.T).max(axis=1)
    return float(np.sort(nearest)[-max(3, len(nearest) // 3) :].mean())


_KEEP = 8
_analyses: OrderedDict[str, Analysis] = OrderedDict()
_guard = threading.Lock()


def _key(case: Case) -> str:
    material = (case.language, case.transcript.language, case.answers, case.opening, case.documents)
    return hashlib.sha256(msgspec.json.encode(material)).hexdigest()


def analyse(case: Case) -> Analysis:
    """The analysis of `case`; the last few are kept, because every criterion reads the same one."""
    key = _key(case)
    with _guard:
        if key in _analyses:
            _analyses.move_to_end(key)
            return _analyses[key]
        analysis = _build(case)
        _analyses[key] = analysis
        if len(_analyses) > _KEEP:
            _analyses.popitem(last=False)
        return analysis


def main_answers(analysis: Analysis) -> tuple[AnswerParts, ...]:
    """Answers that stand for an answer: chit-chat of under eight words is left out unless there is nothing else.

    Words to the judge do not count here: they must not turn a scrap into an answer.
    """

    def length(answer: AnswerParts) -> float:
        return sum(s.words.n for s in answer.sentences if s.dropped != "instruction")

    full = tuple(a for a in analysis.answers if length(a) >= BACKCHANNEL_WORDS)
    return full or analysis.answers
