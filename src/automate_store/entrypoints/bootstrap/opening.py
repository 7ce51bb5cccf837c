"""
The composition root: Settings in, a store out, and its pools closed in the right order.

Nothing else chooses adapters. The database comes first and goes last; what stands on it
is opened after it and closed before.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO

from attrs import evolve, frozen

from automate_store.adapters.carriers import CarrierDesk
from automate_store.adapters.credentials import (
    JwtTokens,
    ListedPasswords,
    TotpSecondFactor,
)
from automate_store.adapters.media import FolderMedia
from automate_store.adapters.memory.limits import MemoryLimits
from automate_store.adapters.notices import TemplateNotices
from automate_store.adapters.postgres.audit import PostgresAuditor
from automate_store.adapters.postgres.embedded import EmbeddedPostgres
from automate_store.adapters.postgres.engine import Pool
from automate_store.adapters.postgres.pricing import ShopCache
from automate_store.adapters.postgres.store import PostgresStore
from automate_store.adapters.postgres.unit_of_work import JobWriter
from automate_store.adapters.system import SystemClock, SystemIds
from automate_store.adapters.texts import WrittenTexts
from automate_store.application.identity import StoreGate
from automate_store.application.policies import StorePolicy
from automate_store.application.ports import Ports
from automate_store.application.ports.audit import Auditor
from automate_store.application.ports.credentials import PasswordHasher
from automate_store.application.ports.identity import SessionCache
from automate_store.application.ports.limits import Bucket, LimitPolicy, Limits
from automate_store.application.ports.media import Pictures
from automate_store.application.ports.payments import PaymentGateway
from automate_store.application.ports.shipping import NO_CARRIERS, Carriers
from automate_store.application.ports.sources import Clock
from automate_store.application.reactions import REACTIONS
from automate_store.application.tokens import signing_secret
from automate_store.domain.kernel.errors import FieldError
from automate_store.entrypoints.bootstrap.gateways import SETTINGS, opened_gateways
from automate_store.entrypoints.bootstrap.mails import mailer
from automate_store.entrypoints.bootstrap.policies import (
    password_hasher,
    password_rules,
    patient_pool_settings,
    pictures,
    pool_settings,
    pricing_policy,
    promotion_kinds,
    store_policy,
)
from automate_store.entrypoints.logs import current_request_id
from automate_store.entrypoints.settings import PREFIX, Settings, SettingsRefused

if TYPE_CHECKING:
    from automate_store.adapters.redis import RedisLine


@frozen(kw_only=True)
class Store:
    """An open store: its ports, and what is asked about it from outside the use cases."""

    settings: Settings
    database_url: str
    pool: Pool
    redis: RedisLine | None
    """The line to the Redis that servers share, where one is set."""
    ports: Ports

    def auditor(self) -> Auditor:
        """Reads the books, within the bounds of the store's pool."""
        return PostgresAuditor(self.pool)


