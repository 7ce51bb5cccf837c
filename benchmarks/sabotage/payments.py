"""What breaks the promises of money that gateways move."""

from __future__ import annotations

from benchmarks.sabotage.breaking import Change, Sabotage

PAYMENTS: tuple[Sabotage, ...] = (
    Sabotage(
        "P10",
        "what a gateway's desk gave back is not heard of",
        (
            Change(
                "application/payments/hearing.py",
                "    if isinstance(news, RefundNews):",
                "    if isinstance(news, RefundNews) and news.refund_id is not None:",
            ),
        ),
    ),
    Sabotage(
        "P14",
        "a gateway is asked again under another key",
        (
            Change(
                "adapters/fake/gateway.py",
                'headers = {"idempotency-key": key, "content-type": "application/json"}',
                "key = f\"{key}:{__import__('time').monotonic_ns()}\"\n"
                '        headers = {"content-type": "application/json", "idempotency-key": key}',
            ),
        ),
    ),
    Sabotage(
        "P15",
        "an event that was told before is kept again",
        (
            Change(
                "application/payments/hearing.py",
                "told = ToldEvent.of(event, id=told_id, gateway=gateway, at=ports.clock())",
                "again = __import__('attrs').evolve(event, id=f'{event.id}:{told_id.hex}')\n"
                "    told = ToldEvent.of(again, id=told_id, gateway=gateway, at=ports.clock())",
            ),
        ),
    ),
    Sabotage(
        "P15",
        "the last report counts, whatever was heard before",
        (
            Change(
                "domain/payments/payment.py",
                "leads = report.state is self.state or report.state in MOVES[self.state]",
                "leads = True",
            ),
        ),
    ),
    Sabotage(
        "P16",
        "intents that the store has no name for are skipped",
        (
            Change(
                "application/payments/reconciling.py",
                "            for payment in page:\n                yield payment\n",
                "            for payment in page:\n"
                "                if payment.intent_id is not None:\n"
                "                    yield payment\n",
            ),
        ),
    ),
    Sabotage(
        "P16",
        "the list of what happened is not read",
        (
            Change(
                "application/payments/reconciling.py",
                "(self._payments, self._refunds, self._events, self._waiting)",
                "(self._payments, self._refunds, self._waiting)",
            ),
        ),
    ),
    Sabotage(
        "P19",
        "money that came too late is kept",
        (
            Change(
                "application/payments/settling.py",
                "after = await keep_no_more(after, payments, NOT_WANTED, "
                "work=work, actor=actor, ports=ports)",
                "assert after is not None",
            ),
        ),
    ),
)
