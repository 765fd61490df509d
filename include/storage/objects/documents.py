"""The text of a document a person sends: plain text, Markdown, PDF, .docx, .hwpx; anything else is refused by name."""

from __future__ import annotations

import io
import threading
import unicodedata
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from include.interview.errors import BadInput
from include.interview.intake.cleaning import clean_text
from include.interview.intake.decoding import decode_text
from include.interview.intake.office_archive import office_archive

PDF_MAGIC = b"%PDF-"
PDF_MAGIC_WITHIN = 1024
"""Bytes from the start in which readers look for the mark of a PDF (ISO 32000-1, annex H.3.4.1)."""
MAX_PAGES = 200
MAX_CHARACTERS = 400_000
"""Two hundred densely written pages: more is no résumé, and every character is read by the judge."""
MAX_XML_BYTES = 32 * 1024**2
"""Unpacked size of the text parts of an office file."""
MAX_ENTRIES = 5_000
MAX_XML_DEPTH = 200
UNREADABLE_SHARE = 0.05
"""Share of characters without a meaning from which a PDF's fonts do not say which letters they show."""
PASSWORD_ERROR = 4
"""FPDF_ERR_PASSWORD of PDFium."""
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\x00", b"MM\x00*")
_FORMATS = "Send a PDF with text, .docx, .hwpx, or plain text or Markdown in UTF-8."
_PDFIUM = threading.Lock()
"""PDFium is not safe in several threads at once."""


def document_text(content: bytes, max_bytes: int) -> str:
    """The text in the bytes of a document, clean (`clean_text`).

    Raises:
        BadInput: larger than `max_bytes`, empty, of another format, protected by a password, damaged, only a scan, or
            with fonts that do not say which letters they show. The text names what was found and what to do.
    """
    if len(content) > max_bytes:
        raise BadInput(
            f"The document is larger than {max_bytes} bytes.",
            "Send a smaller one, or raise TRIVIEW_MAX_DOCUMENT_BYTES.",
            code="too_large",
        )
    if not content.strip():
        raise BadInput("The document is empty.", "Leave it out, or send it again.", code="empty_file")
    text = clean_text(_raw_text(content), "The document").strip()
    if not text:
        raise BadInput("The document holds no text.", _FORMATS, code="no_text")
    if len(text) > MAX_CHARACTERS:
        raise BadInput(f"The document has more than {MAX_CHARACTERS} characters.", "Send the part that matters.")
    return text


def _raw_text(content: bytes) -> str:
    if PDF_MAGIC in content[:PDF_MAGIC_WITHIN]:
        return _pdf_text(content)
    if content.startswith(b"PK"):
        return _office_text(content)
    if content.startswith(_OLD_OFFICE):
        raise BadInput(
            "The document is an old .doc or .hwp file, or an office file with a password.", _FORMATS, code="old_format"
        )
    if content.startswith(_PICTURES):
        raise BadInput("The document is a picture.", _FORMATS, code="no_text")
    if content.lstrip().startswith(b"{\\rtf"):
        raise BadInput("The document is rich text (.rtf).", _FORMATS, code="old_format")
    return decode_text(content, "The document")


def _pdf_text(content: bytes) -> str:
    import pypdfium2

    try:
        with _PDFIUM:
            text = "\n".join(_pages(pypdfium2.PdfDocument(content)))
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == PASSWORD_ERROR:
            raise BadInput(
                "The PDF is protected by a password.", "Save it without one, or send plain text.", code="password"
            ) from None
        raise BadInput("The PDF is damaged.", "Save it again, or send plain text.", code="damaged") from None
    seen = [ch for ch in text if not ch.isspace()]
    if not seen:
        raise BadInput("The PDF holds no text, perhaps only a scan.", _FORMATS, code="no_text")
    if sum(not _has_meaning(ch) for ch in seen) > UNREADABLE_SHARE * len(seen):
        raise BadInput(
            "The PDF shows text, but its fonts do not say which letters they are.",
            "Print it to a new PDF, or send .docx or plain text.",
            code="unreadable_fonts",
        )
    return "".join(ch for ch in text if not "\ud800" <= ch <= "\udfff" and ch != "\x00")


def _pages(document: object) -> Iterator[str]:
    """The text of each page; pages and the document are closed."""
    try:
        if len(document) > MAX_PAGES:  # type: ignore[arg-type]
            raise BadInput(f"The PDF has more than {MAX_PAGES} pages.", "Send the pages that matter.")
        for page in document:  # type: ignore[attr-defined]
            text_page = page.get_textpage()
            try:
                yield text_page.get_text_bounded()
            finally:
                text_page.close()
                page.close()
    finally:
        document.close()  # type: ignore[attr-defined]


def _has_meaning(ch: str) -> bool:
    return ch != "\ufffd" and unicodedata.category(ch) not in ("Cc", "Co", "Cs", "Cn")


def _office_text(content: bytes) -> str:
    """The text of a .docx or .hwpx file: its paragraphs in the order of the file, tables and boxes included."""
    damaged = BadInput("The office file is damaged.", "Save it again, or send plain text.", code="damaged")
    with office_archive(content, damaged) as packed:
        return "\n".join(_paragraphs(packed.read(name)) for name in _text_parts(packed))


def _text_parts(packed: zipfile.ZipFile) -> list[str]:
    infos = packed.infolist()
    if len(infos) > MAX_ENTRIES:
        raise BadInput("The office file has too many parts.", "Save it again, or send plain text.", code="too_large")
    chosen = [i for i in infos if i.filename == "word/document.xml"] or sorted(
        (i for i in infos if i.filename.startswith("Contents/section") and i.filename.endswith(".xml")),
        key=lambda i: (len(i.filename), i.filename),
    )
    if not chosen:
        raise BadInput("The document is a zip file without a .docx or .hwpx text.", _FORMATS, code="old_format")
    if any(i.flag_bits & 1 for i in chosen):
        raise BadInput(
            "The office file is protected by a password.", "Save it without one, or send plain text.", code="password"
        )
    if sum(i.file_size for i in chosen) > MAX_XML_BYTES:
        raise BadInput("The office file unpacks to too much text.", "Send the part that matters.", code="too_large")
    return [i.filename for i in chosen]


def _events(xml: bytes) -> Iterator[tuple[str, Any]]:
    # No document type, a limited size and depth: what makes the standard reader unsafe cannot be in it.
    return iter(ElementTree.iterparse(io.BytesIO(xml), ("start", "end")))  # noqa: S314


def _paragraphs(xml: bytes) -> str:
    """The text of the paragraphs of WordprocessingML or OWPML: elements `p` that hold `t`, tabs and line breaks."""
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise BadInput("The office file declares its own entities.", "Save it again, or send plain text.")
    lines: list[str] = [""]
    depth = skipped = 0
    for event, element in _events(xml):
        tag = element.tag.rpartition("}")[2]
        step = 1 if event == "start" else -1
        depth += step
        if depth > MAX_XML_DEPTH:
            raise BadInput("The office file is nested too deep.", "Save it again, or send plain text.")
        if tag == "Fallback":  # the same box once more, for programs that cannot show the first
            skipped += step
        elif skipped or event == "start":
            continue
        elif tag == "t":
            lines[-1] += "".join(element.itertext())
        elif tag in ("tab", "br", "cr", "lineBreak"):
            lines[-1] += " "
        elif tag == "p":
            lines.append("")
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())
