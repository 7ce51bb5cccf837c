"""Use cases of orders: placing, expiring, cancelling, shipping, delivering, and reading them."""

from automate_store.application.expiry import expire_orders
from automate_store.application.orders.cancelling import CancelOrder, cancel_order
from automate_store.application.orders.editing import (
    EditOutcome,
    EditView,
    edit_order,
    preview_edit,
)
from automate_store.application.orders.explaining import (
    Chapter,
    OrderStory,
    Part,
    explain_order,
    parts_between,
)
from automate_store.application.orders.fulfilling import (
    DeliverOrder,
    ShipOrder,
    deliver_order,
    ship_order,
)
from automate_store.application.orders.listing import list_orders, list_own_orders
from automate_store.application.orders.parcels import (
    ChangeTracking,
    DeliverShipment,
    LoseShipment,
    deliver_shipment,
    lose_shipment,
    set_tracking,
)
from automate_store.application.orders.placing import PlaceOrder, TotalChanged, place_order
from automate_store.application.orders.reading import (
    OrderView,
    Sale,
    SoldLine,
    read_order,
    read_sale,
    read_timeline,
)
from automate_store.application.orders.repricing import Addition, ChangeAddress, ModifyItems
from automate_store.application.orders.setting import SetStatus, set_status

__all__ = [
    "Addition",
    "CancelOrder",
    "ChangeAddress",
    "ChangeTracking",
    "Chapter",
    "DeliverOrder",
    "DeliverShipment",
    "EditOutcome",
    "EditView",
    "LoseShipment",
    "ModifyItems",
    "OrderStory",
    "OrderView",
    "Part",
    "PlaceOrder",
    "Sale",
    "SetStatus",
    "ShipOrder",
    "SoldLine",
    "TotalChanged",
    "cancel_order",
    "deliver_order",
    "deliver_shipment",
    "edit_order",
    "expire_orders",
    "explain_order",
    "list_orders",
    "list_own_orders",
    "lose_shipment",
    "parts_between",
    "place_order",
    "preview_edit",
    "read_order",
    "read_sale",
    "read_timeline",
    "set_status",
    "set_tracking",
    "ship_order",
]
