"""The offline writer of prepared questions: deterministic, in the wordings of `prepared_questions.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from include.interview.assessment.rubric import Rubric
from include.interview.preparation.records import Matter, OpenMatters, QuestionEvidence, SpokenLanguage, WriterIdentity
from include.interview.records import Utterance
from include.interview.transcript.text import language_of
from include.judgement.cleaning import pieces
from include.judgement.follow_ups import shown_topic
from include.judgement.preparation.wordings import facet_wording, wordings

WRITER_VERSION = "1"
"""Changes whenever the same matters may give other questions."""
LONGEST_QUOTE: dict[SpokenLanguage, int] = {"ko": 45, "en": 80}
"""Characters of a quotation inside a question: what can be said in one breath."""


class OfflineWriter:
    """Writes each matter's question, in the order of expected information; first tied to the candidate's own words."""

    identity = WriterIdentity("Triview offline writer", "offline", "", WRITER_VERSION)

    def drafts(self, matters: Sequence[Matter], open_: OpenMatters, rubric: Rubric) -> Iterator[tuple[Matter, str]]:  # noqa: ARG002
        """(matter, question): for every matter first the wording tied to the evidence, then the plain one.

        The same words of the candidate are named in one question only: questions should not all hang on one story.
        """
        named: set[str] = set()
        for matter in matters:
            mention = _mention(matter.evidence, named, open_.language)
            for text in _wordings_of(matter, mention, open_.language):
                yield matter, text


def _mention(evidence: Sequence[QuestionEvidence], named: set[str], language: SpokenLanguage) -> str | None:
    """The words that point back at `evidence`: its sentence when it is short, else its topic; adds them to `named`."""
    form = wordings().mention
    for words in (e.quote.strip(" .。") for e in evidence):
        if len(words) <= LONGEST_QUOTE[language] and words not in named and _fluent(words, language):
            named.add(words)
            return form.quote.text(language).format(quote=words)
    for topic in (e.topic for e in evidence):
        if topic and topic not in named:
            named.add(topic)
            return form.topic.text(language).format(topic=shown_topic(topic, form.particle, language))
    return None


def _fluent(words: str, language: SpokenLanguage) -> bool:
    """True when `words` are of the question's language and free of fillers and restarts: nobody is shown stammering."""
    if language_of(words) != language:
        return False
    return not any(p.fillers or p.repeats for p in pieces(Utterance("", "", "candidate", words), language))


def _wordings_of(matter: Matter, mention: str | None, language: SpokenLanguage) -> Iterator[str]:
    known = wordings()
    quotes = [_short(e.quote, LONGEST_QUOTE[language]) for e in matter.evidence]
    subject = "" if matter.about is None else matter.about.text(language)
    if matter.code == "contradiction":
        yield known.contradiction.text(language).format(first=quotes[0], second=quotes[1])
    elif matter.code == "claim":
        kind = matter.evidence[0].document or "resume"
        document = known.documents[kind].text(language)
        yield known.claim.text(language).format(document=document, quote=quotes[0])
    elif matter.code == "competency":
        yield known.competency.text(language).format(subject=subject)
    else:
        yield from _facet(matter, mention, subject, language)


def _facet(matter: Matter, mention: str | None, subject: str, language: SpokenLanguage) -> Iterator[str]:
    wording = facet_wording(matter.criterion, matter.facet)
    if wording.value is not None and subject:
        yield wording.value.text(language).format(value=shown_topic(subject, wording.value_particle, language))
    elif wording.about is not None and mention is not None:
        yield wording.about.text(language).format(mention=mention)
    yield wording.plain.text(language)


def _short(quote: str, longest: int) -> str:
    """The quotation cut at a word, without its full stop."""
    text = " ".join(quote.split()).rstrip(" .。")
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0].rstrip(" ,") + "…"