@asynccontextmanager
async def running_database(settings: Settings) -> AsyncIterator[str]:
    """The URL of a database that runs; an embedded one, started here, where none is set."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    server = EmbeddedPostgres(settings.data_dir)
    starting = asyncio.ensure_future(asyncio.to_thread(server.start))
    try:
        yield await asyncio.shield(starting)
    finally:
        # A start can't be called off: who is told to stop meanwhile waits for it, then stops it.
        await asyncio.wait([starting])
        await asyncio.to_thread(server.stop)


@asynccontextmanager
async def open_store(
    settings: Settings,
    database_url: str,
    *,
    clock: Clock | None = None,
    policy: StorePolicy | None = None,
    mail_stream: TextIO | None = None,
    patient: bool = False,
) -> AsyncIterator[Store]:
    """
    The store on that database, open until the block is left.

    Connections are made when they are needed, so that a store opens while its database
    is away. ``clock`` and ``policy`` take the place of the system's and the settings';
    ``patient`` is for commands that work through a whole shop.
    """
    bounds = patient_pool_settings if patient else pool_settings
    pool, hasher = Pool(bounds(settings, database_url)), password_hasher(settings)
    drawing = pictures(settings)
    try:
        async with (
            _asked_carriers(settings, clock or SystemClock()) as carriers,
            opened_gateways(settings, clock or SystemClock()) as gateways,
            _redis(settings) as redis,
        ):
            ports = compose(
                settings,
                pool,
                hasher,
                drawing,
                gateways=gateways,
                cache=_session_cache(redis),
                clock=clock,
                policy=policy,
                mail_stream=mail_stream,
            )
            limits = _limits(settings, redis, ports.clock)
            ports = evolve(ports, carriers=carriers, limits=limits)
            yield Store(
                settings=settings, database_url=database_url, pool=pool, redis=redis, ports=ports
            )
    finally:
        drawing.close()
        hasher.close()
        pool.close()


def _limits(settings: Settings, redis: RedisLine | None, clock: Clock) -> Limits:
    """Counted in Redis for all servers together, where one is set; else by this one alone."""
    policy = settings.limits
    if redis is None:
        return MemoryLimits(policy, clock=clock)
    from automate_store.adapters.redis import RedisLimits  # noqa: PLC0415 - it came with the line

    # With Redis away, guessing passwords stays limited; all else is open rather than wrong.
    guarded: LimitPolicy = {each: policy[each] for each in (Bucket.AUTH,) if each in policy}
    return RedisLimits(redis, policy, alone=MemoryLimits(guarded, clock=clock), clock=clock)


def _session_cache(redis: RedisLine | None) -> SessionCache | None:
    if redis is None:
        return None
    from automate_store.adapters.redis import RedisSessions  # noqa: PLC0415 - it came with the line

    return RedisSessions(redis, ids=SystemIds())


@asynccontextmanager
async def _redis(settings: Settings) -> AsyncIterator[RedisLine | None]:
    """The line to Redis, where one is set; whether it is there shows in the log at once."""
    if settings.redis_url is None:
        yield None
        return
    # Its driver is an extra, and slow to import; most shops need neither.
    try:
        from automate_store.adapters.redis import RedisLine  # noqa: PLC0415 - slow, and not for all
    except ModuleNotFoundError as missing:
        needed = f"needs {missing.name}: pip install 'automate_store[redis]'"
        raise SettingsRefused((FieldError(f"{PREFIX}REDIS_URL", needed),)) from missing

    line = RedisLine(settings.redis_url, timeout_s=settings.redis_timeout_s)
    try:
        await line.ask("PING")
        yield line
    finally:
        await line.close()


@asynccontextmanager
async def _asked_carriers(settings: Settings, clock: Clock) -> AsyncIterator[Carriers]:
    """Whoever is asked for external rates; nobody where no service is set."""
    if settings.shipping_rates_url is None:
        yield NO_CARRIERS
        return
    # The client is slow to import, and most shops ask nobody.
    from automate_store.adapters.asking import opened_asker  # noqa: PLC0415 - slow, and not for all
    from automate_store.adapters.carriers.http import HttpCarrier  # noqa: PLC0415 - slow, and not for all

    url, timeout_s = settings.shipping_rates_url, settings.shipping_rates_timeout_s
    async with opened_asker(connect_s=timeout_s, read_s=timeout_s) as asker:
        yield CarrierDesk(
            {},
            otherwise=HttpCarrier(url, asker),
            deadline_s=timeout_s,
            kept_for=timedelta(seconds=settings.shipping_rates_kept_s),
            clock=clock,
        )


def compose(
    settings: Settings,
    pool: Pool,
    hasher: PasswordHasher,
    drawing: Pictures,
    *,
    gateways: Mapping[str, PaymentGateway],
    cache: SessionCache | None,
    clock: Clock | None = None,
    policy: StorePolicy | None = None,
    mail_stream: TextIO | None = None,
) -> Ports:
    """The ports on that pool, every adapter as the settings choose it."""
    clock, ids = clock or SystemClock(), SystemIds()
    policy, kinds = policy or store_policy(settings), promotion_kinds()
    store = PostgresStore(
        pool=pool,
        jobs=JobWriter(ids=ids, reacting=REACTIONS.keys(), request_id=current_request_id),
        cache=ShopCache(pricing_policy(settings), kinds),
        clock=clock,
        ids=ids,
        guest_cart_lifetime=policy.guest_cart_lifetime,
    )
    return Ports(
        unit_of_work=store.unit_of_work,
        reading=store.reading,
        clock=clock,
        ids=ids,
        gateways=gateways,
        offered=frozenset(settings.gateways),
        settings_of=SETTINGS,
        notices=TemplateNotices(settings.mail_templates_dir),
        mailer=mailer(settings, clock, mail_stream),
        texts=WrittenTexts(),
        pictures=drawing,
        media=FolderMedia(settings.media_folder, f"{settings.url}/media"),
        hasher=hasher,
        **_identity(settings, store, cache, policy),
        kinds=kinds,
        policy=policy,
    )


def _identity(
    settings: Settings, store: PostgresStore, cache: SessionCache | None, policy: StorePolicy
) -> dict[str, Any]:
    """What accounts are proven by, the hashing of passwords apart."""
    tokens = JwtTokens(audience=settings.token_audience)
    gate = StoreGate(
        unit_of_work=store.unit_of_work,
        reading=store.reading,
        clock=store.clock,
        ids=store.ids,
        tokens=tokens,
        cache=cache,
        derive=partial(signing_secret, secret_key=settings.secret_key),
        policy=policy.accounts,
    )
    return {
        "gate": gate,
        "tokens": tokens,
        "passwords": ListedPasswords(password_rules(settings), words=(settings.store_name,)),
        "second_factor": TotpSecondFactor(
            issuer=settings.store_name, secret_key=settings.secret_key
        ),
    }
