"""Shipping methods as rows; amounts inside a rate are minor units of the row's currency."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, select, text

from automate_store.adapters.postgres.rows import Row, json_text, maybe_decimal, maybe_money
from automate_store.adapters.postgres.tables import shipping_methods
from automate_store.domain.kernel.ids import ShippingMethodId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Zone
from automate_store.domain.shipping import (
    AmountBand,
    AmountRate,
    ExternalRate,
    FlatRate,
    Limits,
    LocalRate,
    PieceRate,
    QuantityBand,
    QuantityRate,
    ShippingMethod,
    ShippingRate,
    WeightBand,
    WeightRate,
    ZoneRate,
)

ALL_METHODS = select(shipping_methods).order_by(
    shipping_methods.c.position, shipping_methods.c.code
)
ADD_METHOD = text("""
    INSERT INTO shipping_methods (id, code, name, zones, rate, currency, tax_class, active,
        position, zone_rates, free_from,
        max_weight_g, max_quantity, min_value, max_value, pickup)
    VALUES (:id, :code, :name, CAST(:zones AS jsonb), CAST(:rate AS jsonb), :currency, :tax_class,
        :active, :position, CAST(:zone_rates AS jsonb), :free_from, :max_weight_g, :max_quantity,
        :min_value, :max_value, :pickup)
""")
PUT_METHOD = text("""
    INSERT INTO shipping_methods (id, code, name, zones, rate, currency, tax_class, active,
        position, zone_rates, free_from,
        max_weight_g, max_quantity, min_value, max_value, pickup)
    VALUES (:id, :code, :name, CAST(:zones AS jsonb), CAST(:rate AS jsonb), :currency, :tax_class,
        :active, :position, CAST(:zone_rates AS jsonb), :free_from, :max_weight_g, :max_quantity,
        :min_value, :max_value, :pickup)
    ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, zones = EXCLUDED.zones,
        rate = EXCLUDED.rate, currency = EXCLUDED.currency, tax_class = EXCLUDED.tax_class,
        active = EXCLUDED.active, position = EXCLUDED.position,
        zone_rates = EXCLUDED.zone_rates, free_from = EXCLUDED.free_from,
        max_weight_g = EXCLUDED.max_weight_g, max_quantity = EXCLUDED.max_quantity,
        min_value = EXCLUDED.min_value, max_value = EXCLUDED.max_value,
        pickup = EXCLUDED.pickup
""")
CHANGE_METHOD = text("""
    UPDATE shipping_methods SET id = :id, name = :name, zones = CAST(:zones AS jsonb),
        rate = CAST(:rate AS jsonb), currency = :currency, tax_class = :tax_class,
        active = :active, position = :position, zone_rates = CAST(:zone_rates AS jsonb),
        free_from = :free_from, max_weight_g = :max_weight_g, max_quantity = :max_quantity,
        min_value = :min_value, max_value = :max_value, pickup = :pickup
    WHERE code = :code
""")
REMOVE_METHOD = delete(shipping_methods).where(shipping_methods.c.code == bindparam("code"))


def from_method(method: ShippingMethod) -> dict[str, object]:
    """The method as its row's parameters."""
    return {
        "id": method.id,
        "code": method.code,
        "name": method.name,
        "zones": json_text(method.zones),
        "rate": json_text(_rate(method.rate)),
        "currency": method.currency,
        "tax_class": method.tax_class,
        "active": method.active,
        "position": method.position,
        "zone_rates": json_text(
            [{"zones": each.zones, "rate": _rate(each.rate)} for each in method.zone_rates]
        ),
        "free_from": maybe_decimal(method.free_from),
        "max_weight_g": method.limits.max_weight_g,
        "max_quantity": method.limits.max_quantity,
        "min_value": maybe_decimal(method.limits.min_value),
        "max_value": maybe_decimal(method.limits.max_value),
        "pickup": method.pickup,
    }


def to_method(row: Row) -> ShippingMethod:
    """The method of a row."""
    return ShippingMethod(
        id=ShippingMethodId(row.id),
        code=row.code,
        name=row.name,
        zones=_zones(row.zones),
        rate=_to_rate(row.rate, row.currency),
        tax_class=row.tax_class,
        active=row.active,
        position=row.position,
        zone_rates=tuple(
            ZoneRate(_zones(each["zones"]), _to_rate(each["rate"], row.currency))
            for each in row.zone_rates
        ),
        free_from=maybe_money(row.free_from, row.currency),
        limits=Limits(
            max_weight_g=row.max_weight_g,
            max_quantity=row.max_quantity,
            min_value=maybe_money(row.min_value, row.currency),
            max_value=maybe_money(row.max_value, row.currency),
        ),
        pickup=row.pickup,
    )


def _zones(stored: list[dict[str, Any]]) -> tuple[Zone, ...]:
    return tuple(Zone(**zone) for zone in stored)


def _rate(rate: ShippingRate) -> dict[str, Any]:
    match rate:
        case FlatRate(amount):
            return {"kind": "flat", "minor": amount.minor}
        case PieceRate(first, further):
            return {"kind": "pieces", "first": first.minor, "further": further.minor}
        case WeightRate(bands):
            steps = [{"up_to_g": band.up_to_g, "minor": band.amount.minor} for band in bands]
            return {"kind": "weight", "bands": steps}
        case AmountRate(bands):
            steps = [{"up_to": band.end, "minor": band.amount.minor} for band in bands]
            return {"kind": "amount", "bands": steps}
        case QuantityRate(bands):
            steps = [{"up_to": band.up_to_quantity, "minor": band.amount.minor} for band in bands]
            return {"kind": "quantity", "bands": steps}
        case ExternalRate(provider, _, fallback):
            instead = None if fallback is None else _rate(fallback)
            return {"kind": "external", "provider": provider, "fallback": instead}


def _to_rate(stored: dict[str, Any], currency: str) -> ShippingRate:
    if stored["kind"] != "external":
        return _to_local_rate(stored, currency)
    instead = stored["fallback"]
    fallback = None if instead is None else _to_local_rate(instead, currency)
    return ExternalRate(stored["provider"], currency, fallback)


def _to_local_rate(stored: dict[str, Any], currency: str) -> LocalRate:
    def money(minor: int) -> Money:
        return Money(minor, currency)

    bands = stored.get("bands", ())
    match stored["kind"]:
        case "flat":
            return FlatRate(money(stored["minor"]))
        case "pieces":
            return PieceRate(money(stored["first"]), money(stored["further"]))
        case "weight":
            return WeightRate(
                tuple(WeightBand(band["up_to_g"], money(band["minor"])) for band in bands)
            )
        case "quantity":
            return QuantityRate(
                tuple(QuantityBand(band["up_to"], money(band["minor"])) for band in bands)
            )
        case kind:
            assert kind == "amount", "the rates that were stored"
            return AmountRate(tuple(_amount_band(band, currency) for band in bands))


def _amount_band(stored: dict[str, Any], currency: str) -> AmountBand:
    end = stored["up_to"]
    up_to = None if end is None else Money(end, currency)
    return AmountBand(up_to, Money(stored["minor"], currency))
