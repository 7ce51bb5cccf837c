"""What speeds the store up on a Redis or Valkey that several servers share; it never decides."""

from automate_store.adapters.redis.limits import RedisLimits
from automate_store.adapters.redis.line import AWAY, Away, RedisLine

__all__ = ["AWAY", "Away", "RedisLimits", "RedisLine"]
