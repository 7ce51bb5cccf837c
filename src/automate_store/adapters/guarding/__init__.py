"""What stands between the store and a provider that may be slow, or away."""

from automate_store.adapters.guarding.breaker import Breaker
from automate_store.adapters.guarding.gateway import Guard, GuardedGateway, guarded

__all__ = ["Breaker", "Guard", "GuardedGateway", "guarded"]
