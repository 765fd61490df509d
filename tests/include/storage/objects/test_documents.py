"""Documents are read as text, whatever Korean offices write them with."""

from __future__ import annotations

import io

import pytest

from include.interview.errors import BadInput
from include.storage import Stores
from tests.include.storage.conftest import Person, enrol


def _document(stores: Stores, person: Person, content: bytes, index: int = 0) -> str:
    return stores.media.text(stores.media.add(person.interview.id, io.BytesIO(content), "resume", index))


@pytest.mark.unit
def test_documents_are_read_as_text(local_stores: Stores) -> None:
    person = enrol(local_stores)
    words = "자기소개서: 저는 서버를 만듭니다.\n# Skills"
    assert _document(local_stores, person, words.encode(), 0) == words
    assert _document(local_stores, person, words.encode("cp949"), 1) == words
    assert _document(local_stores, person, b"\xef\xbb\xbf" + words.encode(), 2) == words


@pytest.mark.unit
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x00\x01\x02\xff" * 50, "not text"),
        (b"\xff\xfe\xfd" * 50, "not text"),
        (b"%PDF-1.7 rubbish", "PDF"),
        (b"a" * (1024 * 1024 + 1), "larger than"),
    ],
)
def test_documents_that_are_no_text_say_so(local_stores: Stores, content: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        _document(local_stores, enrol(local_stores), content)


@pytest.mark.unit
def test_text_of_a_pdf_is_read(local_stores: Stores) -> None:
    assert "Kubernetes in Seoul" in _document(local_stores, enrol(local_stores), _pdf("Kubernetes in Seoul"))
    with pytest.raises(BadInput, match="no text"):
        _document(local_stores, enrol(local_stores), _pdf(""))


def _pdf(words: str) -> bytes:
    """A PDF of one page, written by hand after ISO 32000-1."""
    stream = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET".encode() if words else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(out),
    )
