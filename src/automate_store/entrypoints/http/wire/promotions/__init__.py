"""Promotions on the wire; for staff only."""

from automate_store.entrypoints.http.wire.promotions.parts import within
from automate_store.entrypoints.http.wire.promotions.simulating import (
    SimulatePromotion,
    SimulationAnswer,
    simulation_answer,
)
from automate_store.entrypoints.http.wire.promotions.whole import (
    AddPromotion,
    ChangePromotion,
    PromotionAnswer,
    PromotionList,
    PromotionQuery,
    promotion_answer,
    promotion_list,
)

__all__ = [
    "AddPromotion",
    "ChangePromotion",
    "PromotionAnswer",
    "PromotionList",
    "PromotionQuery",
    "SimulatePromotion",
    "SimulationAnswer",
    "promotion_answer",
    "promotion_list",
    "simulation_answer",
    "within",
]
