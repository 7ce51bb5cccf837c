"""The laws that every quote keeps, whatever the basket, the rules and the steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from attrs import evolve, fields, has

from automate_store.domain.coupons import Coupon, CouponType
from automate_store.domain.kernel.ids import LineId
from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing import (
    EXEMPTION,
    PIPELINE,
    Basket,
    BasketLine,
    PricingRules,
    Quote,
    QuotedLine,
    QuotedShipping,
    Step,
    Subject,
    explain,
    quote,
)
from automate_store.domain.taxes import (
    Levy,
    TaxMode,
    TaxRate,
    TaxRounding,
    gross_of,
    in_order,
    net_of,
)


def assert_every_law(
    basket: Basket, rules: PricingRules, pipeline: tuple[Step, ...] = PIPELINE
) -> Quote:
    """The quote, which adds up, hides nothing and does not depend on how things came."""
    quoted = quote(basket, rules, pipeline)
    assert_quote_adds_up(quoted)
    assert_nothing_is_below_zero(quoted)
    assert_taxes_agree(quoted)
    assert_units_add_up(quoted)
    assert_floors_hold(quoted, basket)
    assert_trail_tells_all(quoted)
    assert_shipping_is_settled_or_says_why(quoted, basket, rules)
    assert_the_rates_in_force_are_borne(quoted, basket, rules)
    assert_order_does_not_matter(basket, rules, pipeline)
    assert_steps_may_run_again(basket, rules, pipeline)
    return quoted


def assert_quote_adds_up(quote: Quote) -> None:
    """The identities of a quote, in whole minor units, in either tax mode."""
    added = quote.tax if quote.tax_mode is TaxMode.EXCLUSIVE else Money.zero(quote.currency)
    before_tax = quote.subtotal - quote.discount + quote.shipping_amount
    assert quote.total == before_tax + added, "total = subtotal - discount + shipping [+ tax]"
    parts = parts_of(quote)
    assert _sum(quote, [part.gross for part in parts]) == quote.total, "grosses sum to the total"
    assert _sum(quote, [part.net for part in parts]) + quote.tax == quote.total, "nets and tax do"
    assert _sum(quote, [part.tax for part in parts]) == quote.tax, "taxes sum to the tax"
    assert _sum(quote, [part.discount for part in parts]) == quote.discount, "discounts sum"
    assert _sum(quote, [line.subtotal for line in quote.lines]) == quote.subtotal, "subtotals sum"
    for part in parts:
        _assert_part_adds_up(part, quote.tax_mode)


def assert_nothing_is_below_zero(quote: Quote) -> None:
    """No amount is negative, and no discount passes what it is taken from."""
    zero = Money.zero(quote.currency)
    assert zero <= quote.discount <= quote.subtotal + quote.shipping_amount
    assert zero <= quote.tax
    assert zero <= quote.total
    for part in parts_of(quote):
        amounts = (part.discount, part.net, part.tax, part.gross)
        assert all(amount >= zero for amount in amounts), "no part is below zero"
        assert all(share.amount >= zero for share in part.taxes), "no tax is below zero"
        assert all(each.amount < zero for each in part.adjustments), "each takes something off"


def assert_taxes_agree(quote: Quote) -> None:
    """What the lines and the shipping bear of each rate is what the rate takes in all."""
    borne: dict[tuple[str, Decimal], tuple[int, int]] = {}
    for part in parts_of(quote):
        taxed = part.net.minor
        for share in part.taxes:
            base, amount = borne.get((share.code, share.rate), (0, 0))
            base += taxed if share.compound else part.net.minor
            borne[share.code, share.rate] = base, amount + share.amount.minor
            taxed += share.amount.minor
    taken: dict[tuple[str, Decimal], tuple[int, int]] = {}
    for total in quote.taxes:
        base, amount = taken.get((total.code, total.rate), (0, 0))
        taken[total.code, total.rate] = base + total.base.minor, amount + total.amount.minor
    assert taken == borne, "lines and rates tell the same taxes"
    assert sum(total.amount.minor for total in quote.taxes) == quote.tax.minor


def assert_units_add_up(quote: Quote) -> None:
    """Units that leave a line one by one take with them exactly what was paid for it."""
    for line in quote.lines:
        for amount, shares in (
            (line.discount, line.discount_shares),
            (line.tax, line.tax_shares),
        ):
            assert 0 <= shares.extra < line.quantity, "fewer odd units than units"
            assert shares.of_first(line.quantity) == amount.minor, "all units bear all of it"
            assert shares.of_first(1) - shares.base == (shares.extra > 0), "the first bear more"
        paid = [line.gross_of_first(units, quote.tax_mode) for units in _some(line.quantity)]
        assert paid == sorted(paid), "no unit gives back less than nothing"
        assert paid[-1] == line.gross, "all units give back all that was paid"


def _some(units: int) -> list[int]:
    """Counts from none to all; a thousand units would tell nothing more than these."""
    return sorted({*range(min(units, 12) + 1), units - 1, units})


def assert_floors_hold(quote: Quote, basket: Basket) -> None:
    """
    No discount pushes a unit below its floor, or further below than its price is.

    The floor is a price of the merchant's, with the tax where prices contain it; an exempt
    customer pays it without.
    """
    for line, quoted in zip(basket.lines, _bought(quote), strict=True):
        if line.minimum_price is not None:
            floor = min(line.minimum_price, line.unit_price) * line.quantity
            left = quoted.subtotal - quoted.discount - relief(quoted)
            assert left >= floor, "the floor price holds"


def assert_trail_tells_all(quote: Quote) -> None:
    """The reasons about lines and shipping sum to the total, tax among them where it is added."""
    *reasons, total = quote.trace
    contained = quote.tax_mode is TaxMode.INCLUSIVE
    counted = [entry.amount for entry in reasons if not (contained and entry.step == "tax")]
    assert _sum(quote, counted) == quote.total, "each cent has its reason"
    assert (total.subject, total.amount) == (Subject.ORDER, quote.total)
    taxes = [entry.amount for entry in reasons if entry.step == "tax"]
    assert _sum(quote, taxes) == quote.tax, "so has each cent of tax"
    about = {entry.line_id for entry in reasons if entry.subject is Subject.LINE}
    assert about == {line.id for line in quote.lines}, "each line is told of"
    assert len(about) == len(quote.lines), "each line has an id of its own"
    assert explain(quote).splitlines()[-1].split() == ["total", f"{quote.total.decimal():f}"]


def assert_shipping_is_settled_or_says_why(
    quote: Quote, basket: Basket, rules: PricingRules
) -> None:
    """Goods to carry are priced, wait for a choice, or name the problem: one of the three."""
    given = {line.variant_id for line in quote.lines if line.gift}
    gifts = [each for each in basket.giveaways if each.variant_id in given]
    needed = any(line.requires_shipping for line in basket.lines)
    needed = needed or any(gift.requires_shipping for gift in gifts)
    states = [quote.shipping is not None, quote.shipping_pending, bool(quote.shipping_problem)]
    assert states.count(True) == needed, "one of the three, and none where nothing is carried"
    pickups = {method.code for method in rules.shipping_methods if method.pickup}
    code = basket.shipping_method
    chosen = code is not None and (basket.destination is not None or code in pickups)
    assert quote.shipping_pending == (needed and not chosen), "pending is waiting for the choice"
    amount = quote.shipping.amount if quote.shipping else Money.zero(quote.currency)
    assert quote.shipping_amount == amount, "no shipping costs nothing"


def assert_the_rates_in_force_are_borne(quote: Quote, basket: Basket, rules: PricingRules) -> None:
    """
    Each line bears the rates of its class, place and time; so does shipping, of those on it.

    An exempt customer bears none.
    """
    there = _in_force(basket, rules)
    for line, quoted in zip(basket.lines, _bought(quote), strict=True):
        _assert_borne(quoted, [rate for rate in there if rate.tax_class == line.tax_class])
    if quote.shipping is not None:
        classes = {m.tax_class for m in rules.shipping_methods if m.code == quote.shipping.method}
        on_it = [rate for rate in there if rate.applies_to_shipping and rate.tax_class in classes]
        _assert_borne(quote.shipping, on_it)


def assert_net_to_gross_and_back_agrees(quote: Quote, basket: Basket, rules: PricingRules) -> None:
    """What a line costs net, shown gross and led back, is within a minor unit for each rate."""
    there, policy = _in_force(basket, rules), rules.policy
    added = policy.tax_mode is TaxMode.EXCLUSIVE
    by_line = policy.tax_rounding_level is TaxRounding.LINE
    for line, quoted in zip(basket.lines, _bought(quote), strict=True):
        levy = Levy.of(rate for rate in there if rate.tax_class == line.tax_class)
        gross = gross_of(quoted.net, levy, policy.tax_rounding)
        assert not (added and by_line) or quoted.gross == gross, "what is shown is what is paid"
        back = net_of(gross, levy, policy.tax_rounding)
        assert abs((back - quoted.net).minor) <= len(levy.rates), "there and back is the same"


def assert_units_come_back_one_by_one(quote: Quote) -> None:
    """Refunding every unit of a line, one by one, gives back exactly what was paid for it."""
    for line in quote.lines:
        paid = [line.gross_of_first(n, quote.tax_mode) for n in range(line.quantity + 1)]
        refunds = [later - earlier for earlier, later in pairwise(paid)]
        assert _sum(quote, refunds) == line.gross, "all that was paid comes back"
        assert all(each.minor >= 0 for each in refunds), "no unit takes money with it"


def assert_exempt_customers_pay_the_net(basket: Basket, rules: PricingRules) -> None:
    """Without promotions, which may compete otherwise, all but the tax is paid, in either mode."""
    alone = evolve(rules, promotions=())
    owing = evolve(basket, shopper=evolve(basket.shopper, tax_exempt=False))
    exempt = evolve(basket, shopper=evolve(basket.shopper, tax_exempt=True))
    taxed, net = quote(owing, alone), quote(exempt, alone)
    assert (net.tax, net.taxes) == (Money.zero(basket.currency), ())
    assert net.total == taxed.total - taxed.tax
    for relieved, part in zip(parts_of(net), parts_of(taxed), strict=True):
        assert relieved.gross == relieved.net == part.net, "each part is paid at its net"


def assert_order_does_not_matter(
    basket: Basket, rules: PricingRules, pipeline: tuple[Step, ...] = PIPELINE
) -> None:
    """Lines, methods, rates and promotions may come in any order."""
    turned = evolve(
        rules,
        shipping_methods=rules.shipping_methods[::-1],
        tax_rates=rules.tax_rates[::-1],
        promotions=rules.promotions[::-1],
    )
    backwards = evolve(basket, lines=basket.lines[::-1], giveaways=basket.giveaways[::-1])
    assert quote(backwards, turned, pipeline) == quote(basket, rules, pipeline)


def assert_steps_may_run_again(
    basket: Basket, rules: PricingRules, pipeline: tuple[Step, ...] = PIPELINE
) -> None:
    """Quoting twice, each step twice, or the whole pipeline twice is quoting once."""
    once = quote(basket, rules, pipeline)
    assert quote(basket, rules, pipeline) == once
    assert quote(basket, rules, tuple(step for step in pipeline for _ in range(2))) == once
    assert quote(basket, rules, pipeline * 2) == once


def assert_a_free_line_changes_nothing_else(
    basket: Basket, rules: PricingRules, line_id: LineId
) -> None:
    """A digital line that costs nothing and bears no tax leaves all else as it was."""
    free = BasketLine(
        id=line_id,
        product_id=basket.lines[0].product_id,
        variant_id=basket.lines[0].variant_id,
        unit_price=Money.zero(basket.currency),
        quantity=1,
        weight_g=0,
        requires_shipping=False,
        tax_class="no such class",
    )
    before = quote(basket, rules)
    after = quote(evolve(basket, lines=(*basket.lines, free)), rules)
    kept = tuple(line for line in after.lines if line.id != line_id)
    assert evolve(after, lines=kept) == before


def assert_only_minor_units_count(basket: Basket, rules: PricingRules, currency: str) -> None:
    """The same minor units in a currency with other decimals give the same minor units."""
    here = quote(basket, rules)
    there = quote(*in_currency(basket, rules, currency))
    assert _told_in_minor_units(there) == _told_in_minor_units(here)


def in_currency(basket: Basket, rules: PricingRules, currency: str) -> tuple[Basket, PricingRules]:
    """
    The same minor units in another currency, for basket and rules alike.

    What is in that one already changes places with it, so that two that differ still do.
    """
    places = {basket.currency: currency, currency: basket.currency}
    return _exchanged(basket, places), _exchanged(rules, places)


def parts_of(quote: Quote) -> tuple[QuotedLine | QuotedShipping, ...]:
    """The lines, and the shipping where there is any."""
    return quote.lines if quote.shipping is None else (*quote.lines, quote.shipping)


def relief(part: QuotedLine | QuotedShipping) -> Money:
    """What an exempt customer is relieved of, below zero; beside it all is discount."""
    reliefs = (each.amount for each in part.adjustments if each.step == EXEMPTION.name)
    return Money.total(reliefs, part.net.currency)


def _bought(quote: Quote) -> list[QuotedLine]:
    return [line for line in quote.lines if not line.gift]


def _exchanged(part: Any, places: Mapping[str, str]) -> Any:
    """The part with every amount in it, and every name of a currency, put in the other one."""
    if isinstance(part, Money):
        return Money(part.minor, places.get(part.currency, part.currency))
    if isinstance(part, tuple):
        return tuple(_exchanged(each, places) for each in part)
    if isinstance(part, dict):
        return {key: _exchanged(each, places) for key, each in part.items()}
    if has(type(part)):
        return evolve(part, **dict(_changes(part, places)))
    return part


def _changes(part: Any, places: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for each in fields(type(part)):
        value = getattr(part, each.name)
        if each.init and each.name == "currency":
            yield each.name, places.get(value, value)
        elif each.init and (has(type(value)) or isinstance(value, tuple | dict)):
            yield each.name, _exchanged(value, places)
    if isinstance(part, Coupon) and part.type is CouponType.FIXED_AMOUNT:
        # The one amount that is not kept as minor units: its decimals are the currency's.
        amount = Money.parse(part.value, part.currency)
        yield "value", _exchanged(amount, places).decimal()


def _in_force(basket: Basket, rules: PricingRules) -> list[TaxRate]:
    place = basket.destination
    if place is None or basket.shopper.tax_exempt:
        return []
    return [each for each in rules.tax_rates if place in each.zone and basket.at in each.period]


def _assert_borne(part: QuotedLine | QuotedShipping, due: Sequence[TaxRate]) -> None:
    borne = [(share.code, share.rate, share.compound) for share in part.taxes]
    assert borne == [(rate.code, rate.rate, rate.compound) for rate in in_order(due)]


def _told_in_minor_units(quote: Quote) -> list[tuple[object, ...]]:
    codes = [(each.code, each.standing, each.reason, each.discount.minor) for each in quote.codes]
    trail = [
        (each.step, each.line_id, each.rule, each.subject, each.amount.minor)
        for each in quote.trace
    ]
    return [*codes, *trail]


def _sum(quote: Quote, amounts: Sequence[Money]) -> Money:
    return Money.total(amounts, quote.currency)


def _assert_part_adds_up(part: QuotedLine | QuotedShipping, mode: TaxMode) -> None:
    whole = part.subtotal if isinstance(part, QuotedLine) else part.amount
    left = part.net if mode is TaxMode.EXCLUSIVE else part.gross
    assert whole - part.discount == left, "what is left after the discount is its price"
    assert part.net + part.tax == part.gross, "net and tax are gross"
    currency = whole.currency
    shares = Money.total((share.amount for share in part.taxes), currency)
    assert shares == part.tax, "the rates' shares sum to the tax"
    changes = Money.total((each.amount for each in part.adjustments), currency)
    assert changes == -part.discount, "the adjustments sum to the discount"
    if isinstance(part, QuotedLine):
        assert part.subtotal == part.unit_price * part.quantity, "multiplied before rounding"
