"""Use cases of promotions: staff make, change, try and end them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from attrs import evolve, frozen

from automate_store.application.access import Actor, CartOwner, Permission
from automate_store.application.auditing import note
from automate_store.application.carriers import Told, simulate_told, with_carriers
from automate_store.application.ports import Ports
from automate_store.application.ports.carts import LoadedCart
from automate_store.application.ports.unit_of_work import Reads
from automate_store.application.quoting import basket_now, completed, load_cart
from automate_store.domain.catalog import SLUG
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.ids import PromotionId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.pricing import PricingRules, Simulation
from automate_store.domain.promotions import (
    AnyAction,
    Condition,
    Promotion,
    PromotionCodeTaken,
    PromotionNotFound,
)
from automate_store.domain.promotions.promotion import ALWAYS, currencies

TEXT_LENGTH = 100


@frozen(kw_only=True)
class PutPromotion:
    """A wish for a promotion as it is to be; ``code`` names it for staff, ``name`` is shown."""

    code: str
    name: str
    conditions: tuple[Condition, ...] = ()
    actions: tuple[AnyAction, ...]
    priority: int = 0
    exclusive: bool = False
    group: str | None = None
    period: Period = ALWAYS
    maximum_discount: Money | None = None
    active: bool = True
    needs_code: bool = False
    advertised: bool = False


async def create_promotion(command: PutPromotion, *, actor: Actor, ports: Ports) -> Promotion:
    """The promotion, in force from the next quote on; raises InvalidInput, PromotionCodeTaken."""
    actor.may(Permission.CHANGE_PRICING)
    promotion = _promotion(command, PromotionId(ports.ids.uuid()), ports)
    async with ports.unit_of_work() as work:
        if any(each.code == promotion.code for each in (await work.rules.current()).promotions):
            raise PromotionCodeTaken(promotion.code)
        await work.rules.add_promotion(promotion)
        subject = _subject(promotion)
        await note(
            work, actor, "create_promotion", subject, before=None, after=promotion, ports=ports
        )
    return promotion


async def change_promotion(
    code: str, command: PutPromotion, *, actor: Actor, ports: Ports
) -> Promotion:
    """The promotion of that code as it is to be; raises InvalidInput, PromotionNotFound."""
    actor.may(Permission.CHANGE_PRICING)
    if command.code != code:
        raise InvalidInput.of("code", f"must be {code!r}; a promotion keeps its code")
    async with ports.unit_of_work() as work:
        known = _known(code, await work.rules.current())
        promotion = _promotion(command, known.id, ports)
        await work.rules.change_promotion(promotion)
        subject = _subject(promotion)
        await note(
            work, actor, "change_promotion", subject, before=known, after=promotion, ports=ports
        )
    return promotion


async def remove_promotion(code: str, *, actor: Actor, ports: Ports) -> Promotion:
    """
    The promotion that is kept no more; orders keep what it took.

    Raises PromotionNotFound, or PromotionHasCoupons.
    """
    actor.may(Permission.CHANGE_PRICING)
    async with ports.unit_of_work() as work:
        promotion = _known(code, await work.rules.current())
        await work.rules.remove_promotion(promotion)
        subject = _subject(promotion)
        await note(
            work, actor, "remove_promotion", subject, before=promotion, after=None, ports=ports
        )
    return promotion


async def get_promotion(code: str, *, actor: Actor, ports: Ports) -> Promotion:
    """The promotion of that code; raises PromotionNotFound."""
    actor.may(Permission.READ_PRICING)
    async with ports.reading() as reads:
        return _known(code, await reads.rules.current())


async def list_promotions(
    *, after: str | None, limit: int, actor: Actor, ports: Ports
) -> tuple[Promotion, ...]:
    """Promotions in the order of their codes, those switched off and past ones too."""
    actor.may(Permission.READ_PRICING)
    async with ports.reading() as reads:
        every = sorted((await reads.rules.current()).promotions, key=lambda each: each.code)
    return tuple(each for each in every if after is None or each.code > after)[:limit]


async def promotion_codes(
    ids: Collection[PromotionId], *, actor: Actor, ports: Ports
) -> Mapping[PromotionId, str]:
    """The codes of those promotions, of those that can be read."""
    actor.may(Permission.READ_PRICING)
    async with ports.reading() as reads:
        every = (await reads.rules.current()).promotions
    return {each.id: each.code for each in every if each.id in ids}


async def simulate_promotion(
    command: PutPromotion | str,
    cart_token: str,
    *,
    at: datetime | None = None,
    actor: Actor,
    ports: Ports,
) -> Simulation:
    """
    What the promotion would do to that cart then (now, by default), were it active.

    It is given whole, or by the code of one that is stored. Nothing is changed. Raises
    InvalidInput, PromotionNotFound, CartNotFound, CartOrdered.
    """
    actor.may(Permission.READ_PRICING)

    async def attempt(told: Told) -> Simulation:
        async with ports.reading() as reads:
            loaded = await load_cart(CartOwner.guest(cart_token), reads)
            promotion = _tried(command, loaded.rules, ports)
            loaded = await _as_if_in_force(promotion, loaded, reads)
        basket = basket_now(loaded, at or ports.clock())
        return simulate_told(promotion, basket, loaded.rules, told)

    return await with_carriers(attempt, ports=ports)


def _subject(promotion: Promotion) -> str:
    return f"promotion:{promotion.code}"


async def _as_if_in_force(promotion: Promotion, loaded: LoadedCart, reads: Reads) -> LoadedCart:
    """The cart with what the promotion asks for: its gifts, and whether it is a first order."""
    rules = loaded.rules
    more = evolve(rules, promotions=(*rules.promotions, evolve(promotion, active=True)))
    return evolve(await completed(evolve(loaded, rules=more), reads), rules=rules)


def _tried(command: PutPromotion | str, rules: PricingRules, ports: Ports) -> Promotion:
    if isinstance(command, str):
        return _known(command, rules)
    stored = {each.code: each.id for each in rules.promotions}
    return _promotion(command, stored.get(command.code) or PromotionId(ports.ids.uuid()), ports)


def _known(code: str, rules: PricingRules) -> Promotion:
    for promotion in rules.promotions:
        if promotion.code == code:
            return promotion
    raise PromotionNotFound(code)


def _promotion(command: PutPromotion, promotion_id: PromotionId, ports: Ports) -> Promotion:
    if faults := tuple(_faults(command, ports.policy.currency)):
        raise InvalidInput(faults)
    return Promotion(
        id=promotion_id,
        code=command.code,
        name=command.name.strip(),
        conditions=command.conditions,
        actions=command.actions,
        priority=command.priority,
        exclusive=command.exclusive,
        group=command.group,
        period=command.period,
        maximum_discount=command.maximum_discount,
        active=command.active,
        needs_code=command.needs_code,
        advertised=command.advertised,
    )


def _faults(command: PutPromotion, currency: str) -> Iterator[FieldError]:
    if not SLUG.fullmatch(command.code) or len(command.code) > TEXT_LENGTH:
        reason = f"must be a-z, 0-9 and single hyphens, at most {TEXT_LENGTH}"
        yield FieldError("code", reason)
    if not 1 <= len(command.name.strip()) <= TEXT_LENGTH:
        yield FieldError("name", f"must have 1 to {TEXT_LENGTH} characters")
    if command.group is not None and not 1 <= len(command.group) <= TEXT_LENGTH:
        yield FieldError("group", f"must have 1 to {TEXT_LENGTH} characters")
    parts = (command.conditions, command.actions, command.maximum_discount)
    if currencies(parts) - {currency}:
        yield FieldError("actions", f"must be in {currency}, the store's currency")
