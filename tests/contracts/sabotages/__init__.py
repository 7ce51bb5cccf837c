"""
Adapters broken on purpose: every method of every repository's port, in one way or several.

A sabotage is a function that takes the repository, its own method as it was, and what the
method was called with.
"""

from __future__ import annotations

from automate_store.application.ports.carts import Carts
from automate_store.application.ports.catalog import CatalogQueries, Products, Shelf
from automate_store.application.ports.coupons import Coupons
from automate_store.application.ports.history import OrderHistory
from automate_store.application.ports.inventory import Stock
from automate_store.application.ports.keys import Keys
from automate_store.application.ports.methods import SavedMethods
from automate_store.application.ports.order_lists import OrderLists
from automate_store.application.ports.orders import Orders, Payments, Refunds
from automate_store.application.ports.pricing import Rules
from automate_store.application.ports.returns import Returns
from automate_store.application.ports.told import Disputes, ToldEvents
from automate_store.entrypoints.properties.contracts import (
    CartsContract,
    CatalogQueriesContract,
    CouponsContract,
    DisputesContract,
    KeysContract,
    OrderHistoryContract,
    OrderListsContract,
    OrdersContract,
    PaymentsContract,
    PaymentsToSettleContract,
    ProductsContract,
    RefundsContract,
    RefundsToSettleContract,
    ReturnsContract,
    RulesContract,
    SavedMethodsContract,
    ShelfContract,
    StockContract,
    ToldEventsContract,
)
from tests.contracts.sabotages.carts import OF_CARTS
from tests.contracts.sabotages.coupons import OF_COUPONS, OF_PROMOTIONS
from tests.contracts.sabotages.identity import OF_ACCOUNTS, OF_THE_REST
from tests.contracts.sabotages.making import (
    Broken,
    Sabotage,
    answers,
    backwards,
    does_nothing,
    sabotages,
)
from tests.contracts.sabotages.methods import OF_METHODS
from tests.contracts.sabotages.order_lists import FORGETFUL
from tests.contracts.sabotages.products import OF_STAFF, begins_anew
from tests.contracts.sabotages.returns import OF_RETURNS
from tests.contracts.sabotages.sessions import OF_LINKS, OF_SESSIONS
from tests.contracts.sabotages.told import (
    OF_DISPUTES,
    OF_PAYMENTS_TO_SETTLE,
    OF_REFUNDS_TO_SETTLE,
    OF_TOLD_EVENTS,
)
from tests.contracts.sabotages.ways import (
    applies_what_it_read_before,
    applies_without_asking,
    asks_before_the_lock,
    asks_without_a_lock,
    backwards_streamed,
    closes_what_has_ended,
    deletes_too_much,
    forgets_lost_parcels,
    forgets_the_threshold,
    gets_without_a_lock,
    holds_without_a_lock,
    ignores_the_version,
    is_a_moment_late,
    is_anybodys_key,
    keeps_the_last_answer,
    knows_emails_alone,
    knows_skus_by_their_case,
    lists_regardless,
    locks_emails_alone,
    looks_ahead,
    looks_without_a_lock,
    never_ends,
    puts_quantities_too,
    sells_everybodys,
    sells_what_is_not_active,
    takes_no_limit,
)

__all__ = ["SABOTAGES", "Broken", "Sabotage"]

