"""Reports as files: their media types, and the answer that makes a browser save one under a name."""

from __future__ import annotations

from urllib.parse import quote

from litestar import Response

from tasks.ranking.stored_reports import Format, Language

MEDIA_TYPES: dict[Format, str] = {
    "html": "text/html",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
PAGES: tuple[Format, ...] = ("html", "pdf")
"""Formats that are written in one of the two languages."""


def download(what: str, subject: str, data: bytes, kind: Format, language: Language, *, blind: bool) -> Response[bytes]:
    """The answer with the file `WHAT-SUBJECT[-blind][-LANGUAGE].KIND`, which no cache keeps."""
    words = [what, subject, *(["blind"] if blind else []), *([language] if kind in PAGES else [])]
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": _saved_as("-".join(words), f"{what}.{kind}", kind),
    }
    return Response(data, media_type=MEDIA_TYPES[kind], headers=headers)


def _saved_as(stem: str, plain: str, kind: Format) -> str:
    """Content-Disposition (RFC 6266): a name that is not ASCII goes percent-encoded beside the name `plain`."""
    name = f"{stem}.{kind}"
    if name.isascii():
        return f'attachment; filename="{name}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
