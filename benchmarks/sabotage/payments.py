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
                'headers = {"idempotency-key": key, **JSON}',
                "key = f\"{key}:{__import__('time').monotonic_ns()}\"\n"
                '        headers = {**JSON, "idempotency-key": key}',
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
                "            page = await self._unsettled_after(after, since=since, until=until)\n"
                "            for payment in page:\n                yield payment\n",
                "            page = await self._unsettled_after(after, since=since, until=until)\n"
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
                "(self._payments, self._refunds, self._events, *books, self._waiting)",
                "(self._payments, self._refunds, *books, self._waiting)",
            ),
        ),
    ),
    Sabotage(
        "P16",
        "no book is looked into",
        (
            Change(
                "application/payments/reconciling.py",
                "books = (self._given_up, self._compared) if self.books else ()",
                "books = ()",
            ),
        ),
    ),
    Sabotage(
        "P17",
        "what a gateway tells of another amount is believed",
        (
            Change(
                "domain/payments/payment.py",
                " or report.amount != self.amount:",
                ":",
            ),
        ),
    ),
    Sabotage(
        "P17",
        "a certificate is had from wherever a webhook says",
        (
            Change(
                "adapters/paypal/signatures.py",
                "if not self._is_paypals(signed.cert_url):",
                'if not signed.cert_url.startswith("http"):',
            ),
        ),
    ),
    Sabotage(
        "P18",
        "an order is read without lock, and saved whatever it has become",
        (
            Change(
                "application/payments/settling.py",
                "order = await work.orders.get(known.order_id, lock=True)",
                "order = await work.orders.get(known.order_id)",
            ),
            Change(
                "adapters/postgres/payments.py",
                "WHERE id = :id AND version = :loaded_version",
                "WHERE id = :id AND version >= 0 * :loaded_version",
            ),
            Change(
                "adapters/postgres/orders/repository.py",
                "WHERE id = :id AND version = :loaded_version",
                "WHERE id = :id AND version >= 0 * :loaded_version",
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
    Sabotage(
        "P20",
        "the gateway is asked before the payment's row is committed",
        (
            Change(
                "application/payments/paying.py",
                "            await work.payments.add(intended)\n            await tell(",
                "            await work.payments.add(intended)\n"
                "            await gateway.create_intent(intended)\n            await tell(",
            ),
        ),
    ),
    Sabotage(
        "P24",
        "a mail is sent before what it tells of is committed",
        (
            Change(
                "application/payments/settling.py",
                "    await work.orders.save(moved)\n    return PaymentView(",
                "    await work.orders.save(moved)\n"
                "    from automate_store.application.posting import post\n"
                "    from automate_store.domain.notifications import order_confirmation\n"
                "    if moved.paid and not order.paid:\n"
                "        letter, mail_id = order_confirmation(moved), ports.ids.uuid()\n"
                "        await post(letter, moved.email, mail_id=mail_id, ports=ports)\n"
                "    return PaymentView(",
            ),
            Change(
                "application/reactions.py",
                "    OrderPaid: notifications.mail_confirmation,\n",
                "",
            ),
        ),
    ),
)
