"""`./triview accounts …`: who may log in to the gateway."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from cli.console import out, print_json
from cli.options import Json, check_choice
from cli.session import local_stores

STAFF_ROLES = ("hr", "interviewer", "reviewer", "auditor", "operator", "service")

accounts_app = typer.Typer(no_args_is_help=True, help="Logins of the gateway's pages and REST interface.")


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
    login: Annotated[str, typer.Argument(help="The login name.")],
    role: Annotated[str, typer.Option("--role", help=f"One of: {', '.join(STAFF_ROLES)}.")] = "interviewer",
    as_json: Json = False,
) -> None:
    """Add a member of staff; the generated password is shown once. Candidates get theirs from HR's page."""
    from tasks.administration import new_password

    chosen = check_choice(role, STAFF_ROLES, "--role")
    password = new_password()
    with local_stores() as (stores, _):
        account = stores.accounts.create(login, password, chosen)
    if as_json:
        print_json({"id": account.id, "login": login, "role": chosen, "password": password})
    else:
        out.print(f"login     {login}\nrole      {chosen}\npassword  {password}", highlight=False)


@accounts_app.command("list")
def listing(as_json: Json = False) -> None:
    """Show the accounts: ids, logins, roles."""
    with local_stores() as (stores, _):
        found = stores.accounts.list()
    if as_json:
        print_json([{"id": a.id, "login": a.login, "role": a.role, "active": a.active} for a in found])
        return
    for account in found:
        state = "" if account.active else "  (closed)"
        out.print(f"{account.id}  {account.role:<12} {account.login}{state}", highlight=False, markup=False)


@accounts_app.command("password")
def password(login: Annotated[str, typer.Argument(help="The login name.")] = "admin", as_json: Json = False) -> None:
    """Give an account a new generated password, shown once."""
    from tasks.administration import new_password

    fresh = new_password()
    with local_stores() as (stores, _):
        account = stores.accounts.by_login(login)
        stores.accounts.set_password(account.id, fresh)
    if as_json:
        print_json({"login": login, "password": fresh})
    else:
        out.print(f"login     {login}\npassword  {fresh}", highlight=False)
