"""What speeds the store up on a Redis or Valkey that several servers share; it never decides."""

from automate_store.adapters.redis.limits import RedisLimits
from automate_store.adapters.redis.line import AWAY, Away, RedisLine
from automate_store.adapters.redis.sessions import RedisSessions

__all__ = ["AWAY", "Away", "RedisLimits", "RedisLine", "RedisSessions"]
