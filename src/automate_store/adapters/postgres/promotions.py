"""
Promotions as rows: their conditions and actions are JSON, each with its kind.

A kind that nobody here knows, of a plug-in that is not installed, stops no shop: its
promotion is left out, and said so in the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import structlog
from sqlalchemy import bindparam, delete, select, text

from automate_store.adapters.postgres.rows import Row, json_text, maybe_decimal, maybe_money
from automate_store.adapters.postgres.tables import promotions
from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.ids import PromotionId
from automate_store.domain.kernel.periods import Period
from automate_store.domain.promotions import AnyAction, Condition, Kinds, Promotion

_COLUMNS = """id, code, name, conditions, actions, priority, exclusive, "group", starts_at,
        ends_at, maximum_discount_amount, currency, is_active, needs_code, advertised"""
_VALUES = """:id, :code, :name, CAST(:conditions AS jsonb), CAST(:actions AS jsonb), :priority,
        :exclusive, :group, :starts_at, :ends_at, :maximum_discount_amount, :currency,
        :is_active, :needs_code, :advertised"""

ALL_PROMOTIONS = select(*promotions.c).order_by(promotions.c.code)
ADD_PROMOTION = text(f"INSERT INTO promotions ({_COLUMNS}) VALUES ({_VALUES})")  # noqa: S608 - ours
CHANGE_PROMOTION = text(f"""
    UPDATE promotions SET ({_COLUMNS}) = ({_VALUES}) WHERE id = :id
""")  # noqa: S608 - our own columns
REMOVE_PROMOTION = delete(promotions).where(promotions.c.id == bindparam("id"))


def from_promotion(promotion: Promotion) -> dict[str, object]:
    """The promotion as its row's parameters; amounts inside its parts are minor units."""
    cap = promotion.maximum_discount
    return {
        "id": promotion.id,
        "code": promotion.code,
        "name": promotion.name,
        "conditions": json_text([_stored(each) for each in promotion.conditions]),
        "actions": json_text([_stored(each) for each in promotion.actions]),
        "priority": promotion.priority,
        "exclusive": promotion.exclusive,
        "group": promotion.group,
        "starts_at": promotion.period.starts_at,
        "ends_at": promotion.period.ends_at,
        "maximum_discount_amount": maybe_decimal(cap),
        "currency": None if cap is None else cap.currency,
        "is_active": promotion.active,
        "needs_code": promotion.needs_code,
        "advertised": promotion.advertised,
    }


def to_promotions(rows: Iterable[Row], kinds: Kinds) -> tuple[Promotion, ...]:
    """The promotions of the rows; those that can't be read are logged and left out."""
    found = []
    for row in rows:
        try:
            found.append(_to_promotion(row, kinds))
        except (KeyError, msgspec.ValidationError, StoreError) as unreadable:
            structlog.get_logger().error(
                "promotion_left_out", promotion=row.code, reason=repr(unreadable)
            )
    return tuple(found)


def _to_promotion(row: Row, kinds: Kinds) -> Promotion:
    conditions: list[Condition] = [_read(each, kinds.conditions) for each in row.conditions]
    actions: list[AnyAction] = [_read(each, kinds.actions) for each in row.actions]
    return Promotion(
        id=PromotionId(row.id),
        code=row.code,
        name=row.name,
        conditions=tuple(conditions),
        actions=tuple(actions),
        priority=row.priority,
        exclusive=row.exclusive,
        group=row.group,
        period=Period(row.starts_at, row.ends_at),
        maximum_discount=maybe_money(row.maximum_discount_amount, row.currency),
        active=row.is_active,
        needs_code=row.needs_code,
        advertised=row.advertised,
    )


def _stored(part: Condition | AnyAction) -> dict[str, Any]:
    return {"kind": part.kind, **msgspec.to_builtins(part)}


def _read(stored: Mapping[str, Any], kinds: Mapping[str, type]) -> Any:
    return msgspec.convert(dict(stored), kinds[stored["kind"]], strict=False)
