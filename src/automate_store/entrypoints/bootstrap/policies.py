"""What the settings come to, in the words of whoever is handed it."""

from __future__ import annotations

from datetime import timedelta
from importlib.metadata import entry_points

from attrs import evolve

from automate_store.adapters.credentials import Argon2Passwords
from automate_store.adapters.media import PillowPictures
from automate_store.adapters.postgres.engine import PoolSettings
from automate_store.application.policies import StorePolicy
from automate_store.domain.carts import CartPolicy
from automate_store.domain.identity import AccountPolicy, PasswordRules
from automate_store.domain.kernel.errors import FieldError
from automate_store.domain.kernel.money import BadAmount, Money
from automate_store.domain.pricing import PricingPolicy
from automate_store.domain.promotions import BUILT_IN, Kinds
from automate_store.domain.returns import ReturnPolicy
from automate_store.entrypoints.settings import Settings, SettingsRefused

PATIENCE_S = 600.0
"""How long one statement of a command that reads or writes a whole catalogue may take."""
PICTURES_AT_ONCE, PICTURES_WAITING = 1, 8
"""How many pictures are drawn at a time, and how many more may wait for it."""
PROMOTION_PARTS = "automate_store.promotions"
"""The entry points by which installed packages bring conditions and actions of their own."""


def promotion_kinds() -> Kinds:
    """
    The built-in conditions and actions, and those of installed packages.

    A package names each of its classes under the entry point group PROMOTION_PARTS. Raises
    TypeError for what is no such class, ValueError where two have one kind.
    """
    found = {each.value: each.load() for each in entry_points(group=PROMOTION_PARTS)}
    for name, part in found.items():
        if not (isinstance(part, type) and isinstance(getattr(part, "kind", None), str)):
            raise TypeError(f"{name} is no condition or action: it is no class with a kind")
    return BUILT_IN.and_these(*found.values())


def pool_settings(settings: Settings, database_url: str) -> PoolSettings:
    """The bounds of every wait for the database while customers wait for us."""
    return PoolSettings(
        url=database_url,
        pool_size=settings.pool_size,
        acquire_timeout_s=settings.pool_acquire_timeout_s,
        connect_timeout_s=settings.connect_timeout_s,
        statement_timeout_s=settings.statement_timeout_s,
    )


def patient_pool_settings(settings: Settings, database_url: str) -> PoolSettings:
    """The bounds of a command that works through a whole shop, with nobody waiting for it."""
    return evolve(
        pool_settings(settings, database_url),
        pool_size=2,
        statement_timeout_s=PATIENCE_S,
        lock_timeout_s=PATIENCE_S,
        idle_in_transaction_timeout_s=PATIENCE_S,
    )


def password_hasher(settings: Settings) -> Argon2Passwords:
    """What hashes passwords at the cost that the settings name; to be closed."""
    return Argon2Passwords(
        memory_kib=settings.password_hash_memory_kib,
        time_cost=settings.password_hash_time_cost,
        parallelism=settings.password_hash_parallelism,
        at_once=settings.password_hash_at_once,
        waiting=settings.password_hash_waiting,
    )


def password_rules(settings: Settings) -> PasswordRules:
    """What the merchant asks of a new password."""
    return PasswordRules(
        shortest=settings.password_min_length,
        number=settings.password_require_number,
        special=settings.password_require_special,
    )


def pictures(settings: Settings) -> PillowPictures:
    """What draws pictures anew, within the bounds that the settings name; to be closed."""
    return PillowPictures(
        max_bytes=settings.max_image_bytes,
        max_pixels=settings.max_image_pixels,
        at_once=PICTURES_AT_ONCE,
        waiting=PICTURES_WAITING,
    )


def store_policy(settings: Settings) -> StorePolicy:
    """The numbers that the merchant set."""
    return StorePolicy(
        store_name=settings.store_name,
        currency=settings.currency,
        cart=CartPolicy(
            max_lines=settings.max_lines_per_cart,
            max_quantity=settings.max_quantity_per_line,
            merge=settings.cart_merge_policy,
        ),
        reservation_lifetime=timedelta(seconds=settings.reservation_lifetime_s),
        edit_window=timedelta(seconds=settings.edit_window_s),
        guest_cart_lifetime=timedelta(seconds=settings.guest_cart_lifetime_s),
        key_lifetime=timedelta(seconds=settings.idempotency_lifetime_s),
        low_stock_threshold=settings.low_stock_threshold,
        accounts=account_policy(settings),
        returns=return_policy(settings),
        url=settings.url,
        capture=settings.capture,
        staff_email=settings.staff_email,
        told_lifetime=timedelta(days=settings.webhook_events_kept_days),
    )


def account_policy(settings: Settings) -> AccountPolicy:
    """How long sign-ins last, and what they take."""
    return AccountPolicy(
        registration=settings.registration,
        access_lifetime=timedelta(seconds=settings.access_token_lifetime_s),
        session_lifetime=timedelta(seconds=settings.session_lifetime_s),
        session_idle=timedelta(seconds=settings.session_idle_s),
        proof_lifetime=timedelta(seconds=settings.proof_lifetime_s),
        verify_lifetime=timedelta(seconds=settings.verify_link_lifetime_s),
        reset_lifetime=timedelta(seconds=settings.reset_link_lifetime_s),
        staff_second_factor=settings.staff_second_factor,
    )


def return_policy(settings: Settings) -> ReturnPolicy:
    """What the merchant takes back, until when, and at whose cost; raises SettingsRefused."""
    try:
        return_shipping = Money.parse(settings.return_shipping_cost, settings.currency)
    except BadAmount as wrong:
        reason = f"is not an amount in {settings.currency}"
        fault = FieldError("AUTOMATE_STORE_RETURN_SHIPPING_COST", reason)
        raise SettingsRefused((fault,)) from wrong
    return ReturnPolicy(
        window=timedelta(days=settings.return_window_days),
        reasons=frozenset(settings.return_reasons),
        merchants_fault=frozenset(settings.return_merchants_fault),
        claims=frozenset(settings.claim_reasons),
        losses=frozenset(settings.claim_loss_reasons),
        digital=settings.return_digital,
        original_shipping=settings.return_original_shipping,
        restocking_rate=settings.restocking_fee_percent.scaleb(-2),
        return_shipping=return_shipping,
        rounding=settings.price_rounding,
        clawback=settings.return_clawback,
        refund_on_receipt=settings.refund_on_receipt,
        exchange_lifetime=timedelta(hours=settings.exchange_hours),
    )


def pricing_policy(settings: Settings) -> PricingPolicy:
    """How the merchant taxes and rounds."""
    return PricingPolicy(
        tax_mode=settings.tax_mode,
        tax_rounding_level=settings.tax_rounding_level,
        price_rounding=settings.price_rounding,
        tax_rounding=settings.tax_rounding,
    )
