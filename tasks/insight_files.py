"""Insights from files: transcripts of the three stages and documents, judged, written and verified in one process."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from include.interview.errors import BadInput
from include.interview.insight.drafts import InsightDraft
from include.interview.insight.records import CheckedClaim, Claim
from include.interview.insight.sources import InsightSource, document_source
from include.interview.intake.decoding import decode_text
from include.interview.intake.structured import read_json
from include.interview.records import Document, DocumentKind, Opening, Record, Stage
from include.interview.stages import STAGES
from include.interview.transcript.typed import read_transcript
from include.settings import Settings

MOST_CLAIMS = 1000
LAST: Stage = "executive"
"""The stage of a single file whose name tells none."""
_LETTER = re.compile(r"cover|letter|자기소개|자소서", re.IGNORECASE)


class NamedFile(Record, frozen=True):
    """A file as it was given: its bytes, its name without folder and ending, and the stage if one was written."""

    stem: str
    data: bytes
    stage: Stage | None = None


def transcript_sources(files: Sequence[NamedFile]) -> tuple[InsightSource, ...]:
    """The files as sources, labelled by stage.

    The stage is the one given, else the one whose name stands in the file's name, else the next one that is free in
    the order ai, practical, executive (a single file: executive). A second file of a stage is labelled by number
    ("executive-2"). The file's name may stand before an id as well.

    Raises:
        BadInput: a file is no transcript, or two files have one name.
    """
    stems = [file.stem for file in files]
    if len(set(stems)) != len(stems):
        raise BadInput("Two transcripts have the same file name.", "Rename one: ids are told apart by file and stage.")
    stages = _stages(files)
    sources: list[InsightSource] = []
    for file, stage in zip(files, stages, strict=True):
        earlier = sum(s.stage == stage for s in sources)
        label = stage if not earlier else f"{stage}-{earlier + 1}"
        aliases = () if file.stem in STAGES else (file.stem,)
        sources.append(InsightSource(label, stage, read_transcript(file.data, file.stem), aliases=aliases))
    return tuple(sources)


def _stages(files: Sequence[NamedFile]) -> list[Stage]:
    known = [file.stage or _stage_in(file.stem) for file in files]
    free = [stage for stage in STAGES if stage not in known]
    if len(files) == 1 and known[0] is None:
        return [LAST]
    found: list[Stage] = []
    for stage in known:
        found.append(stage or (free.pop(0) if free else LAST))
    return found


def _stage_in(stem: str) -> Stage | None:
    words = re.split(r"[^a-z]+", stem.lower())
    named = [stage for stage in STAGES if stage in words]
    return named[0] if len(named) == 1 else None


def document_sources(
    files: Sequence[NamedFile], settings: Settings
) -> tuple[tuple[InsightSource, ...], tuple[Document, ...]]:
    """The documents as sources (labels document, document-2 …) and as documents of a case.

    Raises:
        BadInput: one cannot be read (`document_text` says why).
    """
    sources: list[InsightSource] = []
    documents: list[Document] = []
    for number, file in enumerate(files, start=1):
        kind: DocumentKind = "cover_letter" if _LETTER.search(file.stem) else "resume"
        document = Document(kind, _document_text(file, settings))
        label = "document" if number == 1 else f"document-{number}"
        sources.append(msgspec.structs.replace(document_source(document, label), aliases=(file.stem,)))
        documents.append(document)
    return tuple(sources), tuple(documents)


def _document_text(file: NamedFile, settings: Settings) -> str:
    from include.storage.objects.documents import document_text

    try:
        return document_text(file.data, settings.limits.max_document_bytes)
    except BadInput as error:
        raise BadInput(f"{file.stem}: {error.cause}", error.remedy, code=error.code) from None


def read_claims(data: bytes, name: str) -> tuple[Claim, ...]:
    """The claims of a file: a JSON list of `{id, kind, text: {ko?, en?}, cites}`.

    Raises:
        BadInput: not such a list, two claims with one id, or more than `MOST_CLAIMS`.
    """
    values = read_json(decode_text(data, name), name)
    try:
        claims = msgspec.convert(values, type=tuple[Claim, ...])
    except msgspec.MsgspecError as error:
        place = re.search(r" - at `\$[^`]*`", str(error))
        raise BadInput(
            f"{name} is not a list of claims{place[0] if place else ''}.",
            'Write [{"id": …, "kind": …, "text": {"ko": …, "en": …}, "cites": ["u0001"]}].',
        ) from None
    ids = [claim.id for claim in claims]
    if len(set(ids)) != len(ids):
        raise BadInput(f"{name}: an id occurs twice.", "Give each claim its own id.")
    if len(claims) > MOST_CLAIMS:
        raise BadInput(f"{name} has more than {MOST_CLAIMS} claims.", "Give fewer at once.")
    return claims


def verify_files(claims: Sequence[Claim], sources: Sequence[InsightSource]) -> tuple[CheckedClaim, ...]:
    """Each claim accepted or rejected with its reason, in the order given."""
    from include.judgement.insight.verification import verify

    return verify(claims, sources)


def insights_from_files(
    transcripts: Sequence[NamedFile],
    documents: Sequence[NamedFile],
    opening: Opening,
    settings: Settings,
) -> InsightDraft:
    """Insights over the files: each transcript is judged by its words, then claims are written and verified.

    Written by the judge model where one is configured, else by the offline writer; neither takes the other's place.

    Raises:
        BadInput: a file is no transcript or no text. JudgeFailure: the judge model gave no usable answer.
    """
    from include.judgement.insight.offline_writer import JudgedCase
    from tasks.executive.insights import write_draft
    from tasks.typed_transcript import judge_transcript

    sources = transcript_sources(transcripts)
    papers, given = document_sources(documents, settings)
    judged = []
    for file, source in zip(transcripts, sources, strict=True):
        if settings.judge.kind != "offline":
            break
        one = judge_transcript(file.data, file.stem, opening, settings, stage=source.stage or LAST, documents=given)
        judgements = tuple(j for line in one.card.criteria for j in line.judgements)
        judged.append(JudgedCase(source.label, one.case, judgements))
    return write_draft(judged, (*sources, *papers), settings)
