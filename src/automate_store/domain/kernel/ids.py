"""Ids: UUIDs with a type each, so that a cart's is never taken for an order's."""

from __future__ import annotations

from typing import NewType
from uuid import UUID

ProductId = NewType("ProductId", UUID)
VariantId = NewType("VariantId", UUID)
CategoryId = NewType("CategoryId", UUID)
BrandId = NewType("BrandId", UUID)
ImageId = NewType("ImageId", UUID)
CartId = NewType("CartId", UUID)
LineId = NewType("LineId", UUID)
"""A line keeps its id from the cart into the order."""
OrderId = NewType("OrderId", UUID)
EditId = NewType("EditId", UUID)
"""An edit of an order that waits to be paid for."""
PaymentId = NewType("PaymentId", UUID)
RefundId = NewType("RefundId", UUID)
MethodId = NewType("MethodId", UUID)
"""A way to pay that a gateway keeps."""
DisputeId = NewType("DisputeId", UUID)
ToldId = NewType("ToldId", UUID)
"""An event that a gateway told of."""
ReturnId = NewType("ReturnId", UUID)
ReservationId = NewType("ReservationId", UUID)
MovementId = NewType("MovementId", UUID)
LocationId = NewType("LocationId", UUID)
ShipmentId = NewType("ShipmentId", UUID)
ShippingMethodId = NewType("ShippingMethodId", UUID)
TaxRateId = NewType("TaxRateId", UUID)
PromotionId = NewType("PromotionId", UUID)
CouponId = NewType("CouponId", UUID)
BatchId = NewType("BatchId", UUID)
"""A batch of coupon codes that were made together."""
UserId = NewType("UserId", UUID)
SessionId = NewType("SessionId", UUID)
AddressId = NewType("AddressId", UUID)
