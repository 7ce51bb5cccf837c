"""Route of the audit trail: for staff."""

from __future__ import annotations

from automate_store.application import auditing as use_cases
from automate_store.application.access import Permission
from automate_store.application.errors import BadCursor
from automate_store.domain.kernel.ids import UserId
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.auditing import AuditQuery, AuditTrail, audit_trail
from automate_store.entrypoints.http.wire.paging import id_before, one_page

staff_routes = Routes("Staff: audit")


@staff_routes.get(
    "/admin/audit",
    summary="Read the audit trail",
    raises=(BadCursor,),
    needs=Permission.READ_AUDIT,
)
async def read_audit(call: Call, query: AuditQuery) -> AuditTrail:
    """
    Every change by staff, newest first: who, when, what, and what it was before and after.

    Secrets are never in it; long texts and lists are cut, and say so.
    """
    found = await use_cases.read_audit(
        subject=query.subject,
        account_id=UserId(query.account_id) if query.account_id else None,
        before=id_before(query),
        limit=query.limit + 1,
        actor=call.actor,
        ports=call.ports,
    )
    page, cursor = one_page(found, query, lambda each: each.id)
    return audit_trail(page, cursor)
