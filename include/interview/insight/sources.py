"""The words that claims may cite: transcripts of several stages and documents, with ids that are unambiguous."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from include.interview.errors import BadInput
from include.interview.insight.records import Citation
from include.interview.records import Document, DocumentKind, Record, Role, Stage, Transcript, Utterance
from include.interview.transcript.answers import answers_of
from include.interview.transcript.text import language_of, sentences


class InsightSource(Record, frozen=True):
    """One transcript or document. `label` is what stands before the colon of its ids; unique among sources.

    `aliases` may stand there as well (a file's name).
    """

    label: str
    stage: Stage | None
    transcript: Transcript
    document: DocumentKind | None = None
    aliases: tuple[str, ...] = ()


class Passage(Record, frozen=True):
    """An utterance, or a sentence of a document, that can be cited.

    `answer`: the label and number of the answer it belongs to; the whole document for its sentences. None for words
    that are not the candidate's.
    """

    id: str
    source: str
    stage: Stage | None
    role: Role
    language: str
    text: str
    answer: str | None
    start_s: float | None = None
    end_s: float | None = None
    document: DocumentKind | None = None

    def citation(self) -> Citation:
        """The passage as it is quoted."""
        return Citation(self.id, self.stage, self.text, self.start_s, self.end_s, self.document)


class Passages(Record, frozen=True):
    """All passages of all sources in order, found by "label:id", or by the bare id where only one source has it."""

    all: tuple[Passage, ...]
    by_id: Mapping[str, tuple[Passage, ...]]

    def find(self, written: str) -> tuple[Passage, ...]:
        """What the id `written` names: () nothing, one passage, or several where a bare id is ambiguous."""
        return self.by_id.get(written.strip(), ())

    @property
    def candidate(self) -> tuple[Passage, ...]:
        """The passages that are the candidate's own words."""
        return tuple(p for p in self.all if p.role == "candidate")


def document_source(document: Document, label: str) -> InsightSource:
    """A document as a source: its sentences d0001, d0002 … are the candidate's written words.

    Raises:
        BadInput: it holds no words.
    """
    said = sentences(" ".join(document.text.split()))
    if not said:
        raise BadInput("A document holds no words.", "Leave it out, or give one with text.")
    spoken = language_of(document.text)
    utterances = tuple(
        Utterance(id=f"d{n:04d}", speaker="candidate", role="candidate", text=text, language=spoken)
        for n, text in enumerate(said, start=1)
    )
    transcript = Transcript(source="text", language=spoken, language_probability=None, utterances=utterances)
    return InsightSource(label, None, transcript, document.kind)


def passages_of(sources: Sequence[InsightSource]) -> Passages:
    """All passages of `sources`.

    Raises:
        BadInput: two sources carry the same label.
    """
    labels = [source.label for source in sources]
    if len(set(labels)) != len(labels):
        raise BadInput("Two transcripts or documents carry the same label.", "Name each one as LABEL=FILE.")
    found: list[Passage] = []
    by_id: dict[str, tuple[Passage, ...]] = {}
    for source in sources:
        for passage in _of(source):
            found.append(passage)
            bare = passage.id.removeprefix(f"{source.label}:")
            for name in {passage.id, bare, *(f"{alias}:{bare}" for alias in source.aliases)}:
                by_id[name] = (*by_id.get(name, ()), passage)
    return Passages(tuple(found), by_id)


def _of(source: InsightSource) -> list[Passage]:
    whole = source.document is not None
    answer_of: dict[str, str] = {}
    for number, answer in enumerate(() if whole else answers_of(source.transcript), start=1):
        answer_of.update({u.id: f"{source.label}:{number}" for u in answer.utterances})
    return [
        Passage(
            id=f"{source.label}:{u.id}",
            source=source.label,
            stage=source.stage,
            role=u.role,
            language=u.language or source.transcript.language,
            text=u.text,
            answer=source.label if whole else answer_of.get(u.id),
            start_s=u.start_s,
            end_s=u.end_s,
            document=source.document,
        )
        for u in source.transcript.utterances
    ]
