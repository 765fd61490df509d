"""The audit trail as a page, for auditors."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from live_gateway.web.page_scope import PageRequest
from live_gateway.web.rendering import page
from live_gateway.web.staff import PER_PAGE, PageNumber, Part, staff_scope

Subject = Annotated[str, QueryParameter(name="subject", max_length=128)]
ActionName = Annotated[str, QueryParameter(name="action", max_length=64)]


@get("/audit")
async def audit_page(
    request: PageRequest,
    number: PageNumber = 1,
    subject: Subject = "",
    action: ActionName = "",
    verify: FromQuery[bool] = False,
) -> Response[str]:
    """Entries newest first, those of a subject or act where asked; with `verify` the whole chain is recomputed."""
    scope = staff_scope(request, "audit.read")
    subject, action = subject.strip(), action.strip()
    trail = scope.stores.audit
    found = await scope.run(trail.page, PER_PAGE + 1, (number - 1) * PER_PAGE, subject=subject, action=action)
    report = await scope.run(scope.stores.audit_heads.verify) if verify else None
    accounts = await scope.run(scope.stores.accounts.list)
    asked = {name: value for name, value in (("subject", subject), ("action", action)) if value}
    return await page(
        request,
        scope,
        "audit.html.j2",
        entries=found[:PER_PAGE],
        part=Part(number, len(found) > PER_PAGE),
        report=report,
        subject=subject,
        action=action,
        query=urlencode(asked),
        logins={one.id: one.login for one in accounts},
    )
