"""`./triview accounts …`: who may log in to the gateway."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.console import out, print_json
from cli.options import Json, check_choice
from cli.session import local_stores

if TYPE_CHECKING:
    from include.storage import Stores
    from include.storage.repositories.accounts import Account

STAFF_ROLES = ("hr", "interviewer", "reviewer", "auditor", "operator", "service")
DEFAULT_URL = "http://127.0.0.1:8090"

accounts_app = typer.Typer(no_args_is_help=True, help="Logins of the gateway's pages and REST interface.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="The login name.")]
Url = Annotated[str, typer.Option("--url", help="Where the gateway's pages are, for the link.")]


@accounts_app.command("first")
def first(as_json: Json = False) -> None:
    """Make the login `admin` (role hr) when there is no account yet. TRIVIEW_FIRST_PASSWORD sets its password."""
    from include.settings import secret
    from tasks.administration import ensure_first_account

    chosen = secret(os.environ, "TRIVIEW_FIRST_PASSWORD")
    with local_stores() as (stores, _):
        login, password = ensure_first_account(stores, "admin", chosen)
    given = chosen is not None
    if as_json:
        print_json({"login": login, "password": None if given else password})
    elif password is None:
        out.print("There is an account already; nothing was changed.")
    else:
        out.print(f"login     {login}", highlight=False)
        out.print("password  as in TRIVIEW_FIRST_PASSWORD" if given else f"password  {password}", highlight=False)


@accounts_app.command("add")
def add(
    login: Name,
    role: Annotated[str, typer.Option("--role", help=f"One of: {', '.join(STAFF_ROLES)}.")] = "interviewer",
    url: Url = DEFAULT_URL,
    as_json: Json = False,
) -> None:
    """Add a member of staff; the link by which they set their password is shown once. Candidates get theirs from HR.

    Accounts of HR, auditors, operators and services wait until an HR account has confirmed them on the page Accounts.
    """
    chosen = check_choice(role, STAFF_ROLES, "--role")
    with local_stores() as (stores, _):
        account = stores.accounts.create(login, None, chosen)
        link = _link(stores, account, url)
    _show(account, as_json=as_json, activation=link)


@accounts_app.command("list")
def listing(as_json: Json = False) -> None:
    """Show the accounts: ids, logins, roles, and which are closed or wait for something."""
    with local_stores() as (stores, _):
        found = stores.accounts.list()
    if as_json:
        print_json([_plain(account) for account in found])
        return
    for account in found:
        state = _state(account)
        shown = "" if state == "active" else f"  ({state.replace('_', ' ')})"
        out.print(f"{account.id}  {account.role:<12} {account.login}{shown}", highlight=False, markup=False)


@accounts_app.command("activate")
def activate(login: Name, url: Url = DEFAULT_URL, as_json: Json = False) -> None:
    """Make an activation link, by which whoever has it sets the account's password, once and within 72 hours.

    Links made before are worthless then. The account of HR, an auditor, operator or service waits for confirmation.
    """
    with local_stores() as (stores, _):
        account = stores.accounts.by_login(login)
        link = _link(stores, account, url)
        account = stores.accounts.get(account.id)
    _show(account, as_json=as_json, activation=link)


@accounts_app.command("password")
def password(
    login: Name = "admin",
    from_stdin: Annotated[bool, typer.Option("--stdin", help="Read the password from standard input.")] = False,
    as_json: Json = False,
) -> None:
    """Give an account a new password, a generated one that is shown once unless --stdin. All its logins end."""
    from tasks.administration import new_password

    fresh = sys.stdin.readline().rstrip("\r\n") if from_stdin else new_password()
    with local_stores() as (stores, _):
        account = stores.accounts.set_password(stores.accounts.by_login(login).id, fresh)
    _show(account, as_json=as_json, password=None if from_stdin else fresh)


@accounts_app.command("close")
def close(login: Name, as_json: Json = False) -> None:
    """Close an account: nobody logs in with it, its logins end at once and its open sockets within 2 s."""
    with local_stores() as (stores, _):
        account = stores.accounts.close(stores.accounts.by_login(login).id)
    _show(account, as_json=as_json)


@accounts_app.command("open")
def reopen(login: Name, as_json: Json = False) -> None:
    """Open a closed account again, with the password it had. Logins from before stay ended."""
    with local_stores() as (stores, _):
        account = stores.accounts.open(stores.accounts.by_login(login).id)
    _show(account, as_json=as_json)


@accounts_app.command("confirm")
def confirm(login: Name, as_json: Json = False) -> None:
    """Confirm, as the second person, an account that an HR account asked for. All users of this command are one."""
    with local_stores() as (stores, _):
        account = stores.accounts.confirm(stores.accounts.by_login(login).id)
    _show(account, as_json=as_json)


def _link(stores: Stores, account: Account, url: str) -> dict[str, str]:
    issued = stores.activations.issue(account.id)
    return {"url": f"{url.rstrip('/')}/activate#{issued.token}", "expires_at": issued.expires_at}


def _state(account: Account) -> str:
    if not account.active:
        return "closed"
    if account.proposed_by:
        return "awaits_second_person"
    return "active" if account.activated else "awaits_activation"


def _plain(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "login": account.login,
        "role": account.role,
        "active": account.active,
        "state": _state(account),
    }


def _show(account: Account, *, as_json: bool, **more: Any) -> None:
    if as_json:
        print_json(_plain(account) | more)
        return
    out.print(f"login     {account.login}\nrole      {account.role}", highlight=False, markup=False)
    out.print(f"state     {_state(account).replace('_', ' ')}", highlight=False, markup=False)
    if more.get("activation") is not None:
        out.print(f"link      {more['activation']['url']}", highlight=False, markup=False, soft_wrap=True)
        out.print(f"          until {more['activation']['expires_at'][:16]} UTC, once", highlight=False, markup=False)
    if more.get("password") is not None:
        out.print(f"password  {more['password']}", highlight=False, markup=False)
