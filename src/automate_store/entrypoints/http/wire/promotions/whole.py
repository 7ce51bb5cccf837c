"""Whole promotions on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, field

from automate_store.application.catalog import PAGE_SIZE
from automate_store.application.promotions import PutPromotion
from automate_store.domain.promotions import Kinds, Promotion
from automate_store.domain.promotions.promotion import MOST_PARTS
from automate_store.entrypoints.http.wire.inputs import FaultyFields, Input
from automate_store.entrypoints.http.wire.money import Amount, maybe_amount
from automate_store.entrypoints.http.wire.paging import Cursor, Limit
from automate_store.entrypoints.http.wire.promotions.actions import ActionPart
from automate_store.entrypoints.http.wire.promotions.conditions import ConditionPart
from automate_store.entrypoints.http.wire.promotions.parts import made, shown_parts
from automate_store.entrypoints.http.wire.promotions.plug_ins import parts_of
from automate_store.entrypoints.http.wire.promotions.values import Dated, Word
from automate_store.entrypoints.http.wire.taxes import Code, Name

PRIORITY_LIMIT = 1_000_000
RESERVED = "simulate"
"""A code whose address is another's."""
Priority = Annotated[
    int, Meta(ge=-PRIORITY_LIMIT, le=PRIORITY_LIMIT, description="High ones come first.")
]


class ChangePromotion(Dated, frozen=True, kw_only=True):
    """
    A promotion as it is from now on: what is left out goes back to what is usual.

    It acts where all conditions hold. An exclusive one acts alone; of a group the one acts
    that leaves the lowest total. One that needs a code waits for a coupon that opens it.
    """

    name: Name
    conditions: Annotated[list[ConditionPart], Meta(max_length=MOST_PARTS)] = field(
        default_factory=list
    )
    actions: Annotated[list[ActionPart], Meta(min_length=1, max_length=MOST_PARTS)]
    priority: Priority = 0
    exclusive: bool = False
    group: Word | None = None
    maximum_discount: Amount | None = None
    active: bool = True
    needs_code: bool = False
    advertised: bool = False

    def command(self, code: str, currency: str, kinds: Kinds) -> PutPromotion:
        """The wish in the words of the trade; raises InvalidInput, by field."""
        return PutPromotion(
            code=code,
            name=self.name,
            conditions=parts_of(self.conditions, "conditions", currency, kinds.conditions),
            actions=parts_of(self.actions, "actions", currency, kinds.actions),
            priority=self.priority,
            exclusive=self.exclusive,
            group=self.group,
            period=self.period(),
            maximum_discount=made(self.maximum_discount, "maximum_discount", currency),
            active=self.active,
            needs_code=self.needs_code,
            advertised=self.advertised,
        )


class AddPromotion(ChangePromotion, frozen=True, kw_only=True):
    """
    A promotion, and the code that staff know it by; customers are shown its name.

    It acts where all conditions hold. An exclusive one acts alone; of a group the one acts
    that leaves the lowest total. One that needs a code waits for a coupon that opens it.
    """

    code: Code

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.code == RESERVED:
            raise FaultyFields(("code", f"is another one than {RESERVED}, which is a route"))


class PromotionQuery(Input, frozen=True, kw_only=True):
    """How many, from where on."""

    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


class PromotionAnswer(Struct, frozen=True):
    """
    A promotion as staff see it.

    advertised ones tell customers why they do not apply yet.
    """

    id: UUID
    code: str
    name: str
    conditions: list[ConditionPart]
    actions: list[ActionPart]
    priority: int
    exclusive: bool
    group: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    maximum_discount: Amount | None
    active: bool
    needs_code: bool
    advertised: bool


class PromotionList(Struct, frozen=True):
    """Promotions in the order of their codes."""

    items: list[PromotionAnswer]
    next_cursor: str | None


def promotion_answer(promotion: Promotion) -> PromotionAnswer:
    """The promotion."""
    return PromotionAnswer(
        promotion.id,
        promotion.code,
        promotion.name,
        shown_parts(promotion.conditions),
        shown_parts(promotion.actions),
        promotion.priority,
        promotion.exclusive,
        promotion.group,
        promotion.period.starts_at,
        promotion.period.ends_at,
        maybe_amount(promotion.maximum_discount),
        promotion.active,
        promotion.needs_code,
        promotion.advertised,
    )


def promotion_list(promotions: Sequence[Promotion], next_cursor: str | None) -> PromotionList:
    """A page of them."""
    return PromotionList([promotion_answer(each) for each in promotions], next_cursor)
