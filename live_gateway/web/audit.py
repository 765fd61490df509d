"""The audit trail as a page, for auditors."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from include.interview.errors import NotFound
from include.storage import AuditEntry
from live_gateway.web.page_scope import PageRequest
from live_gateway.web.rendering import page
from live_gateway.web.staff import PER_PAGE, PageNumber, Part, staff_scope
from tasks.privacy.audit_answers import Question, answered

Subject = Annotated[str, QueryParameter(name="subject", max_length=128)]
About = Annotated[str, QueryParameter(name="about", max_length=64)]
ActionName = Annotated[str, QueryParameter(name="action", max_length=64)]


@get("/audit")
async def audit_page(
    request: PageRequest,
    number: PageNumber = 1,
    subject: Subject = "",
    action: ActionName = "",
    verify: FromQuery[bool] = False,
    about: About = "",
    question: FromQuery[Question] = "seen",
) -> Response[str]:
    """Entries newest first: all, those of a subject or act, or those that answer who saw somebody.

    With `verify` the whole trail is recomputed and compared with its signed heads.
    """
    scope = staff_scope(request, "audit.read")
    subject, action = subject.strip(), action.strip()
    trail = scope.stores.audit
    shown, about = (PER_PAGE + 1, (number - 1) * PER_PAGE), about.strip().lower()
    unknown = False
    found: tuple[AuditEntry, ...]
    if about:
        try:
            found = await scope.run(answered, scope.stores, about, question, *shown)
        except NotFound:
            found, unknown = (), True
    else:
        found = await scope.run(trail.page, *shown, subject=subject, action=action)
    report = await scope.run(scope.stores.audit_heads.verify) if verify else None
    accounts = await scope.run(scope.stores.accounts.list)
    asked = {name: value for name, value in (("subject", subject), ("action", action)) if value}
    asked |= {"about": about, "question": question} if about else {}
    return await page(
        request,
        scope,
        "audit.html.j2",
        entries=found[:PER_PAGE],
        part=Part(number, len(found) > PER_PAGE),
        report=report,
        subject=subject,
        action=action,
        about=about,
        question=question,
        unknown=unknown,
        query=urlencode(asked),
        logins={one.id: one.login for one in accounts},
    )
