"""
Somebody is taken out of what stays, and what is only theirs goes; by ownership alone.

Names are common words: nothing here looks for a text. What ledgers need of an order is
left: its number, items and amounts, and the country, state and postal code that taxes are
due to. A guest's order under an e-mail that nobody proved is nobody's: it stays as it is.
"""

from __future__ import annotations

from sqlalchemy import text

from automate_store.adapters.postgres.rows import json_text
from automate_store.adapters.postgres.session import Session
from automate_store.domain.identity import NOBODY, Account, deleted_email

_ORDERS = text("""
    UPDATE orders SET guest_email = :nobodys, notes = NULL, admin_notes = NULL,
        cancelled_reason = NULL, version = version + 1,
        shipping_address = shipping_address || CAST(:nobody AS jsonb),
        billing_address = billing_address || CAST(:nobody AS jsonb)
    WHERE user_id = :id
""")

# Why an order expired is the clock's word; all other reasons were typed by somebody.
_TIMELINES = text("""
    UPDATE order_events e SET
        reason = CASE WHEN e.kind = 'order_expired' THEN e.reason END,
        actor = CASE WHEN e.actor = :email THEN CAST(:nobodys AS text) ELSE e.actor END
    FROM orders o WHERE o.id = e.order_id AND o.user_id = :id
""")

_PAYMENTS = text("""
    UPDATE payments p SET gateway_response = '{}', failure = NULL, version = p.version + 1
    FROM orders o WHERE o.id = p.order_id AND o.user_id = :id
""")

_REFUNDS = text("""
    UPDATE refunds r SET reason = '', failure = NULL, version = r.version + 1,
        actor = CASE WHEN r.actor = :email THEN CAST(:nobodys AS text) ELSE r.actor END
    FROM orders o WHERE o.id = r.order_id AND o.user_id = :id
""")

_RETURNS = text("""
    WITH theirs AS (
        UPDATE returns r SET comments = NULL, rejected_reason = NULL, version = r.version + 1
        FROM orders o WHERE o.id = r.order_id AND o.user_id = :id
        RETURNING r.id
    )
    UPDATE return_items i SET refused_reason = NULL FROM theirs WHERE i.return_id = theirs.id
""")

# A reaction that waits, or failed and is kept, carries what its event said.
_JOBS = text("""
    UPDATE procrastinate_jobs SET args = jsonb_set(
        CASE WHEN args #>> '{payload,actor}' = :email
            THEN jsonb_set(args, '{payload,actor}', to_jsonb(CAST(:nobodys AS text)))
            ELSE args END,
        '{payload,reason}', '""', false)
    WHERE (args #>> '{payload,reason}' <> '' OR args #>> '{payload,actor}' = :email)
        AND args #>> '{payload,order_id}' IN (
            SELECT CAST(id AS text) FROM orders WHERE user_id = :id)
""")

_JOBS_TO_THEM = text("""
    UPDATE procrastinate_jobs SET args = jsonb_set(args, '{payload,before}', '""')
    WHERE args #>> '{payload,before}' <> ''
        AND args #>> '{payload,account_id}' = CAST(CAST(:id AS uuid) AS text)
""")

_USES = text("UPDATE coupon_usage SET email = :nobodys WHERE user_id = :id")

# Whoever asks again with the key of then is no longer anybody.
_ANSWERS = text("""
    DELETE FROM idempotency_keys k USING orders o WHERE o.id = k.order_id AND o.user_id = :id
""")

_TRAIL_OF = text("""
    UPDATE audit_trail SET before = NULL, after = NULL
    WHERE subject IN (
        SELECT 'account:' || CAST(:id AS uuid)
        UNION ALL SELECT 'order:' || id FROM orders WHERE user_id = :id
        UNION ALL SELECT 'order:' || order_number FROM orders WHERE user_id = :id)
""")

_TRAIL_BY = text("UPDATE audit_trail SET actor = :nobodys WHERE user_id = :id")

_OPEN_CARTS = text("""
    DELETE FROM carts WHERE merged_into = :id OR (user_id = :id AND order_id IS NULL)
""")

_OTHER_CARTS = text("""
    UPDATE carts SET email = NULL, version = version + 1
    WHERE email IS NOT NULL AND id IN (
        SELECT cart_id FROM orders WHERE user_id = :id
        UNION ALL SELECT id FROM carts WHERE :email_verified AND email = :email)
""")

_ADDRESSES = text("DELETE FROM addresses WHERE user_id = :id")

_SESSIONS = text("DELETE FROM sessions WHERE user_id = :id")

_LINKS = text("DELETE FROM mailed_links WHERE user_id = :id")

_REVIEWS = text("DELETE FROM product_reviews WHERE user_id = :id")

_WISHES = text("DELETE FROM wishlists WHERE user_id = :id")

_VISITS = text("DELETE FROM analytics_events WHERE user_id = :id")

_OWNERS_COLUMNS = text("""
    UPDATE users SET email_verification_token = NULL, password_reset_token = NULL,
        password_reset_expires = NULL
    WHERE id = :id
""")

STATEMENTS = {
    "orders": _ORDERS,
    "timelines": _TIMELINES,
    "payments": _PAYMENTS,
    "refunds": _REFUNDS,
    "returns": _RETURNS,
    "jobs": _JOBS,
    "jobs to them": _JOBS_TO_THEM,
    "uses": _USES,
    "answers": _ANSWERS,
    "trail of them": _TRAIL_OF,
    "trail by them": _TRAIL_BY,
    "open carts": _OPEN_CARTS,
    "other carts": _OTHER_CARTS,
    "addresses": _ADDRESSES,
    "sessions": _SESSIONS,
    "links": _LINKS,
    "reviews": _REVIEWS,
    "wishes": _WISHES,
    "visits": _VISITS,
    "owner's columns": _OWNERS_COLUMNS,
}
"""Each by what it erases; none depends on another one."""


async def erase(account: Account, session: Session) -> None:
    """The account's rows without the person; its own row is saved by whoever asks."""
    params = to_params(account)
    for statement in STATEMENTS.values():
        await session.later(statement, params)
    await session.flush()


def to_params(account: Account) -> dict[str, object]:
    """What the statements need to know of the account."""
    return {
        "id": account.id,
        "email": account.email,
        "email_verified": account.email_verified,
        "nobodys": deleted_email(account.id),
        "nobody": json_text(NOBODY),
    }
