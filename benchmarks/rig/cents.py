"""
Where each cent of a quote goes, worked out again from nothing but whole numbers and fractions.

Nothing here calls what prices carts, so that a fault there can't hide behind itself. Each
function gives what is wrong, in words; nothing where all is right.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction

from attrs import evolve

from automate_store.domain.kernel.ids import PromotionId
from automate_store.domain.kernel.money import Money, Rounding
from automate_store.domain.pricing import (
    Basket,
    PricingPolicy,
    PricingRules,
    Quote,
    QuotedLine,
    QuotedShipping,
    TaxShare,
    quote,
)
from automate_store.domain.promotions import AmountOffOrder, Promotion
from automate_store.domain.taxes import TaxMode, TaxRounding

ONLY = "ONLY"
HALF = Fraction(1, 2)
Part = QuotedLine | QuotedShipping
Pieces = Sequence[tuple[int, int]]
"""How many pieces at which amount."""


def sums(quoted: Quote) -> Iterator[str]:
    """Reasons that are not what is paid, for a line, the shipping or all together."""
    off = tax = paid = 0
    for part, before in _parts(quoted):
        taken = -sum(each.amount.minor for each in part.adjustments)
        borne = sum(share.amount.minor for share in part.taxes)
        bears = before - taken + (borne if quoted.tax_mode is TaxMode.EXCLUSIVE else 0)
        if bears != part.gross.minor:
            yield "what is paid for a part is not its price less discounts plus tax"
        if bears < 0 or taken < 0 or borne < 0:
            yield "a part costs, loses or bears less than nothing"
        off, tax, paid = off + taken, tax + borne, paid + bears
    if quoted.total.minor < 0:
        yield "a total below zero"
    if (off, tax, paid) != (quoted.discount.minor, quoted.tax.minor, quoted.total.minor):
        yield "discounts, taxes or prices of the parts don't add up to those of the order"


def refunds(quoted: Quote) -> Iterator[str]:
    """Units that are given back one by one, and together are not what was paid for goods."""
    added = quoted.tax_mode is TaxMode.EXCLUSIVE
    given = 0
    for line in quoted.lines:
        for number in range(line.quantity):
            off, tax = line.discount_shares, line.tax_shares
            back = line.unit_price.minor - off.base - (number < off.extra)
            back += tax.base + (number < tax.extra) if added else 0
            if back < 0:
                yield "a unit gives back less than nothing"
            given += back
    shipping = quoted.shipping.gross.minor if quoted.shipping else 0
    if given != quoted.total.minor - shipping:
        yield "what units give back one by one is not what was paid for the goods and their tax"


def taxes(quoted: Quote, policy: PricingPolicy) -> Iterator[str]:
    """Taxes that are not the exact ones, settled once over a line, a unit or the order."""
    if policy.tax_rounding_level is TaxRounding.ORDER:
        yield from _taxes_of_order(quoted, policy)
        return
    for part, before in _parts(quoted):
        if part.taxes:
            pieces = _pieces(part, before, policy.tax_rounding_level)
            yield from _taxes_of_part(part, pieces, policy)


def order_discount(basket: Basket, rules: PricingRules, minor: int) -> Iterator[str]:
    """An amount off the order that is not taken whole, or not as far as floor prices let it."""
    only = Promotion(
        id=PromotionId(basket.lines[0].id),
        code=ONLY,
        name="Only",
        actions=(AmountOffOrder(Money(minor, basket.currency)),),
    )
    quoted = quote(evolve(basket, codes=()), evolve(rules, promotions=(only,)))
    room = 0
    for line in basket.lines:
        floor = line.minimum_price.minor if line.minimum_price else 0
        room += max(0, line.unit_price.minor - floor) * line.quantity
    taken = Counter[str]()
    for part, _ in _parts(quoted):
        for each in part.adjustments:
            taken[each.rule] -= each.amount.minor
    if taken[ONLY] != min(minor, room):
        yield "an amount off the order lost or made cents when it was shared out"


def _parts(quoted: Quote) -> Iterator[tuple[Part, int]]:
    """Lines and shipping, with what each costs before anything comes off."""
    for line in quoted.lines:
        yield line, line.unit_price.minor * line.quantity
    if quoted.shipping is not None:
        yield quoted.shipping, quoted.shipping.amount.minor


def _taxes_of_order(quoted: Quote, policy: PricingPolicy) -> Iterator[str]:
    named = Counter((total.code, total.rate) for total in quoted.taxes)
    if any(count > 1 for count in named.values()):
        return  # Two rates of one name can't be told apart in what was paid.
    exact: dict[object, Fraction] = defaultdict(Fraction)
    borne = Counter[object]()
    for part, _ in _parts(quoted):
        shares = _shares(part.taxes)
        if policy.tax_mode is TaxMode.INCLUSIVE:
            together = tuple((share.code, share.rate) for share in part.taxes)
            exact[together] += part.gross.minor * _contained(shares)
            borne[together] += part.tax.minor
            continue
        for share, of_net in zip(part.taxes, shares, strict=True):
            exact[share.code, share.rate] += part.net.minor * of_net
            borne[share.code, share.rate] += share.amount.minor
    if any(_settled(exact[each], policy.tax_rounding) != borne[each] for each in exact):
        yield "a tax is not the exact one settled once over the order"


def _taxes_of_part(part: Part, pieces: Pieces, policy: PricingPolicy) -> Iterator[str]:
    shares, rounding = _shares(part.taxes), policy.tax_rounding
    if policy.tax_mode is TaxMode.INCLUSIVE:
        found, expected = [part.tax.minor], [_over(pieces, _contained(shares), rounding)]
    else:
        found = [share.amount.minor for share in part.taxes]
        expected = [_over(pieces, share, rounding) for share in shares]
    if found != expected:
        yield f"a tax is not the exact one settled once over each {policy.tax_rounding_level}"


def _pieces(part: Part, before: int, level: TaxRounding) -> Pieces:
    if level is TaxRounding.LINE or isinstance(part, QuotedShipping):
        return [(1, before - part.discount.minor)]
    base, more = divmod(part.discount.minor, part.quantity)
    left = part.unit_price.minor - base
    return [(more, left - 1), (part.quantity - more, left)]


def _over(pieces: Pieces, share: Fraction, rounding: Rounding) -> int:
    return sum(count * _settled(amount * share, rounding) for count, amount in pieces if count)


def _shares(rates: Sequence[TaxShare]) -> list[Fraction]:
    """What each rate takes of the net, exactly; a compound one of the net and those before."""
    shares: list[Fraction] = []
    for rate in rates:
        base = 1 + sum(shares, Fraction()) if rate.compound else Fraction(1)
        shares.append(Fraction(rate.rate) * base)
    return shares


def _contained(shares: Sequence[Fraction]) -> Fraction:
    """What part of a price is tax."""
    total = sum(shares, Fraction())
    return total / (1 + total)


def _settled(exact: Fraction, rounding: Rounding) -> int:
    size, rest = divmod(exact, 1)
    more = {
        Rounding.DOWN: False,
        Rounding.UP: rest > 0,
        Rounding.HALF_UP: rest >= HALF,
        Rounding.HALF_EVEN: rest > HALF or (rest == HALF and size % 2 == 1),
    }
    return int(size) + more[rounding]
