"""Logging in, where that leads, and the language of the pages."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, urlsplit

from litestar import Response, get
from litestar.datastructures import Cookie
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from include.security.passwords import MIN_CHARS
from live_gateway.web.page_scope import LANGUAGE_COOKIE, PUBLIC, PageRequest, page_scope, reader_of
from live_gateway.web.rendering import page, public_page
from live_gateway.web.texts import LANGUAGES

LANGUAGE_DAYS = 365
MAX_ADDRESS = 500
NextAddress = Annotated[str | None, QueryParameter(name="next", required=False)]


def local_address(given: str | None) -> str:
    """`given` when it is a path on this host, else "/": a link to us never redirects to another host."""
    if not given or len(given) > MAX_ADDRESS or not given.isprintable() or "\\" in given:
        return "/"
    parts = urlsplit(given)
    inside = not parts.scheme and not parts.netloc and given.startswith("/") and not given.startswith("//")
    return given if inside else "/"


def login_address(request: PageRequest) -> str:
    """The address of the login page, with the requested path as the place to return to."""
    path = request.url.path
    return "/login" if path == "/" else f"/login?next={quote(path)}"


def home_of(role: str) -> str:
    """The first page of a role."""
    return "/me" if role == "candidate" else "/home"


@get("/", sync_to_thread=False)
def home(request: PageRequest) -> Redirect:
    """Redirect to the first page of the caller's role, or to the login page."""
    reader = reader_of(request)
    return Redirect("/login" if reader is None else home_of(reader.role), status_code=303)


@get("/login", sync_to_thread=False, opt={PUBLIC: True})
def login_page(request: PageRequest, next_address: NextAddress = None) -> Response[str]:
    """The login form; it is sent by script to the interface, which sets the cookie."""
    return public_page(request, "login.html.j2", next_address=local_address(next_address))


@get("/activate", sync_to_thread=False, opt={PUBLIC: True})
def activation_page(request: PageRequest) -> Response[str]:
    """The form for a first or forgotten password; the link's token stands behind `#` and never reaches a log."""
    return public_page(request, "activate.html.j2", min_chars=MIN_CHARS)


@get("/account")
async def account_page(request: PageRequest) -> Response[str]:
    """One's own login: the password, and logging out everywhere."""
    scope = page_scope(request, "account.own_password")
    scope.require()
    account = await scope.run(scope.stores.accounts.get, scope.caller.account_id)
    logins = await scope.run(scope.stores.logins.open_of, scope.caller.account_id)
    return await page(request, scope, "account.html.j2", account=account, logins=logins, min_chars=MIN_CHARS)


@get("/language/{code:str}", sync_to_thread=False, opt={PUBLIC: True})
def choose_language(code: FromPath[str], next_address: NextAddress = None) -> Redirect:
    """Show the pages in another language from now on."""
    cookies: list[Cookie] = []
    if code in LANGUAGES:
        cookies.append(Cookie(key=LANGUAGE_COOKIE, value=code, path="/", max_age=LANGUAGE_DAYS * 86400, samesite="lax"))
    return Redirect(local_address(next_address), status_code=303, cookies=cookies)