SABOTAGES = [
    *sabotages(
        StockContract,
        Stock,
        "stock",
        {
            "of": [answers({})],
            "apply": [applies_without_asking, applies_what_it_read_before],
            "put": [puts_quantities_too, does_nothing],
            "hold": [does_nothing],
            "held": [looks_without_a_lock, backwards],
            "close": [closes_what_has_ended, does_nothing],
            "claim": [does_nothing],
            "press": [does_nothing],
            "record": [does_nothing],
            "movements": [backwards],
            "low": [forgets_the_threshold, backwards],
            "committed_orders": [backwards],
            "overdue": [is_a_moment_late, backwards],
        },
    ),
    *sabotages(CartsContract, Carts, "carts", OF_CARTS),
    *sabotages(
        ShelfContract,
        Shelf,
        "shelf",
        {
            "find": [sells_what_is_not_active],
            "of": [answers({})],
            "of_products": [sells_what_is_not_active, answers({})],
        },
    ),
    *sabotages(
        ProductsContract,
        Products,
        "products",
        {
            "by_slugs": [answers({})],
            "get": [answers(None)],
            "taken_skus": [knows_skus_by_their_case, answers({})],
            "add": [does_nothing],
            "save": [ignores_the_version("products"), does_nothing],
            "categories": [answers(())],
            "brands": [answers(())],
            "add_categories": [does_nothing],
            "add_brands": [does_nothing],
            "is_empty": [answers(value=True), answers(value=False)],
            "all": [backwards_streamed],
            **OF_STAFF,
        },
    ),
    *sabotages(
        CatalogQueriesContract,
        CatalogQueries,
        "catalog",
        {
            "version": [answers("1")],
            "list_products": [lists_regardless, never_ends],
            "product": [sells_what_is_not_active],
            "categories": [backwards],
            "brands": [answers(())],
        },
    ),
    *sabotages(
        OrdersContract,
        Orders,
        "orders",
        {
            "get": [gets_without_a_lock],
            "hold": [answers(value=True), answers(value=False), holds_without_a_lock],
            "add": [does_nothing],
            "save": [ignores_the_version("orders"), does_nothing, forgets_lost_parcels],
            "any_of": [
                answers(value=True),
                answers(value=False),
                knows_emails_alone,
                asks_without_a_lock,
                asks_before_the_lock,
                locks_emails_alone,
            ],
            "edits_overdue": [answers(()), backwards, looks_ahead, takes_no_limit],
            "sold_by": [answers(frozenset()), sells_everybodys],
            "timeline": [backwards],
        },
    ),
    *sabotages(
        OrderHistoryContract,
        OrderHistory,
        "history",
        {"find": [answers(None)], "quotes": [backwards, answers(())]},
    ),
    *sabotages(
        OrderListsContract,
        OrderLists,
        "order_lists",
        {"page": [answers(()), backwards, begins_anew, *FORGETFUL]},
    ),
    *sabotages(
        PaymentsContract,
        Payments,
        "payments",
        {
            "get": [answers(None)],
            "of_order": [backwards],
            "add": [does_nothing],
            "save": [ignores_the_version("payments"), does_nothing],
        },
    ),
    *sabotages(
        RefundsContract,
        Refunds,
        "refunds",
        {
            "get": [answers(None)],
            "of_order": [backwards],
            "add": [does_nothing],
            "save": [ignores_the_version("refunds"), does_nothing],
        },
    ),
    *sabotages(PaymentsToSettleContract, Payments, "payments", OF_PAYMENTS_TO_SETTLE),
    *sabotages(RefundsToSettleContract, Refunds, "refunds", OF_REFUNDS_TO_SETTLE),
    *sabotages(ToldEventsContract, ToldEvents, "told", OF_TOLD_EVENTS),
    *sabotages(DisputesContract, Disputes, "disputes", OF_DISPUTES),
    *sabotages(SavedMethodsContract, SavedMethods, "methods", OF_METHODS),
    *sabotages(ReturnsContract, Returns, "returns", OF_RETURNS),
    *sabotages(
        KeysContract,
        Keys,
        "keys",
        {
            "claim": [answers(None), is_anybodys_key],
            "begin": [does_nothing],
            "keep": [keeps_the_last_answer, does_nothing],
            "purge": [deletes_too_much, answers(0)],
        },
    ),
    *sabotages(
        RulesContract,
        Rules,
        "rules",
        {
            "current": [answers(None)],
            "put_shipping_methods": [does_nothing],
            "add_shipping_method": [does_nothing],
            "change_shipping_method": [does_nothing],
            "remove_shipping_method": [does_nothing],
            "add_tax_rate": [does_nothing],
            "change_tax_rate": [does_nothing],
            "remove_tax_rate": [does_nothing],
            "put_tax_rates": [does_nothing],
            **OF_PROMOTIONS,
        },
    ),
    *sabotages(CouponsContract, Coupons, "coupons", OF_COUPONS),
    *OF_ACCOUNTS,
    *OF_SESSIONS,
    *OF_LINKS,
    *OF_THE_REST,
]
