"""What the environment may say, what it may not, and that a refusal gives nothing away."""

from __future__ import annotations

import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automate_store.application.ports.limits import Limit
from automate_store.application.ports.messages import MailSecurity
from automate_store.domain.kernel.errors import FieldError
from automate_store.domain.kernel.money import Rounding
from automate_store.entrypoints.settings import (
    PREFIX,
    LogFormat,
    LogLevel,
    Settings,
    SettingsRefused,
    describe,
    markdown_table,
    user_data_dir,
)

ROOT = Path(__file__).parents[2]
VARIABLES = [setting.variable for setting in describe()]
BEGIN, END = "<!-- settings -->", "<!-- /settings -->"

ACCEPTED: list[tuple[str, str, Any]] = [
    ("DATABASE_URL", "postgresql://u:p@h:5432/d", "postgresql://u:p@h:5432/d"),
    ("DATABASE_URL", "postgres://u:p%40@h/d", "postgresql://u:p%40@h/d"),
    ("DATABASE_URL", "postgresql:///d?host=/run/pg", "postgresql:///d?host=/run/pg"),
    ("REDIS_URL", "redis://:p%40@h:6379/1", "redis://:p%40@h:6379/1"),
    ("REDIS_URL", "rediss://h", "rediss://h"),
    ("REDIS_URL", "unix:///run/valkey.sock?db=1", "unix:///run/valkey.sock?db=1"),
    ("REDIS_TIMEOUT_S", "0.05", 0.05),
    ("DATA_DIR", "/srv/shop", Path("/srv/shop")),
    ("HOST", "::1", "::1"),
    ("GATEWAYS", "Manual", ("manual",)),
    ("GATEWAYS", "none", ()),
    ("LIMIT_GENERAL", "100/15m", Limit(100, 900)),
    ("LIMIT_AUTH", "5/900S", Limit(5, 900)),
    ("LIMIT_CART", "0", None),
    ("LIMIT_CHECKOUT", "off", None),
    ("LIMIT_CHECKOUT", "1/1d", Limit(1, 86_400)),
    ("TRUSTED_PROXIES", "10.0.0.0/8, fd00::1", (ip_network("10.0.0.0/8"), ip_network("fd00::1"))),
    ("TRUSTED_PROXIES", "none", ()),
    ("ALLOWED_HOSTS", "Shop.Example,shop.example., 10.0.0.5", ("shop.example", "10.0.0.5")),
    ("ALLOWED_HOSTS", "2001:db8::5,[::1]", ("[2001:db8::5]", "[::1]")),
    ("ALLOWED_HOSTS", "bücher.example", ("xn--bcher-kva.example",)),
    ("ALLOWED_HOSTS", "*", ("*",)),
    (
        "CORS_ORIGINS",
        "https://A.example:443, http://b:3000",
        ("https://a.example", "http://b:3000"),
    ),
    ("CORS_ORIGINS", "NONE", ()),
    ("CORS_ORIGINS", "*", ("*",)),
    ("PORT", " 80\n", 80),
    ("PORT", "0", 0),
    ("PORT", "65535", 65_535),
    ("PUBLIC_URL", "https://shop.example/", "https://shop.example"),
    ("CURRENCY", "jpy", "JPY"),
    ("PRICE_ROUNDING", "half_even", Rounding.HALF_EVEN),
    ("TAX_ROUNDING", "DOWN", Rounding.DOWN),
    ("STAFF_TOKEN", "0123456789abcdef", "0123456789abcdef"),
    ("SECRET_KEY", "0123456789abcdef" * 2, "0123456789abcdef" * 2),
    ("MAIL_FROM", "Shop@Example.com", "shop@example.com"),
    ("SMTP_HOST", "mail.example", "mail.example"),
    ("SMTP_SECURITY", "TLS", MailSecurity.TLS),
    ("SMTP_PASSWORD", "a b%c", "a b%c"),
    ("STATEMENT_TIMEOUT_S", "0.5", 0.5),
    ("EMBEDDED_WORKER", "No", False),
    ("EMBEDDED_WORKER", "1", True),
    ("LOG_LEVEL", "WARNING", LogLevel.WARNING),
    ("LOG_FORMAT", "json", LogFormat.JSON),
    ("STORE_NAME", "Café Ünïcode", "Café Ünïcode"),
]
REFUSED = [
    ("DATABASE_URL", "mysql://u:hunter2@h/d", "does not begin with postgresql://"),
    ("DATABASE_URL", "postgresql://u:hunter2/x@h/d", "port is not a number"),
    ("DATABASE_URL", "postgresql://u:hunter2@h:70000/d", "port is not a number"),
    ("DATABASE_URL", "postgresql:hunter2", "is not a URL"),
    ("DATABASE_URL", "hunter2", "is not a URL"),
    ("REDIS_URL", "memcached://hunter2", "does not begin with redis://"),
    ("REDIS_URL", "redis://:hunter2@", "names no host"),
    ("REDIS_URL", "unix://hunter2", "names no socket"),
    ("REDIS_URL", "redis://:hunter2@h:70000", "port is not a number"),
    ("HOST", "a hunter2", "is not an address"),
    ("LIMIT_GENERAL", "hunter2", "is no limit"),
    ("LIMIT_GENERAL", "100", "is no limit"),
    ("LIMIT_GENERAL", "100/15", "is no limit"),
    ("LIMIT_GENERAL", "-1/15m", "is no limit"),
    ("LIMIT_GENERAL", "0/15m", "allows nothing"),
    ("LIMIT_GENERAL", "1/0s", "in no time"),
    ("LIMIT_GENERAL", "1/25h", "in more than a day"),
    ("TRUSTED_PROXIES", "hunter2", "is no address, and no network"),
    ("TRUSTED_PROXIES", "10.0.0.1/8", "is no address, and no network"),
    ("TRUSTED_PROXIES", "*", "is no address, and no network"),
    ("TRUSTED_PROXIES", "10.0.0.0/8,", "is no address, and no network"),
    ("TRUSTED_PROXIES", ",".join(["10.0.0.1"] * 101), "has more than 100 entries"),
    ("ALLOWED_HOSTS", "hunter2/", "is not a host's name or address"),
    ("ALLOWED_HOSTS", "https://hunter2", "is not a host's name or address"),
    ("ALLOWED_HOSTS", "*.hunter2", "is not a host's name or address"),
    ("ALLOWED_HOSTS", "hunter2,*", "is not a host's name or address"),
    ("ALLOWED_HOSTS", "none,", "is not a host's name or address"),
    ("CORS_ORIGINS", "hunter2", "does not begin with http:// or https:// and a host"),
    ("CORS_ORIGINS", "https://hunter2/", "holds more than a host and a port"),
    ("CORS_ORIGINS", "https://hunter2/shop", "holds more than a host and a port"),
    ("CORS_ORIGINS", "https://a:hunter2@h", "and a host"),
    ("CORS_ORIGINS", "https://hunter2,*", "does not begin with http:// or https:// and a host"),
    ("CORS_ORIGINS", "https://h:x", "is not an origin"),
    ("CORS_ORIGINS", "null", "does not begin with http:// or https:// and a host"),
    ("PORT", "hunter2", "is not a whole number"),
    ("PORT", "8_000", "is not a whole number"),
    ("PORT", "٨٠٠٠", "is not a whole number"),
    ("PORT", "-1", "is below 0"),
    ("PORT", "65536", "is above 65535"),
    ("PORT", "9" * 5000, "is not a whole number"),
    ("PUBLIC_URL", "ftp://hunter2", "does not begin with http://"),
    ("PUBLIC_URL", "https://u:hunter2@shop.example", "holds more than a host and a path"),
    ("PUBLIC_URL", "https://shop.example/?token=hunter2", "holds more than a host and a path"),
    ("STORE_NAME", "x" * 101, "is too long"),
    ("STORE_NAME", "a\r\nBcc: hunter2", "can't be printed"),
    ("CURRENCY", "hunter2", "is not a currency of ISO 4217"),
    ("CURRENCY", "XAU", "is not a currency of ISO 4217"),
    ("TAX_MODE", "hunter2", "is none of its values; it takes: one of `exclusive`, `inclusive`"),
    ("STAFF_TOKEN", "hunter2", "has fewer than 16 characters"),
    ("SECRET_KEY", "hunter2-0123456789-0123456789-x", "has fewer than 32 characters"),
    ("PASSWORD_MIN_LENGTH", "7", "is below 8"),
    ("PASSWORD_HASH_MEMORY_KIB", "4096", "is below 19456"),
    ("STAFF_TOKEN", "hunter2 hunter2 hunter2", "can't stand in a header"),
    ("MAIL_FROM", "hunter2", "is not an e-mail address"),
    ("SMTP_HOST", "smtp://hunter2", "is not an address"),
    ("SMTP_SECURITY", "hunter2", "is none of its values"),
    ("SMTP_PASSWORD", "hunter2" * 40, "is too long"),
    ("POOL_SIZE", "0", "is below 1"),
    ("STATEMENT_TIMEOUT_S", "nan", "is not a number"),
    ("STATEMENT_TIMEOUT_S", "inf", "is not a number"),
    ("STATEMENT_TIMEOUT_S", "0", "is below 0.1"),
    ("IDEMPOTENCY_LIFETIME_S", "3600", "is below 86400"),
    ("EMBEDDED_WORKER", "hunter2", "is neither yes nor no"),
]


