"""Which webhooks are PayPal's, and whom nobody who forges one can make us ask."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from datetime import datetime, timedelta

import pytest
from attrs import evolve

from automate_store.adapters.paypal import LIVE, SANDBOX, trusted_roots
from automate_store.adapters.paypal.signatures import KEPT_FOR, LONGEST_CERTIFICATE, REST
from automate_store.application.errors import GatewayUnavailable, WebhookRefused
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.paypal.scene import CERTIFICATE, WEBHOOK_ID, Post, unsigned
from tests.adapters.paypal.signing import PAYPAL, UNTIL, Authority, Pen

BODY = json.dumps(
    {"id": "WH-1", "create_time": "2026-03-01T12:00:00Z", "event_type": "A.NEW.KIND"}
).encode()
SECOND = timedelta(seconds=1)
CERTS = "/v1/notifications/certs"


async def hear(post: Post, headers: dict[str, str], at: datetime = NOON) -> str:
    return (await post.gateway.read_webhook(headers, BODY, at=at)).id


def fetched(post: Post) -> int:
    return sum(count for path, count in post.fake.asked.items() if path.startswith(CERTS))


async def test_what_paypal_signed_is_heard(post: Post) -> None:
    assert await hear(post, post.sign(BODY, at=NOON)) == "WH-1"


@pytest.mark.parametrize(
    "url",
    [
        "http://{host}/v1/notifications/certs/CERT-1",
        "https://evil.example/v1/notifications/certs/CERT-1",
        "https://{host}.evil.example/v1/notifications/certs/CERT-1",
        "https://{host}@evil.example/v1/notifications/certs/CERT-1",
        "https://user@{host}/v1/notifications/certs/CERT-1",
        "https://evil.example\\@{host}/v1/notifications/certs/CERT-1",
        "https://evil.example/\\{host}/v1/notifications/certs/CERT-1",
        "https://evil.example#@{host}/v1/notifications/certs/CERT-1",
        "https://evil.example?@{host}/v1/notifications/certs/CERT-1",
        "https://127.0.0.1:1/v1/notifications/certs/CERT-1",
        "https://127.0.0.1/v1/notifications/certs/CERT-1",
        "https://[::1]/v1/notifications/certs/CERT-1",
        "https://{host}./v1/notifications/certs/CERT-1",
        "https://{host}/v1/notifications/certs/../../../v2/checkout/orders",
        "https://{host}/v1/notifications/certs/%2e%2e/%2e%2e/orders",
        "https://{host}/v1/notifications/certs/CERT-1?to=evil",
        "https://{host}/v1/notifications/certs/CERT-1#evil",
        "https://{host}/v1/notifications/certs/CERT-1\n",
        " https://{host}/v1/notifications/certs/CERT-1",
        "https://{host}/v2/checkout/orders/ORDER000001",
        "https://{host}",
        "file:///etc/passwd",
        "",
    ],
)
async def test_nothing_is_fetched_that_is_not_paypals_certificate(post: Post, url: str) -> None:
    host = post.fake.base.removeprefix("https://")
    headers = unsigned(post.sign(BODY, at=NOON), cert_url=url.format(host=host))
    with pytest.raises(WebhookRefused):
        await hear(post, headers)
    assert not post.fake.asked


async def test_a_host_that_sends_us_elsewhere_is_not_followed(post: Post) -> None:
    post.fake.certificates["CERT-moved"] = post.pen.chain
    post.fake.moved = f"{post.fake.base}{CERTS}/CERT-moved"
    with pytest.raises(WebhookRefused):
        await hear(post, post.sign(BODY, at=NOON))
    assert post.fake.asked == {f"{CERTS}/{CERTIFICATE}": 1}


async def test_a_name_that_is_not_paypals_counts_for_nothing(post: Post, stranger: Pen) -> None:
    await refuses(post, stranger)


async def test_paypals_name_counts_for_nothing_without_a_root_that_is_trusted(post: Post) -> None:
    await refuses(post, Authority().pen(PAYPAL))


async def test_an_authority_that_is_left_out_vouches_for_nothing(post: Post) -> None:
    leaf = post.pen.chain.split(b"-----END CERTIFICATE-----")[0] + b"-----END CERTIFICATE-----\n"
    await refuses(post, evolve(post.pen, chain=leaf))


async def test_a_certificate_that_ran_out_counts_no_more(post: Post, authority: Authority) -> None:
    await refuses(post, authority.pen(until=NOON - SECOND))
    await refuses(post, authority.pen(since=NOON + SECOND), "CERT-early")


async def test_a_sound_certificate_of_another_key_proves_nothing(
    post: Post, authority: Authority
) -> None:
    mixed = evolve(authority.pen(), chain=post.pen.chain)
    await refuses(post, mixed)


@pytest.mark.parametrize("pem", [b"", b"no certificate", b"A" * (LONGEST_CERTIFICATE + 1)])
async def test_what_is_no_certificate_proves_nothing(post: Post, pem: bytes) -> None:
    await refuses(post, evolve(post.pen, chain=pem))


async def refuses(post: Post, pen: Pen, name: str = "CERT-other") -> None:
    """Whatever that pen signs."""
    post.fake.certificates[name] = pen.chain
    url = post.cert_url.replace(CERTIFICATE, name)
    headers = pen.headers(BODY, at=NOON, webhook_id=WEBHOOK_ID, cert_url=url)
    with pytest.raises(WebhookRefused):
        await hear(post, headers)


async def test_what_is_signed_for_another_webhook_is_not_for_us(post: Post) -> None:
    headers = post.pen.headers(BODY, at=NOON, webhook_id="9XL90610J3647", cert_url=post.cert_url)
    with pytest.raises(WebhookRefused):
        await hear(post, headers)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("transmission_id", "69cd13f0-d67a-11e5-baa3-999999999999"),
        ("transmission_time", "2026-03-01T12:00:01Z"),
        ("transmission_time", "2026-03-01T12:00:00"),
        ("transmission_time", "noon"),
        ("transmission_sig", b64encode(b"x" * 256).decode()),
        ("transmission_sig", "not base 64"),
        ("auth_algo", "SHA1withRSA"),
        ("auth_algo", "none"),
    ],
)
async def test_every_part_of_the_proof_counts(post: Post, part: str, value: str) -> None:
    headers = unsigned(post.sign(BODY, at=NOON), **{part: value})
    with pytest.raises(WebhookRefused):
        await hear(post, headers)


async def test_what_is_too_old_is_not_even_looked_up(post: Post) -> None:
    headers = post.sign(BODY, at=NOON)
    with pytest.raises(WebhookRefused):
        await hear(post, headers, NOON + timedelta(seconds=301))
    assert not post.fake.asked


async def test_a_certificate_is_fetched_once_and_kept_for_a_while(post: Post) -> None:
    for number in range(3):
        await hear(post, post.sign(BODY, at=NOON, number=number))
    assert fetched(post) == 1
    later = NOON + KEPT_FOR
    await hear(post, post.sign(BODY, at=later), later)
    assert fetched(post) == 2


async def test_many_at_once_fetch_it_once(post: Post) -> None:
    many = (hear(post, post.sign(BODY, at=NOON, number=number)) for number in range(10))
    assert set(await asyncio.gather(*many)) == {"WH-1"}
    assert fetched(post) == 1


async def test_a_kept_certificate_ends_with_its_time(post: Post) -> None:
    late = UNTIL - timedelta(minutes=1)
    assert await hear(post, post.sign(BODY, at=late), late) == "WH-1"
    over = UNTIL + timedelta(minutes=1)
    with pytest.raises(WebhookRefused):
        await hear(post, post.sign(BODY, at=over), over)


async def test_a_certificate_that_can_not_be_had_now_is_no_refusal(post: Post) -> None:
    headers = post.sign(BODY, at=NOON)
    away = unsigned(headers, cert_url=post.cert_url)
    post.fake.certificates.clear()
    post.fake.away = True
    with pytest.raises(GatewayUnavailable):
        await hear(post, away)
    post.fake.away = False
    post.fake.certificates[CERTIFICATE] = post.pen.chain
    later = NOON + REST
    assert await hear(post, post.sign(BODY, at=later), later) == "WH-1"


async def test_forged_ones_do_not_make_us_ask_for_each(post: Post) -> None:
    post.fake.certificates.clear()
    for number in range(5):
        with pytest.raises(WebhookRefused):
            await hear(post, post.sign(BODY, at=NOON, number=number))
    assert fetched(post) == 1


async def test_signed_nonsense_is_no_event(post: Post) -> None:
    for body in (b"", b"[]", b"{}", b"\xff", b'{"id": "WH-1"}'):
        with pytest.raises(WebhookRefused):
            await post.gateway.read_webhook(post.sign(body, at=NOON), body, at=NOON)


def test_paypals_own_hosts_are_told_apart_by_environment() -> None:
    assert LIVE.hosts == {"api.paypal.com", "api-m.paypal.com"}
    assert SANDBOX.hosts == {"api.sandbox.paypal.com", "api-m.sandbox.paypal.com"}
    assert LIVE.names == ("messageverificationcerts.paypal.com",)


def test_the_machines_roots_are_believed() -> None:
    names = {root.subject.rfc4514_string() for root in trusted_roots()}
    assert any("DigiCert" in name for name in names)
