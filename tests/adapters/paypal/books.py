"""
What a fake PayPal knows and does, after the published API: orders, payments, vault, events.

Each operation answers in PayPal's shapes, or raises ``Problem`` with PayPal's words for it.
Its time goes on by a second with everything that happens.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.paypal.shapes import (
    Json,
    Problem,
    check_amount,
    copied,
    order_of,
    unprocessable,
    value_of,
)

SECOND = timedelta(seconds=1)


class Books:
    """The account's orders and all that came of them; ``base`` begins every link."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.orders: dict[str, Json] = {}
        self.parts: dict[str, Json] = {}
        """Authorisations, captures and refunds by their ids, as they are shown."""
        self.setups: dict[str, Json] = {}
        self.tokens: dict[str, Json] = {}
        self.events: list[Json] = []
        self.agreeable = False
        """Whether every shopper agrees to an order the moment that it is made."""
        self.declines: str | None = None
        """What the next order that is carried out comes to, if not to money."""
        self.review = False
        """Whether money is held for review before it arrives."""
        self.terse = False
        """Whether it shows no setup, and says of nothing that it keeps whose it is."""
        self.endless = False
        """Whether every page of events says that another one follows."""
        self.now = NOON
        self._numbers = itertools.count(1)

    # What PayPal's API does.

    def create_order(self, asked: Json) -> Json:
        if asked.get("intent") not in {"CAPTURE", "AUTHORIZE"} or not asked.get("purchase_units"):
            raise Problem(400, "INVALID_PARAMETER_VALUE")
        unit = asked["purchase_units"][0]
        check_amount(unit["amount"])
        source = asked.get("payment_source", {}).get("paypal")
        order_id = self._id("ORDER")
        page = f"{self.base}/checkoutnow?token={order_id}"
        order = {
            "id": order_id,
            "intent": asked["intent"],
            "status": "CREATED" if source is None else "PAYER_ACTION_REQUIRED",
            "purchase_units": [{"reference_id": "default", **unit}],
            "create_time": self._tick(),
            "links": [
                self._link(f"/v2/checkout/orders/{order_id}", "self"),
                {"href": page, "rel": "approve" if source is None else "payer-action"},
            ],
        }
        if source is not None:
            order["payment_source"] = {"paypal": source}
        self.orders[order_id] = order
        if source is not None and "vault_id" in source:
            self._vaulted(source["vault_id"])
            order["status"] = "APPROVED"
            return self.carry_out(order_id, order["intent"].lower(), {})
        if self.agreeable:
            shown = {**order}
            self.agree(order_id)
            return shown
        return order

    def order(self, order_id: str) -> Json:
        if order_id not in self.orders:
            raise Problem(404, "INVALID_RESOURCE_ID")
        return self.orders[order_id]

    def carry_out(self, order_id: str, verb: str, asked: Json) -> Json:
        order = self.order(order_id)
        source = asked.get("payment_source", {}).get("paypal")
        if verb != order["intent"].lower():
            raise unprocessable("ACTION_DOES_NOT_MATCH_INTENT")
        if order["status"] == "COMPLETED":
            done = "CAPTURED" if verb == "capture" else "AUTHORIZED"
            raise unprocessable(f"ORDER_ALREADY_{done}")
        if source is not None:
            self._vaulted(source["vault_id"])
        elif order["status"] != "APPROVED":
            raise unprocessable("ORDER_NOT_APPROVED")
        if self.declines is not None:
            issue, self.declines = self.declines, None
            raise unprocessable(issue, links=[{**order["links"][1], "rel": "redirect"}])
        unit = order["purchase_units"][0]
        order["status"] = "COMPLETED"
        payments = unit.setdefault("payments", {})
        if verb == "capture":
            payments["captures"] = [self._captured(order, unit["amount"], final=True)]
        else:
            payments["authorizations"] = [self._authorised(order, unit["amount"])]
        self._keep_source(order)
        return order

    def capture_authorised(self, authorization_id: str, asked: Json) -> Json:
        authorization = self.part(authorization_id, "authorizations")
        order = self.orders[order_of(authorization)]
        if authorization["status"] == "VOIDED":
            raise unprocessable("AUTHORIZATION_VOIDED")
        if authorization["status"] == "CAPTURED":
            raise unprocessable("AUTHORIZATION_ALREADY_CAPTURED")
        check_amount(asked["amount"])
        captures = order["purchase_units"][0]["payments"].setdefault("captures", [])
        taken = sum(map(value_of, captures), Decimal(asked["amount"]["value"]))
        # PayPal lets as much as this be captured, for tips and shipping.
        if taken > value_of(authorization) * Decimal("1.15"):
            raise unprocessable("MAX_CAPTURE_AMOUNT_EXCEEDED")
        final = bool(asked.get("final_capture"))
        done = final or taken >= value_of(authorization)
        authorization["status"] = "CAPTURED" if done else "PARTIALLY_CAPTURED"
        capture = self._captured(order, asked["amount"], final=final, of=authorization)
        captures.append(capture)
        return capture

    def void(self, authorization_id: str) -> None:
        authorization = self.part(authorization_id, "authorizations")
        if authorization["status"] == "VOIDED":
            raise unprocessable("PREVIOUSLY_VOIDED")
        if authorization["status"] == "CAPTURED":
            raise unprocessable("PREVIOUSLY_CAPTURED")
        authorization["status"] = "VOIDED"
        self._happened("PAYMENT.AUTHORIZATION.VOIDED", "authorization", authorization)

    def refund(self, capture_id: str, asked: Json) -> Json:
        capture = self.part(capture_id, "captures")
        amount = asked.get("amount") or capture["amount"]
        check_amount(amount)
        if capture["status"] not in {"COMPLETED", "PARTIALLY_REFUNDED"}:
            refunded = capture["status"] == "REFUNDED"
            raise unprocessable("CAPTURE_FULLY_REFUNDED" if refunded else "INVALID_RESOURCE_STATE")
        order = self.orders[order_of(capture)]
        refunds = order["purchase_units"][0]["payments"].setdefault("refunds", [])
        own = [each for each in refunds if each["links"][1]["href"].endswith(capture_id)]
        gone = sum(map(value_of, own), Decimal(amount["value"]))
        if gone > value_of(capture):
            raise unprocessable("REFUND_AMOUNT_EXCEEDED")
        capture["status"] = "REFUNDED" if gone == value_of(capture) else "PARTIALLY_REFUNDED"
        refund_id = self._id("REFUND")
        refund = {
            "id": refund_id,
            "status": "PENDING" if self.review else "COMPLETED",
            "amount": amount,
            # What the caller does not say, a refund takes from its capture.
            "custom_id": asked.get("custom_id", capture.get("custom_id")),
            "invoice_id": asked.get("invoice_id"),
            "create_time": self._tick(),
            "links": [
                self._link(f"/v2/payments/refunds/{refund_id}", "self"),
                self._link(f"/v2/payments/captures/{capture_id}", "up"),
            ],
        }
        self.parts[refund_id] = refund
        refunds.append(refund)
        kind = "PAYMENT.REFUND.PENDING" if self.review else "PAYMENT.CAPTURE.REFUNDED"
        self._happened(kind, "refund", refund)
        return refund

    def send_back(self, refund_id: str) -> None:
        """The bank does not take what went back."""
        refund = self.parts[refund_id]
        refund["status"] = "FAILED"
        self._happened("PAYMENT.REFUND.FAILED", "refund", refund)

    def reverse(self, capture_id: str) -> None:
        """PayPal takes the money back by itself."""
        self.refund(capture_id, {})
        kind = "PAYMENT.CAPTURE.REVERSED"
        self.events[-1] = {**self.events[-1], "event_type": kind, "summary": kind}

    def part(self, part_id: str, kind: str) -> Json:
        found = self.parts.get(part_id)
        if found is None or f"/{kind}/" not in found["links"][0]["href"]:
            raise Problem(404, "INVALID_RESOURCE_ID")
        return found

    def create_setup(self, asked: Json) -> Json:
        setup_id = self._id("SETUP")
        setup = {
            "id": setup_id,
            "status": "PAYER_ACTION_REQUIRED",
            "customer": asked.get("customer") or {"id": self._id("CUSTOMER")},
            "payment_source": asked["payment_source"],
            "links": [
                self._link(f"/v3/vault/setup-tokens/{setup_id}", "self"),
                {"href": f"{self.base}/agreements/approve?token={setup_id}", "rel": "approve"},
            ],
        }
        self.setups[setup_id] = setup
        return setup

    def setup(self, setup_id: str) -> Json:
        if self.terse or setup_id not in self.setups:
            raise Problem(404, "TOKEN_NOT_FOUND")
        return self.setups[setup_id]

    def create_token(self, asked: Json) -> Json:
        setup = self.setups.get(asked["payment_source"]["token"]["id"])
        if setup is None:
            raise unprocessable("TOKEN_NOT_FOUND")
        if setup["status"] != "APPROVED":
            raise unprocessable("SETUP_TOKEN_NOT_APPROVED")
        setup["status"] = "VAULTED"
        kept = self._kept(setup["customer"])
        return {name: kept[name] for name in kept if name != "customer" or not self.terse}

    def tokens_of(self, customer_id: str, page: int, size: int) -> Json:
        own = [each for each in self.tokens.values() if each["customer"]["id"] == customer_id]
        links = [self._link("/v3/vault/payment-tokens", "self")]
        if len(own) > page * size:
            links.append(self._link("/v3/vault/payment-tokens?page=next", "next"))
        return {"payment_tokens": own[(page - 1) * size : page * size], "links": links}

    def forget(self, token_id: str) -> None:
        if self.tokens.pop(token_id, None) is None:
            raise Problem(404, "RESOURCE_NOT_FOUND")

    def events_page(self, query: Mapping[str, str]) -> Json:
        """Newest first, as PayPal lists them."""
        start, end = (datetime.fromisoformat(query[f"{name}_time"]) for name in ("start", "end"))
        found = [
            event
            for event in reversed(self.events)
            if start <= datetime.fromisoformat(event["create_time"]) <= end
        ]
        size, skip = int(query["page_size"]), int(query.get("skip", "0"))
        rest = "&".join(f"{name}={query[name]}" for name in query if name != "skip")
        after = 0 if self.endless else skip + size
        # Whoever follows the host as well would hand its token to somebody else.
        following = {"href": f"https://elsewhere.example/?{rest}&skip={after}", "rel": "next"}
        links = [following] if after < len(found) else []
        return {"events": found[skip : skip + size], "count": size, "links": links}

    # What shoppers, banks and the merchant's own hands do.

    def agree(self, order_id: str, *, card: str | None = None) -> None:
        """The shopper does, by the wallet or by a card's number."""
        order = self.orders[order_id]
        order["status"] = "APPROVED"
        if card is not None:
            shown = {"brand": "VISA", "last_digits": card[-4:], "type": "CREDIT"}
            order["payment_source"] = {"card": shown}
        self._happened("CHECKOUT.ORDER.APPROVED", "checkout-order", order)

    def agree_to_setup(self, setup_id: str) -> None:
        assert self.setups[setup_id]["status"] == "PAYER_ACTION_REQUIRED", "it is agreed to once"
        self.setups[setup_id]["status"] = "APPROVED"

    def decide(self, part_id: str, *, good: bool) -> None:
        """What was held for review arrives, or does not."""
        part = self.parts[part_id]
        kinds = {True: "COMPLETED", False: "DENIED"}
        part["status"] = "COMPLETED" if good else "DECLINED"
        if not good:
            part["status_details"] = {"reason": "PENDING_REVIEW"}
        self._happened(f"PAYMENT.CAPTURE.{kinds[good]}", "capture", part)

    def contest(self, capture_id: str) -> Json:
        capture = self.parts[capture_id]
        dispute = {
            "dispute_id": self._id("PP-D"),
            "disputed_transactions": [
                {"seller_transaction_id": capture_id, "custom": capture["custom_id"]}
            ],
            "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
            "status": "OPEN",
            "dispute_amount": capture["amount"],
        }
        self._happened("CUSTOMER.DISPUTE.CREATED", "dispute", dispute)
        return dispute

    def resolve(self, dispute: Json, outcome: str) -> None:
        ended = {**dispute, "status": "RESOLVED", "dispute_outcome": {"outcome_code": outcome}}
        self._happened("CUSTOMER.DISPUTE.RESOLVED", "dispute", ended)

    # How it keeps its books.

    def _captured(self, order: Json, amount: Json, *, final: bool, of: Json | None = None) -> Json:
        capture_id = self._id("CAPTURE")
        up = f"/v2/checkout/orders/{order['id']}"
        if of is not None:
            up = f"/v2/payments/authorizations/{of['id']}"
        capture = {
            "id": capture_id,
            "status": "PENDING" if self.review else "COMPLETED",
            "amount": amount,
            "final_capture": final,
            "custom_id": order["purchase_units"][0].get("custom_id"),
            "create_time": self._tick(),
            "supplementary_data": {"related_ids": {"order_id": order["id"]}},
            "links": [
                self._link(f"/v2/payments/captures/{capture_id}", "self"),
                self._link(f"/v2/payments/captures/{capture_id}/refund", "refund"),
                self._link(up, "up"),
            ],
        }
        self.parts[capture_id] = capture
        kind = "PENDING" if self.review else "COMPLETED"
        self._happened(f"PAYMENT.CAPTURE.{kind}", "capture", capture)
        return capture

    def _authorised(self, order: Json, amount: Json) -> Json:
        authorization_id = self._id("AUTH")
        authorization = {
            "id": authorization_id,
            "status": "PENDING" if self.review else "CREATED",
            "amount": amount,
            "custom_id": order["purchase_units"][0].get("custom_id"),
            "create_time": self._tick(),
            "supplementary_data": {"related_ids": {"order_id": order["id"]}},
            "links": [
                self._link(f"/v2/payments/authorizations/{authorization_id}", "self"),
                self._link(f"/v2/checkout/orders/{order['id']}", "up"),
            ],
        }
        self.parts[authorization_id] = authorization
        self._happened("PAYMENT.AUTHORIZATION.CREATED", "authorization", authorization)
        return authorization

    def _vaulted(self, token_id: str) -> None:
        if token_id not in self.tokens:
            raise unprocessable("TOKEN_ID_NOT_FOUND")

    def _keep_source(self, order: Json) -> None:
        attributes = order.get("payment_source", {}).get("paypal", {}).get("attributes", {})
        if attributes.get("vault", {}).get("store_in_vault") == "ON_SUCCESS":
            customer = attributes.get("customer") or {"id": self._id("CUSTOMER")}
            token = self._kept(customer)
            attributes["vault"] = {"id": token["id"], "status": "VAULTED", "customer": customer}

    def _kept(self, customer: Json) -> Json:
        token_id = self._id("TOKEN")
        wallet = {"email_address": "ann@example.com", "account_id": "VYYFH3WJ4JPJQ"}
        token = {
            "id": token_id,
            "customer": customer,
            "payment_source": {"paypal": wallet},
            "links": [self._link(f"/v3/vault/payment-tokens/{token_id}", "self")],
        }
        self.tokens[token_id] = token
        self._happened("VAULT.PAYMENT-TOKEN.CREATED", "payment_token", token)
        return token

    def _happened(self, kind: str, resource_type: str, resource: Json) -> None:
        event = {
            "id": self._id("WH"),
            "event_version": "1.0",
            "create_time": self._tick(),
            "resource_type": resource_type,
            "event_type": kind,
            "summary": kind,
            "resource": copied(resource),
        }
        self.events.append(event)

    def _id(self, kind: str) -> str:
        return f"{kind.replace('-', '')}{next(self._numbers):06d}"

    def _tick(self) -> str:
        self.now += SECOND
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _link(self, path: str, rel: str) -> Json:
        return {"href": f"{self.base}{path}", "rel": rel, "method": "GET"}