def refusal(environ: dict[str, str]) -> SettingsRefused:
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_environment(environ)
    return refused.value


def test_an_empty_environment_gives_the_defaults() -> None:
    home = {"HOME": "/home/ann"}
    assert Settings.from_environment(home) == Settings(data_dir=user_data_dir(home))


def test_an_empty_value_counts_as_not_set() -> None:
    blank = dict.fromkeys(VARIABLES, " ")
    assert Settings.from_environment(blank) == Settings.from_environment({})


def test_other_peoples_variables_are_none_of_ours() -> None:
    others = {"PATH": "/bin", "PORT": "80", "AUTOMATE": "1", "XAUTOMATE_STORE_PORT": "1"}
    assert Settings.from_environment(others) == Settings.from_environment({})


@pytest.mark.parametrize(("name", "given", "expected"), ACCEPTED)
def test_a_good_value_is_read(name: str, given: str, expected: object) -> None:
    settings = Settings.from_environment({PREFIX + name: given})
    assert getattr(settings, name.lower()) == expected


@pytest.mark.parametrize(("name", "given", "reason"), REFUSED)
def test_a_bad_value_is_refused_by_name_and_reason_and_never_quoted(
    name: str, given: str, reason: str
) -> None:
    error = refusal({PREFIX + name: given})
    assert [fault.field for fault in error.errors] == [PREFIX + name]
    assert reason in str(error)
    assert "it takes: " in str(error)
    assert "hunter2" not in str(error)


