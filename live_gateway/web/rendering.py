"""From a template and values to a page; templates escape everything, styles and scripts are files of ours."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from litestar import MediaType, Response
from markupsafe import Markup

from include.reporting.formatting import clean, clock, decimal, fixed
from live_gateway.request_scope import RequestScope
from live_gateway.web.assets import asset_url
from live_gateway.web.page_scope import PageRequest, language_of, reader_of
from live_gateway.web.texts import LANGUAGES, Texts

TEMPLATES = Path(__file__).with_name("templates")
HEADERS = {"Cache-Control": "no-store"}
"""Pages hold personal data: no cache keeps them."""


def _finish(value: object) -> object:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finish,
        auto_reload=False,
    )
    environment.globals.update(asset=asset_url, clock=clock, fixed=fixed, decimal=decimal)
    return environment


def _page(request: PageRequest, template: str, t: Texts, values: dict[str, Any]) -> str:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return (
        _environment()
        .get_template(template)
        .render(t=t, language=t.language, languages=LANGUAGES, here=here, texts=t.for_scripts(), **values)
    )


def public_page(request: PageRequest, template: str, status: int = 200, **values: Any) -> Response[str]:
    """A page for somebody who is not, or not known to be, logged in."""
    t = Texts(language_of(request))
    content = _page(request, template, t, {"me": None, "nav": (), "may": lambda _: False, **values})
    return Response(
        content, status_code=status, media_type=MediaType.HTML, headers={**HEADERS, "Content-Language": t.language}
    )


async def page(request: PageRequest, scope: RequestScope, template: str, **values: Any) -> Response[str]:
    """The page `template` makes of `values` for who is logged in."""
    content = _page(
        request,
        template,
        Texts(scope.language),
        {
            "me": scope.caller,
            "nav": _navigation(scope),
            "may": scope.may,
            "renew_s": renew_s(scope),
            "renew_now": _grown_old(request, scope),
            **values,
        },
    )
    return Response(content, media_type=MediaType.HTML, headers={**HEADERS, "Content-Language": scope.language})


def renew_s(scope: RequestScope) -> float:
    """Seconds after which a page that works by itself renews its login: a third of the login's lifetime."""
    return scope.services.settings.token_ttl_s / 3


def _grown_old(request: PageRequest, scope: RequestScope) -> bool:
    """Whether the page's script shall get a new token at once, because a third of this one's life is over."""
    reader = reader_of(request)
    return reader is not None and scope.services.clock() - reader.issued_at > renew_s(scope)


def _navigation(scope: RequestScope) -> tuple[tuple[str, str], ...]:
    """(address, key of the label) of the pages this role has."""
    if scope.caller.role == "candidate":
        return (("/me", "nav.me"),)
    pages = [("/home", "nav.home"), ("/interviews", "nav.interviews")]
    if scope.may("card.review"):
        pages.append(("/reviews", "nav.reviews"))
    if scope.may("contest.list"):
        pages.append(("/contests", "nav.contests"))
    if scope.may("opening.list"):
        pages.append(("/openings", "nav.openings"))
    if scope.may("candidate.list"):
        pages.append(("/candidates", "nav.candidates"))
    if scope.may("account.list"):
        pages.append(("/accounts", "nav.accounts"))
    if scope.may("webhook.manage"):
        pages.append(("/webhooks", "nav.webhooks"))
    if scope.may("audit.read"):
        pages.append(("/audit", "nav.audit"))
    return tuple(pages)
