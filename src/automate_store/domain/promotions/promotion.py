"""A promotion: conditions, what it does where they hold, and how it stands to others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import field, fields, frozen, has

from automate_store.domain.kernel.errors import FieldError, InvalidInput, NotFound, RuleBroken
from automate_store.domain.kernel.ids import PromotionId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.promotions.actions import Action, Scope, ShippingAction
from automate_store.domain.promotions.conditions import Condition, During, InCurrency
from automate_store.domain.promotions.facts import Unmet
from automate_store.domain.promotions.giving import Gift
from automate_store.domain.promotions.scene import Scene

MOST_PARTS = 20
"""The most conditions, and the most actions, that one promotion has."""
ALWAYS = Period()
AnyAction = Action | ShippingAction | Gift


@frozen
class PromotionNotFound(NotFound):
    """There is no such promotion."""

    says = "There is no promotion {promotion!r}."
    promotion: str


@frozen
class PromotionCodeTaken(RuleBroken):
    """Another promotion has that code already."""

    says = "There is a promotion {promotion!r} already; choose another code or change that one."
    promotion: str


@frozen
class PromotionHasCoupons(RuleBroken):
    """Coupons open the promotion, so it can't go."""

    says = "Coupons open promotion {promotion!r}; switch it off instead."
    promotion: str


@frozen(kw_only=True)
class Promotion:
    """
    A promotion; ``code`` names it for the merchant, ``name`` is shown to customers.

    Higher ``priority`` comes first, ties by id. An ``exclusive`` one acts alone; of a
    ``group`` the one that leaves the lowest total acts. One that ``needs_code`` acts only
    where a coupon opens it. ``advertised`` lets customers see why it does not apply yet.
    Raises InvalidInput where the parts speak of two currencies or are too many.
    """

    id: PromotionId
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
    terms: tuple[Condition, ...] = ()
    """What the coupon that opened it asks for besides."""
    scopes: tuple[Scope, ...] = field(init=False, eq=False, repr=False)
    """What its actions take from."""
    has_turns: bool = field(init=False, eq=False, repr=False)
    """Whether its turn comes more than once."""
    _tests: tuple[Condition, ...] = field(init=False, eq=False, repr=False)
    _currency: str | None = field(init=False, eq=False, repr=False)
    _by_scope: Mapping[Scope, tuple[AnyAction, ...]] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if faults := tuple(_faults(self)):
            raise InvalidInput(faults)
        dated = (During(self.period),) if self.period != ALWAYS else ()
        money = tuple(InCurrency(each) for each in currencies(self))
        object.__setattr__(self, "_tests", (*dated, *money, *self.terms, *self.conditions))
        object.__setattr__(self, "_currency", money[0].currency if money else None)
        object.__setattr__(self, "_by_scope", _by_scope(self.actions))
        object.__setattr__(self, "scopes", tuple(self._by_scope))
        object.__setattr__(self, "has_turns", len(self.scopes) > 1)

    def takes_from(self, scope: Scope) -> bool:
        """Whether any of its actions has that scope."""
        return scope in self._by_scope

    def actions_on(self, scope: Scope) -> tuple[AnyAction, ...]:
        """Its actions of that scope, in their order."""
        return self._by_scope.get(scope, ())

    def holds(self, scene: Scene) -> bool:
        """Whether every condition does, its period and currency among them."""
        # The two that most promotions have are looked at without a condition of their own.
        if self._currency is not None and self._currency != scene.goods.currency:
            return False
        if self.period is not ALWAYS and scene.at not in self.period:
            return False
        for each in (self.terms, self.conditions) if self.terms else (self.conditions,):
            for condition in each:
                if not condition.accepts(condition.actual(scene)):
                    return False
        return True

    def suits(self, scene: Scene) -> bool:
        """Whether every condition holds that looks at the place, the shopper or the currency."""
        tests = [each for each in self._tests if each.of_circumstances]
        return all(each.accepts(each.actual(scene)) for each in tests)

    def is_hopeless(self, scene: Scene) -> bool:
        """Whether it can't come to hold, whoever else acts, where nothing is taken off yet."""
        return any(
            each.fails_for_good and not each.accepts(each.actual(scene)) for each in self._tests
        )

    def unmet(self, scene: Scene) -> tuple[Unmet, ...]:
        """A refusal from every condition that does not hold, its period and currency first."""
        found = (condition.unmet(scene) for condition in self._tests)
        return tuple(unmet for unmet in found if unmet is not None)


def in_turn(promotion: Promotion) -> tuple[int, int]:
    """The key that sorts promotions: high priority first, ties by id."""
    return -promotion.priority, promotion.id.int


def currencies(part: object) -> set[str]:
    """The currencies of all amounts in a promotion, a condition or an action."""
    if isinstance(part, Money):
        return {part.currency}
    if isinstance(part, tuple):
        return {currency for each in part for currency in currencies(each)}
    kind = type(part)
    if has(kind):
        shown = (each.name for each in fields(kind) if each.init)
        return {found for name in shown for found in currencies(getattr(part, name))}
    return set()


def _by_scope(actions: tuple[AnyAction, ...]) -> dict[Scope, tuple[AnyAction, ...]]:
    found: dict[Scope, tuple[AnyAction, ...]] = {}
    for action in actions:
        found[action.scope] = (*found.get(action.scope, ()), action)
    return found


def _faults(promotion: Promotion) -> Iterator[FieldError]:
    if not promotion.actions:
        yield FieldError("actions", "must be at least one")
    for name in ("conditions", "actions"):
        if len(getattr(promotion, name)) > MOST_PARTS:
            yield FieldError(name, f"must be at most {MOST_PARTS}")
    cap = promotion.maximum_discount
    if cap is not None and cap.minor <= 0:
        yield FieldError("maximum_discount", "must be above zero")
    if len(currencies((promotion.conditions, promotion.actions, cap))) > 1:
        yield FieldError("actions", "must all be in one currency, as the conditions must")
