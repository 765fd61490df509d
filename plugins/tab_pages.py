"""What the tabs in Airflow share: whole pages in the reader's language, and errors as sentences. Defines no plugin."""

from __future__ import annotations

import html
from collections.abc import Mapping

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse

LANGUAGES = ("ko", "en")
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
ANYWHERE = {
    401: {
        "ko": "로그인이 필요합니다. Airflow에 로그인한 뒤 다시 열어 주세요.",
        "en": "You are not logged in. Log in to Airflow, then open this page again.",
    },
    403: {
        "ko": "이 DAG를 볼 권한이 없습니다. 관리자에게 권한을 요청해 주세요.",
        "en": "You may not read this DAG. Ask an administrator for access.",
    },
    422: {
        "ko": "주소가 올바르지 않습니다. 탭을 다시 열어 주세요.",
        "en": "The address is not one of this page's. Open the tab again.",
    },
    503: {
        "ko": "저장소에 연결할 수 없습니다. 잠시 뒤 다시 열어 주세요. 계속되면 운영자에게 알려 주세요.",
        "en": "The store cannot be reached. Open this page again in a moment; if it stays, tell the operator.",
    },
}
"""Status -> language -> what every tab says about it."""


def preferred_language(header: str) -> str:
    """`ko` or `en`, whichever the Accept-Language header ranks first (RFC 9110, 12.5.4); else Korean."""
    ranked: list[tuple[float, str]] = []
    for part in header.split(","):
        name, _, weight = part.strip().partition(";q=")
        tag = name.strip().lower().split("-")[0]
        if tag in LANGUAGES:
            try:
                ranked.append((float(weight) if weight else 1.0, tag))
            except ValueError:
                continue
    return max(ranked, key=lambda item: item[0])[1] if ranked else "ko"


def reader_language(request: Request) -> str:
    """The language that the request's reader prefers, `ko` or `en`."""
    return preferred_language(request.headers.get("accept-language", ""))


def whole_page(title: str, body: str, language: str, status: int = 200) -> HTMLResponse:
    """A whole page around `body` (markup), in `language`, that no cache keeps and no other site frames."""
    document = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title></head>"
        f'<body style="margin:0;background:#fff;color:#1b1f24;font-family:system-ui,sans-serif">{body}</body></html>'
    )
    return HTMLResponse(document, status_code=status, headers=HEADERS)


def answer_in_sentences(app: FastAPI, title: Mapping[str, str], sentences: Mapping[int, Mapping[str, str]]) -> None:
    """Have `app` answer errors by a sentence in the reader's language instead of JSON.

    Args:
        title: language -> the page's title.
        sentences: status -> language -> sentence, beside those of `ANYWHERE`.
    """
    known = {**ANYWHERE, **sentences}

    @app.exception_handler(RequestValidationError)
    @app.exception_handler(HTTPException)
    async def say_it(request: Request, error: HTTPException | RequestValidationError) -> HTMLResponse:
        language = reader_language(request)
        status = error.status_code if isinstance(error, HTTPException) else 422
        sentence = known.get(status, ANYWHERE[503])[language]
        style = "max-width:38rem;margin:4rem auto;padding:0 1rem;line-height:1.6"
        body = f'<main style="{style}"><h1>{status}</h1><p>{html.escape(sentence)}</p></main>'
        return whole_page(title[language], body, language, status)
