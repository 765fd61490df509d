"""Documents: the text of every format that is read, and a sentence for each that is not."""

# ruff: noqa: E501 - what is tried stays in one line
from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from weasyprint import HTML

from include.interview.errors import BadInput
from include.storage.objects.documents import MAX_XML_DEPTH, document_text
from tests.support.wild_cases import wild

pytestmark = pytest.mark.unit

LIMIT = 10 * 1024**2
KOREAN = "이력서\n백엔드 개발자, Python 과 MySQL 을 다섯 해 동안 다루었습니다."
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
HP = 'xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph"'


def packed(**parts: str | bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return buffer.getvalue()


def docx(body: str) -> bytes:
    return packed(**{"[Content_Types].xml": "<Types/>", "word/document.xml": f"<w:document {W} {MC}><w:body>{body}</w:body></w:document>"})  # fmt: skip


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return HTML(string=f"<pre>{KOREAN}</pre>").write_pdf()


def locked(pdf: bytes, user: str, owner: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    writer.encrypt(user_password=user, owner_password=owner, algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def read(content: bytes) -> str:
    return document_text(content, LIMIT)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp949"])
def test_plain_text_in_every_encoding(encoding: str) -> None:
    assert read(KOREAN.replace("\n", "\r\n").encode(encoding)) == KOREAN


def test_a_pdf_with_text(pdf: bytes) -> None:
    assert read(pdf).split() == KOREAN.split()
    assert read(b"\r\n" + pdf).split() == KOREAN.split()


def test_a_pdf_that_only_its_owner_may_change_is_read_and_one_with_a_password_is_named(pdf: bytes) -> None:
    assert read(locked(pdf, "", "secret")).split() == KOREAN.split()
    with pytest.raises(BadInput, match="password") as caught:
        read(locked(pdf, "open", "secret"))
    assert caught.value.code == "password"


@pytest.mark.parametrize("cut", [8, 200, 2000])
def test_a_damaged_pdf_is_a_sentence(pdf: bytes, cut: int) -> None:
    with pytest.raises(BadInput, match=r"PDF (is damaged|holds no text)"):
        read(pdf[:cut])


def test_a_scan_is_named() -> None:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    buffer = io.BytesIO()
    writer.write(buffer)
    with pytest.raises(BadInput, match="perhaps only a scan"):
        read(buffer.getvalue())


def test_a_word_file_with_tables_boxes_and_tabs() -> None:
    box = f"<mc:AlternateContent><mc:Choice>{paragraph('box')}</mc:Choice><mc:Fallback>{paragraph('box')}</mc:Fallback></mc:AlternateContent>"
    body = paragraph("이력", "서") + f"<w:tbl><w:tr><w:tc>{paragraph('cell')}</w:tc></w:tr></w:tbl>{box}"
    body += "<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:delText>gone</w:delText></w:r></w:p>"
    assert read(docx(body)) == "이력서\ncell\nbox\na b c"


def test_a_hangul_file() -> None:
    sections = {
        f"Contents/section{n}.xml": f"<hp:sec {HP}><hp:p><hp:run><hp:t>절 {n}</hp:t></hp:run></hp:p></hp:sec>"
        for n in (10, 2, 0)
    }
    assert read(packed(mimetype="application/hwp+zip", **sections)) == "절 0\n절 2\n절 10"


BOMB = (
    "<!DOCTYPE b [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
    + "]>"
)
ZERO = b"\0" * (33 * 1024**2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, r"old \.doc or \.hwp"),
        (b"\xff\xd8\xff\xe0photo", "picture"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"{\\rtf1 cv}", "rich text"),
        (b"PK\x03\x04broken", "damaged"),
        (packed(**{"a.txt": "x"}), "zip file without"),
        (packed(**{"word/document.xml": "<w:document><w:t>x</w:t></w:document>"}), "damaged"),
        (packed(**{"word/document.xml": f"{BOMB}<w:document {W}>&j;</w:document>"}), "entities"),
        (packed(**{"word/document.xml": "<a>" * (MAX_XML_DEPTH + 1)}), "deep|damaged"),
        (packed(**{"word/document.xml": ZERO}), "too much"),
        (docx(""), "no text"),
        (b"%PDF-1.7 nothing", "damaged"),
        (b"\x00\x01\x02\x03", "not a text file"),
        ("Привет".encode("cp1251"), "UTF-8"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named(content: bytes, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        read(content)


def test_the_limit_is_a_setting_and_its_error_names_it() -> None:
    with pytest.raises(BadInput, match="TRIVIEW_MAX_DOCUMENT_BYTES") as caught:
        document_text(b"x" * 101, 100)
    assert caught.value.code == "too_large"


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300), st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"\xff\xfe"]))
def test_any_bytes_are_a_text_or_a_sentence(data: bytes, begin: bytes) -> None:
    try:
        text = read(begin + data)
    except BadInput:
        return
    assert text


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="<>/ wpt:&;#x\"'=[]!a가", max_size=120))
def test_any_xml_is_a_text_or_a_sentence(xml: str) -> None:
    for content in (docx(xml), packed(**{"word/document.xml": xml})):
        try:
            text = read(content)
        except BadInput:
            continue
        assert text


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 255)), max_size=12))
def test_a_pdf_with_any_bytes_changed_is_a_text_or_a_sentence(pdf: bytes, changes: list[tuple[int, int]]) -> None:
    data = bytearray(pdf)
    for at, byte in changes:
        data[at % len(data)] = byte
    try:
        text = read(bytes(data))
    except BadInput:
        return
    assert text


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("15-resume-with-photo/resume.pdf", "Backend developer"),
        ("15-resume-with-photo/resume-utf16.txt", "백엔드 개발자"),
        ("19-owner-locked-pdf-and-cover-art/resume.pdf", "Backend developer"),
        ("15-resume-with-photo/resume-password.pdf", None),
        ("15-resume-with-photo/resume.docx", None),
    ],
)
def test_the_documents_met_in_the_wild(name: str, holds: str | None) -> None:
    content = wild(name).read_bytes()
    if holds is not None:
        assert holds in read(content)
    else:
        with pytest.raises(BadInput, match=r"password|damaged"):
            read(content)
