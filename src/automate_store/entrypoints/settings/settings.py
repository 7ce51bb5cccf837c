"""One frozen Settings, read from the environment whole or refused whole."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs
from attrs import frozen

from automate_store.application.ports.limits import Bucket, Limit, LimitPolicy
from automate_store.domain.carts import MergePolicy
from automate_store.domain.identity import Registration
from automate_store.domain.kernel.errors import FieldError
from automate_store.domain.kernel.money import Rounding
from automate_store.domain.taxes import TaxMode, TaxRounding
from automate_store.entrypoints.settings.declaring import (
    PREFIX,
    Setting,
    SettingsRefused,
    setting,
    unknown,
    user_data_dir,
    variable,
)
from automate_store.entrypoints.settings.edge import (
    GATEWAYS,
    HOSTS,
    LIMIT,
    NETWORKS,
    ORIGINS,
    OfferedGateway,
    host_name,
    in_ascii,
)
from automate_store.entrypoints.settings.kinds import (
    CURRENCY,
    DATABASE_URL,
    FLAG,
    FOLDER,
    HOST,
    PUBLIC_URL,
    REDIS_URL,
    SECRET_KEY,
    TOKEN,
    Kind,
    LogFormat,
    LogLevel,
    one_of,
    seconds,
    text,
    whole,
)
from automate_store.entrypoints.settings.mailing import MailSettings
from automate_store.entrypoints.settings.paying import PayingSettings
from automate_store.entrypoints.settings.returning import ReturnSettings

DAY_S = 86_400
YEAR_S = 366 * DAY_S
MEBIBYTE = 1_048_576
_LOCAL = ("localhost", "127.0.0.1", "[::1]")
Network = IPv4Network | IPv6Network


@frozen(kw_only=True)
class Settings(MailSettings, PayingSettings, ReturnSettings):
    """Everything that can be set; each field's default is what a new shop starts with."""

    database_url: str | None = setting(
        DATABASE_URL,
        None,
        "The PostgreSQL (15 or later) to use; without one, an embedded one runs in the data folder",
        shown="embedded",
    )
    data_dir: Path = setting(
        FOLDER,
        attrs.Factory(lambda: user_data_dir(os.environ)),
        "Where the embedded database keeps its files, and pictures are kept",
        shown="the user's data folder",
    )
    host: str = setting(HOST, "127.0.0.1", "The address to listen on")
    port: int = setting(whole(0, 65_535), 8000, "The port to listen on; 0 takes any free one")
    public_url: str | None = setting(
        PUBLIC_URL,
        None,
        "The shop's address as customers see it; where it is https, cookies are too",
        shown="host and port",
    )
    store_name: str = setting(text(100), "Automate Store", "The shop's name in mails and pages")
    currency: str = setting(CURRENCY, "USD", "The one currency of the shop")
    gateways: tuple[str, ...] = setting(
        GATEWAYS,
        (OfferedGateway.MANUAL,),
        "How new orders may be paid; `manual` takes the word of whoever says that they paid",
        shown="`manual`",
    )
    tax_mode: TaxMode = setting(
        one_of(TaxMode), TaxMode.EXCLUSIVE, "Whether prices are without tax or contain it"
    )
    price_rounding: Rounding = setting(
        one_of(Rounding),
        Rounding.HALF_UP,
        "How part of a minor unit is settled in discounts; no price is rounded",
    )
    tax_rounding: Rounding = setting(
        one_of(Rounding), Rounding.HALF_UP, "How part of a minor unit is settled in taxes"
    )
    tax_rounding_level: TaxRounding = setting(
        one_of(TaxRounding), TaxRounding.LINE, "What a tax is rounded for, once each"
    )
    staff_token: str | None = setting(
        TOKEN,
        None,
        "The token that staff routes ask for; without one they answer 404",
        shown="none",
    )
    registration: Registration = setting(
        one_of(Registration),
        Registration.OPEN,
        "Whether who registers is let in at once, or once the mailed link was used",
    )
    access_token_lifetime_s: int = setting(whole(60, 3600), 900, "How long an access token counts")
    session_lifetime_s: int = setting(
        whole(3600, YEAR_S), 30 * DAY_S, "How long a sign-in lasts, however much it is used"
    )
    session_idle_s: int = setting(
        whole(3600, YEAR_S), DAY_S, "How long a sign-in lasts that is not used"
    )
    proof_lifetime_s: int = setting(
        whole(0, DAY_S),
        600,
        "How long a sign-in is proof enough to change the e-mail or delete the account",
    )
    verify_link_lifetime_s: int = setting(
        whole(300, 30 * DAY_S), DAY_S, "How long a link that proves an e-mail is good"
    )
    reset_link_lifetime_s: int = setting(
        whole(300, DAY_S), 3600, "How long a link that sets a new password is good"
    )
    staff_second_factor: bool = setting(
        FLAG, False, "Whether staff can do nothing for the shop before they have a second factor"
    )
    secret_key: str | None = setting(
        SECRET_KEY,
        None,
        "The secret without which a copy of the database signs no tokens and makes no codes;"
        " to change it ends every sign-in and second factor",
        shown="none",
    )
    token_audience: str = setting(
        text(100), "automate_store", "Whom access tokens are for; those for others are refused"
    )
    password_min_length: int = setting(
        whole(8, 64), 8, "Characters of a new password, at least; 128 are the most"
    )
    password_require_number: bool = setting(FLAG, True, "Whether a new password needs a number")
    password_require_special: bool = setting(
        FLAG, True, "Whether a new password needs a character that is no letter and no number"
    )
    password_hash_memory_kib: int = setting(
        whole(19_456, 262_144), 19_456, "Argon2id: KiB of memory that a password's hash takes"
    )
    password_hash_time_cost: int = setting(
        whole(2, 16), 2, "Argon2id: how often a hash goes through its memory"
    )
    password_hash_parallelism: int = setting(
        whole(1, 16), 1, "Argon2id: lanes of a hash, each a thread of its own"
    )
    password_hash_at_once: int = setting(
        whole(1, 64), 1, "Passwords that one server hashes at a time, behind all else it does"
    )
    password_hash_waiting: int = setting(
        whole(1, 10_000), 64, "Passwords that wait for that; who comes later is told to come back"
    )
    pool_size: int = setting(whole(1, 1000), 10, "Database connections of one server, at most")
    pool_acquire_timeout_s: float = setting(
        seconds(0.01, 60), 2.0, "How long a request waits for a database connection"
    )
    connect_timeout_s: float = setting(
        seconds(0.1, 60), 2.0, "How long connecting to the database may take"
    )
    statement_timeout_s: float = setting(
        seconds(0.1, 3600), 2.0, "How long one statement may take in the database"
    )
    limit_general: Limit | None = setting(
        LIMIT,
        Limit(100, 900),
        "Requests of one account or address that none of the next three counts",
        shown="`100/15m`",
    )
    limit_auth: Limit | None = setting(
        LIMIT,
        Limit(5, 900),
        "Tries to sign in, register or reset, of one account and of one address",
        shown="`5/15m`",
    )
    limit_cart: Limit | None = setting(LIMIT, Limit(50, 300), "Changes of carts", shown="`50/5m`")
    limit_checkout: Limit | None = setting(
        LIMIT, Limit(10, 3600), "Tries to order and to pay", shown="`10/1h`"
    )
    trusted_proxies: tuple[Network, ...] = setting(
        NETWORKS,
        (),
        "Proxies whose `X-Forwarded-For` is believed; without one, nobody's is",
        shown="none",
    )
    allowed_hosts: tuple[str, ...] | None = setting(
        HOSTS,
        None,
        "Names by which the store may be asked for; others get 400, save for its health",
        shown="those of the public URL and of this machine",
    )
    cors_origins: tuple[str, ...] = setting(
        ORIGINS,
        ("https://automatestore.dev", "http://localhost:3000"),
        "Sites whose scripts may use the API with cookies; `*` goes without",
        shown="`https://automatestore.dev,http://localhost:3000`",
    )
    redis_url: str | None = setting(
        REDIS_URL,
        None,
        "The Redis or Valkey that servers share for speed; the shop works the same without it",
        shown="none",
    )
    redis_timeout_s: float = setting(
        seconds(0.01, 5), 0.1, "How long a request waits for Redis before it goes on without"
    )
    reservation_lifetime_s: int = setting(
        whole(1, YEAR_S), 1800, "How long an unpaid order, or a change of one, holds its stock"
    )
    edit_window_s: int = setting(whole(0, YEAR_S), 3600, "How long a new order may be changed")
    guest_cart_lifetime_s: int = setting(
        whole(60, YEAR_S), 7 * DAY_S, "How long a guest's cart is kept after its last change"
    )
    idempotency_lifetime_s: int = setting(
        whole(DAY_S, YEAR_S), DAY_S, "How long the answer to an idempotency key is kept"
    )
    max_body_bytes: int = setting(
        whole(1024, 100 * MEBIBYTE), MEBIBYTE, "The largest request body that is read"
    )
    body_timeout_s: float = setting(
        seconds(0.1, 600),
        30,
        "How long a whole request body, or a request's head, may take to come",
    )
    media_dir: Path | None = setting(
        FOLDER,
        None,
        "Where pictures of products are kept; servers of one shop share it",
        shown="`media` in the data folder",
    )
    max_image_bytes: int = setting(
        whole(1024, 100 * MEBIBYTE), 10 * MEBIBYTE, "The largest picture that is read"
    )
    max_image_pixels: int = setting(
        whole(1, 200_000_000),
        40_000_000,
        "Pixels of a picture, at most; drawing one takes up to 18 bytes for each",
    )
    max_lines_per_cart: int = setting(whole(1, 10_000), 100, "Lines in a cart, at most")
    max_quantity_per_line: int = setting(
        whole(1, 1_000_000), 999, "Units in a line of a cart, at most"
    )
    cart_merge_policy: MergePolicy = setting(
        one_of(MergePolicy),
        MergePolicy.MAXIMUM,
        "How many there are of what a guest's cart and the account's both hold, once signed in",
    )
    shipping_rates_url: str | None = setting(
        PUBLIC_URL,
        None,
        "The service that is asked for carriers' prices; without one, external rates fall back",
        shown="none",
    )
    shipping_rates_timeout_s: float = setting(
        seconds(0.05, 30), 2.0, "How long a request waits for carriers' prices, all together"
    )
    shipping_rates_kept_s: int = setting(
        whole(0, DAY_S), 300, "How long a carrier's price is kept for the same parcel and place"
    )
    low_stock_threshold: int = setting(
        whole(0, 1_000_000), 5, "At how many available units new stock counts as low"
    )
    product_list_cache_s: int = setting(
        whole(0, DAY_S), 10, "How long answers about the catalogue may be kept; 0 is not at all"
    )
    embedded_worker: bool = setting(
        FLAG, True, "Whether a server also runs the jobs (mails, expiry, purging)"
    )
    worker_concurrency: int = setting(whole(1, 100), 4, "Jobs that one worker runs at a time")
    shutdown_grace_s: float = setting(
        seconds(0, 300), 10.0, "How long a server that stops finishes what is under way"
    )
    log_level: LogLevel = setting(
        one_of(LogLevel), LogLevel.INFO, "The least important line that is logged"
    )
    log_format: LogFormat | None = setting(
        one_of(LogFormat),
        None,
        "How log lines look",
        shown="`console` on a terminal, else `json`",
    )

    @property
    def url(self) -> str:
        """The shop's address as customers see it, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def media_folder(self) -> Path:
        """Where pictures are kept."""
        return self.media_dir or self.data_dir / "media"

    @property
    def limits(self) -> LimitPolicy:
        """What is limited, and how."""
        found = {
            Bucket.GENERAL: self.limit_general,
            Bucket.AUTH: self.limit_auth,
            Bucket.CART: self.limit_cart,
            Bucket.CHECKOUT: self.limit_checkout,
        }
        return {bucket: limit for bucket, limit in found.items() if limit is not None}

    @property
    def hosts(self) -> frozenset[str]:
        """The names that the store answers to; ``*`` among them is any."""
        if self.allowed_hosts is not None:
            return frozenset(self.allowed_hosts)
        bound = f"[{self.host}]" if ":" in self.host else self.host
        own = (host_name(in_ascii(urlsplit(self.url).netloc)), host_name(bound))
        return frozenset({*_LOCAL, *(name for name in own if name)})

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """The settings in the environment; raises SettingsRefused, with every fault in it."""
        known = {variable(each): each for each in attrs.fields(cls)}
        given = {
            name: stripped
            for name, value in environ.items()
            if name.upper().startswith(PREFIX) and (stripped := value.strip())
        }
        faults = [unknown(name, known) for name in sorted(given.keys() - known.keys())]
        found: dict[str, Any] = {}
        for name in sorted(given.keys() & known.keys()):
            kind: Kind = known[name].metadata["kind"]
            try:
                found[known[name].name] = kind.read(given[name])
            except ValueError as wrong:
                faults.append(FieldError(name, f"{wrong}; it takes: {kind.words}"))
        if faults:
            raise SettingsRefused(tuple(faults))
        return cls(**{"data_dir": found.pop("data_dir", None) or user_data_dir(environ), **found})


def describe() -> Iterator[Setting]:
    """Every variable, in the order of the manual: what has a part of its own comes last."""
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(Settings)
    own = Settings.__annotations__
    for each in sorted(fields, key=lambda field: field.name not in own):
        facts = each.metadata
        yield Setting(variable(each), facts["kind"].words, facts["shown"], facts["meaning"])


def markdown_table() -> str:
    """The manual's table of settings."""
    rows = [f"| `{s.variable}` | {s.type} | {s.default} | {s.meaning} |" for s in describe()]
    return "\n".join(
        ["| Variable | Takes | Default | Meaning |", "| --- | --- | --- | --- |", *rows]
    )
