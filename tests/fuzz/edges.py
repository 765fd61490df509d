"""Every door that bytes and texts of others come through, as (how inputs are made, what must only raise our errors)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from hypothesis import strategies as st

from include.interview.agreement.ratings_file import read_ratings
from include.interview.assessment.openings import parse_opening
from include.interview.errors import TriviewError
from include.interview.fairness.sample_file import read_sample
from include.interview.intake.cleaning import clean_line, clean_text
from include.interview.intake.decoding import decode_text
from include.interview.intake.identifiers import checked_id, safe_stem
from include.interview.intake.structured import read_json, read_yaml
from include.interview.live import wire
from include.interview.ranking.table import parse_table
from include.interview.records import STAGE_WEIGHTS
from include.interview.transcript.typed import read_transcript
from include.judgement.model_answers import decode_answer
from include.settings import SettingsError, load_settings
from include.storage.objects.documents import document_text

OURS = (TriviewError, SettingsError)
"""What may come out of a door: a sentence of ours."""
MAX_BYTES = 4096
MAX_DOCUMENT_BYTES = 1 << 20

TRANSCRIPTS = (
    "면접관: 어떤 일을 했나요?\n지원자: 저는 창고의 재고를 줄였습니다.\n",
    "Interviewer 00:00:03\nWhat did you do?\n\nInterviewee 00:00:09\nI moved the store.\n",
    "WEBVTT\n\n1\n00:00:01.000 --> 00:00:04.000\n<v Interviewer>What did you do?</v>\n\n"
    "2\n00:00:05.000 --> 00:00:09.000\n<v Candidate>I moved it.</v>\n",
    "1\n00:00:01,000 --> 00:00:04,000\nInterviewer: What?\n\n2\n00:00:05,000 --> 00:00:09,000\nCandidate: That.\n",
    '{"source": "text", "language": "en", "language_probability": null, "utterances": []}',
    "참석자 1 00:03\n어떤 일을 했나요?\n참석자 2 00:09\n창고를 옮겼습니다.\n",
)
OPENINGS = (
    "title: {ko: 개발자, en: Developer}\ndescription: Writes programs.\nquestions: [Why us?]\nid: 2024-00-17\n",
    '{"title": "x", "description": "y", "keywords": [{"term": "a", "weight": 2}], "stage_weights": {"ai": 40}}',
    "title: [[[[x]]]]\ndescription: >\n  long\n  text\ncompetencies:\n  - name: SQL\n    weight: 0x10\n",
)
TABLES = (
    "candidate,ai,ai_error,practical,executive\nKim,61.5,3,70,\nLee,=1+2,,5e3,nan\n",
    "interview,criterion,rater,level\na,language,r1,3\na,language,r2,4.5\n",
    "group,selected\nA,1\nB,0\n",
)
ANSWERS = (
    '```json\n{"level": 3, "quotes": []}\n```',
    '<think>\n{"level"\n</think>\n{"level": 3, "quotes": []}',
    'Here it is: {"level": null, "quotes": [{"utterance_id": "u1", "text": "x"}]} Thanks.',
)
MESSAGES = (
    '{"type":"hello","role":"interviewer","protocol":1}',
    '{"type":"ping","at_ms":5}',
    '{"type":"mark","question_id":"q1"}',
)
SETTINGS = (
    "TRIVIEW_CORES", "TRIVIEW_JUDGE_RUNS", "TRIVIEW_MAX_BYTES", "TRIVIEW_MAX_DURATION_S", "TRIVIEW_MAX_PIXELS",
    "TRIVIEW_DB_URL", "TRIVIEW_STORAGE_URL", "TRIVIEW_CHROMA_URL", "TRIVIEW_REDIS_URL", "TRIVIEW_JUDGE",
    "TRIVIEW_JUDGE_ANSWER_TOKENS", "TRIVIEW_MAX_DOCUMENT_BYTES", "OPENAI_BASE_URL", "TRIVIEW_HOME",
    "TRIVIEW_MASTER_KEY",
)  # fmt: skip
ODD = ("nan", "inf", "-1", "1e400", "0x10", "", " ", "٣", "true", "a" * 300, "http://[", "sqlite://", "s3://", "\udc80")


class Answer(msgspec.Struct):
    """What a judge is asked for, in short."""

    level: float | None
    quotes: list[dict[str, str]]


@dataclass(frozen=True)
class Edge:
    """One door: `inputs` makes what comes in, `take` takes it."""

    name: str
    inputs: st.SearchStrategy[Any]
    take: Callable[[Any], Any]

    def __call__(self, given: Any) -> None:
        """Take `given`; errors of ours are answers, everything else is a finding."""
        try:
            self.take(given)
        except OURS as error:
            text = str(error)
            assert text.strip(), "an error says something"
            assert "\x1b" not in text, "an error is harmless on a terminal"
            text.encode()


def _pdf() -> bytes:
    """A page with one line, by hand (ISO 32000-1, 7.5)."""
    stream = b"BT /F1 12 Tf 72 720 Td (I moved the warehouse in May.) Tj ET"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for n, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (n, part)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in places)
    return out + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start


def _zipped(files: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return made.getvalue()


DOCX = _zipped(
    {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        "<w:p><w:r><w:t>I moved the warehouse.</w:t></w:r></w:p></w:body></w:document>",
    }
)
HWPX = _zipped(
    {
        "mimetype": "application/hwp+zip",
        "Contents/section0.xml": '<hs:sec xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section" '
        'xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph"><hp:p><hp:run><hp:t>창고</hp:t></hp:run></hp:p></hs:sec>',
    }
)


@st.composite
def mutated(draw: st.DrawFn, samples: tuple[bytes, ...]) -> bytes:
    """One of `samples` with a few places replaced, doubled, cut out, or filled with what formats stumble over."""
    data = draw(st.sampled_from(samples))
    odd = st.sampled_from(
        (b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"[" * 300, b"{" * 300, b"\r", b"\x1b[2J", b"\xed\xa0\x80", b"9" * 400,
         "\u202e".encode(), "가".encode("cp949"), b"-->", b"&a *a", b"!!python/name:os.system", b"1e999", b"NaN",
         b"\x92")
    )  # fmt: skip
    for _ in range(draw(st.integers(0, 6))):
        at, end = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        how = draw(st.integers(0, 4))
        if how == 0:
            data = data[:at] + data[end:]
        elif how == 1:
            data = data[:end] + data[at:end][: MAX_BYTES // 4] + data[end:]
        elif how == 2:
            data = data[:at] + draw(odd) + data[at:]
        elif how == 3:
            data = data[:at] + draw(st.binary(max_size=24)) + data[min(end, at + 24) :]
        else:
            data = data[:at] + data[at:end][::-1] + data[end:]
    return data[: 4 * MAX_BYTES]


def changed(*samples: str | bytes) -> st.SearchStrategy[bytes]:
    """Mutated samples, in any encoding, and now and then bytes of nothing."""
    encoded = tuple(s if isinstance(s, bytes) else s.encode() for s in samples)
    texts = tuple(s.encode(e, "replace") for s in samples if isinstance(s, str) for e in ("cp949", "utf-16", "cp1252"))
    return mutated(encoded + texts) | mutated(encoded) | st.binary(max_size=MAX_BYTES)


any_text = st.text(st.characters(categories=None), max_size=200)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=12,
)
environments = st.dictionaries(st.sampled_from(SETTINGS), st.sampled_from(ODD) | any_text, max_size=4)


def _opening_values(value: Any) -> None:
    parse_opening(json.dumps({"title": "x", "description": "y", **(value if isinstance(value, dict) else {})}).encode(
        "utf-8", "surrogatepass"), "opening.json")  # fmt: skip


def _id(text: str) -> None:
    stem = safe_stem(text)
    assert "/" not in stem
    assert stem not in ("", ".", "..")
    checked_id(text, "the id")


def _settings(env: dict[str, str]) -> None:
    load_settings({name: value for name, value in env.items() if "\x00" not in value})


def _message(data: bytes) -> None:
    for take in (wire.decode_client, wire.parse_frame):
        try:
            take(data)
        except (*OURS, msgspec.MsgspecError, ValueError):
            continue  # the socket answers these by its protocol (tests/live_gateway/socket)


EDGES = (
    Edge("transcript", changed(*TRANSCRIPTS), lambda data: read_transcript(data, "a.txt")),
    Edge("subtitles", changed(*TRANSCRIPTS), lambda data: read_transcript(data, "a.vtt")),
    Edge("opening", changed(*OPENINGS), lambda data: parse_opening(data, "o.yaml")),
    Edge("opening values", values, _opening_values),
    Edge("yaml", changed(*OPENINGS), lambda data: read_yaml(data.decode("latin-1"), "o.yaml")),
    Edge("json", changed(*OPENINGS), lambda data: read_json(data.decode("latin-1"), "o.json")),
    Edge("encoding", changed(*TRANSCRIPTS), lambda data: decode_text(data, "a.txt")),
    Edge("text", any_text, lambda text: (clean_text(text, "It"), clean_line(text, "It"))),
    Edge("id", any_text, _id),
    Edge("ranking table", changed(*TABLES), lambda data: parse_table(data, "t.csv", STAGE_WEIGHTS)),
    Edge("ratings table", changed(*TABLES), lambda data: read_ratings(data, "t.csv")),
    Edge("fairness table", changed(*TABLES), lambda data: read_sample(data, "t.csv")),
    Edge("pdf", changed(_pdf()), lambda data: document_text(data, MAX_DOCUMENT_BYTES)),
    Edge("office file", changed(DOCX, HWPX), lambda data: document_text(data, MAX_DOCUMENT_BYTES)),
    Edge("plain document", changed(*TRANSCRIPTS), lambda data: document_text(data, MAX_DOCUMENT_BYTES)),
    Edge("model answer", changed(*ANSWERS), lambda data: decode_answer(data.decode("utf-8", "replace"), Answer)),
    Edge("socket message", changed(*MESSAGES), _message),
    Edge("settings", environments, _settings),
)