@given(variable=st.sampled_from(VARIABLES), value=st.text(min_size=1, max_size=40))
def test_any_text_is_read_or_refused_with_its_variable(variable: str, value: str) -> None:
    faults: tuple[FieldError, ...] = ()
    try:
        Settings.from_environment({variable: value})
    except SettingsRefused as refused:
        faults = refused.errors
    assert [fault.field for fault in faults] in ([], [variable])


def test_every_fault_is_told_at_once() -> None:
    error = refusal(
        {PREFIX + "PORT": "x", PREFIX + "CURRENCY": "x", PREFIX + "HOSTS": "x", PREFIX + "TLS": "x"}
    )
    assert {fault.field.removeprefix(PREFIX) for fault in error.errors} == {
        "PORT",
        "CURRENCY",
        "HOSTS",
        "TLS",
    }


@pytest.mark.parametrize(
    ("name", "meant"),
    [("PROT", "PORT"), ("DATABSE_URL", "DATABASE_URL"), ("DB_POOL_SIZE", "POOL_SIZE")],
)
def test_an_unknown_variable_is_refused_with_the_one_that_was_meant(name: str, meant: str) -> None:
    assert f"{name} is not a setting of this store; did you mean {PREFIX}{meant}?" in str(
        refusal({PREFIX + name: "1"})
    )


def test_a_variable_in_the_wrong_case_is_refused_and_not_overlooked() -> None:
    assert f"did you mean {PREFIX}PORT?" in str(refusal({"automate_store_port": "1"}))


def test_secrets_do_not_show_in_the_settings_own_text() -> None:
    settings = Settings.from_environment(
        {
            PREFIX + "DATABASE_URL": "postgresql://u:hunter2@h/d",
            PREFIX + "STAFF_TOKEN": "hunter2-0123456789",
            PREFIX + "SECRET_KEY": "hunter2-" + "0123456789" * 3,
        }
    )
    assert "hunter2" not in repr(settings)


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="XDG is for the other systems")
def test_data_stand_where_the_platform_keeps_them() -> None:
    assert user_data_dir({"HOME": "/h"}) == Path("/h/.local/share/automate_store")
    assert user_data_dir({"HOME": "/h", "XDG_DATA_HOME": "/d"}) == Path("/d/automate_store")


def test_the_shops_address_is_the_public_one_where_there_is_one() -> None:
    assert Settings(port=81).url == "http://127.0.0.1:81"
    assert Settings(host="::1", port=81).url == "http://[::1]:81"
    assert Settings(public_url="https://shop.example").url == "https://shop.example"


def test_every_field_is_described() -> None:
    described = [setting.variable for setting in describe()]
    assert sorted(described) == sorted(
        PREFIX + each.upper() for each in attrs.fields_dict(Settings)
    )
    assert described[0] == PREFIX + "DATABASE_URL", "what a new shop asks for first"
    assert all(each.type and each.default and each.meaning for each in describe())


def test_the_module_prints_the_manuals_table() -> None:
    command = [sys.executable, "-m", "automate_store.entrypoints.settings"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed == markdown_table() + "\n"


def test_the_readme_has_the_table_as_it_is() -> None:
    text = (ROOT / "README.md").read_text()
    assert text.count(BEGIN) == text.count(END) == 1, "README.md has no table of settings"
    table = text.split(BEGIN)[1].split(END)[0].strip()
    assert table == markdown_table(), "run: python -m automate_store.entrypoints.settings"
