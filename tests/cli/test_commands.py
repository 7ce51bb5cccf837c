"""The command line: what it prints where, how it ends, and that it refuses in one sentence."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rich.console import Console
from typer.core import TyperGroup
from typer.main import get_command

from automate_store.entrypoints.cli.commands import PROGRAM, app
from automate_store.entrypoints.cli.documents import print_settings
from automate_store.entrypoints.cli.printing import called
from automate_store.entrypoints.cli.shopfront import print_way
from automate_store.entrypoints.settings import Settings, describe
from benchmarks.rig.servers import COMMAND, environment
from tests.cli.commands import TIMEOUT_S, command, process
from tests.cli.shops import FILE
from tests.postgres_fixtures import copied, fresh

REFUSED_ROW = "odd,Odd,Northwind,Odds,true,Title,Default Title,ODD,1,shopify,1,deny,much,true,true,"
COUNTS = re.compile(r"created\s+updated\s+unchanged\s+refused\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)")


@pytest.fixture(scope="module")
def shop(postgres_server: str) -> Iterator[dict[str, str]]:
    """The settings of a migrated shop that tests of this module fill, each with its own goods."""
    with copied(postgres_server) as url:
        yield {"database_url": url}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "products.csv"
    path.write_text(FILE)
    return path


def counts(printed: str) -> tuple[int, ...]:
    """Created, updated, unchanged, refused, as the closing table has them."""
    found = COUNTS.search(printed)
    assert found is not None, printed
    return tuple(map(int, found.groups()))


@pytest.mark.slow
def test_two_migrations_at_once_migrate_once(postgres_server: str) -> None:
    with fresh(postgres_server) as url, ThreadPoolExecutor() as both:
        settings = {"database_url": url}
        ended = list(both.map(lambda _: process("migrate", settings=settings), range(2)))
    assert [each.code for each in ended] == [0, 0], ended
    first, second = sorted(ended, key=lambda each: "Nothing to do" in each.out)
    assert first.out.startswith("Migrated from nothing to ")
    assert "A new shop: shipping methods standard and express are put up." in first.out
    assert second.out.startswith("Nothing to do")


def test_an_import_counts_and_a_dry_run_keeps_nothing(shop: dict[str, str], file: Path) -> None:
    tried = command("import", "catalog", str(file), "--dry-run", settings=shop)
    first = command("import", "catalog", str(file), settings=shop)
    again = command("import", "catalog", str(file), settings=shop)
    assert (tried.code, counts(tried.out)) == (0, (2, 0, 0, 0)), tried
    assert "nothing was kept" in tried.out
    assert (first.code, counts(first.out)) == (0, (2, 0, 0, 0)), first
    assert (again.code, counts(again.out)) == (0, (0, 0, 2, 0)), again
    assert first.err == "", "no bar where nobody watches"


def test_a_refused_row_is_named_by_line_and_reason(shop: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text(FILE.splitlines()[0] + f"\n{REFUSED_ROW}\n")
    ended = command("import", "catalog", str(file), settings=shop)
    assert (ended.code, counts(ended.out)) == (3, (0, 0, 0, 1)), ended
    assert re.search(r"^2\s+refused: odd\s.*price", ended.out, re.MULTILINE | re.IGNORECASE)


def test_what_is_mended_over_and_over_is_counted_and_listed_when_asked(
    shop: dict[str, str], tmp_path: Path
) -> None:
    header, *rows = FILE.splitlines()
    rows = [f"jar-{n}," + row.split(",", 1)[1] for n in range(7) for row in rows[:1]]
    rows = [row.replace("MUG", f"'JAR-{n}") for n, row in enumerate(rows)]
    file = tmp_path / "jars [b].csv"
    file.write_text("\n".join([header, *rows, REFUSED_ROW]) + "\n")
    short = command("import", "catalog", str(file), "--dry-run", settings=shop)
    whole = command("import", "catalog", str(file), "--dry-run", "--verbose", settings=shop)
    assert (short.out.count("mended: Variant SKU"), whole.out.count("mended: Variant SKU")) == (
        5,
        7,
    )
    assert "mended likewise: 2 of Variant SKU; --verbose lists them." in short.out
    assert "likewise" not in whole.out
    assert "9     refused: odd" in short.out
    assert "8 products in jars [b].csv, a dry run" in short.out


def test_a_broken_file_changes_nothing_and_says_where(shop: dict[str, str]) -> None:
    broken = FILE.replace("mug", "pot").replace("MUG", "POT") + 'half,"Half'
    ended = process("import", "catalog", "-", settings=shop, given=broken)
    assert (ended.code, ended.out) == (1, ""), ended
    assert "Line 5" in ended.err
    assert "Traceback" not in ended.err
    with psycopg.connect(shop["database_url"]) as connection:
        found = connection.execute("SELECT count(*) FROM products WHERE slug = 'pot'").fetchone()
    assert found == (0,)


def test_a_file_that_is_not_there_is_one_sentence(shop: dict[str, str]) -> None:
    ended = command("import", "catalog", "/nowhere/at-all.csv", settings=shop)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "/nowhere/at-all.csv can't be opened: no such file or directory.\n"


def test_what_is_exported_is_imported_unchanged(
    shop: dict[str, str], file: Path, tmp_path: Path
) -> None:
    command("import", "catalog", str(file), settings=shop)
    written = tmp_path / "out.csv"
    to_file = command("export", "catalog", str(written), settings=shop)
    to_pipe = command("export", "catalog", settings=shop)
    again = command("import", "catalog", str(written), settings=shop)
    assert to_file.code == to_pipe.code == 0
    rows = list(csv.DictReader(io.StringIO(to_pipe.out)))
    assert {"mug", "tee"} <= {row["Handle"] for row in rows}
    assert written.read_bytes().decode() == to_pipe.out
    created, updated, unchanged, refused = counts(again.out)
    assert (created, updated, refused) == (0, 0, 0)
    assert unchanged >= 2
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".part")] == []


def test_an_export_that_cant_be_written_names_the_file(shop: dict[str, str]) -> None:
    ended = command("export", "catalog", "/nowhere/at-all.csv", settings=shop)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "/nowhere/at-all.csv can't be opened: no such file or directory.\n"


def test_an_audit_is_a_table_or_one_line_and_ends_with_1_on_differences(
    shop: dict[str, str], file: Path
) -> None:
    command("import", "catalog", str(file), settings=shop)
    clean = command("audit", settings=shop)
    with psycopg.connect(shop["database_url"]) as connection:
        connection.execute(
            "UPDATE stock_items SET on_hand = on_hand + 1 WHERE variant_id ="
            " (SELECT id FROM product_variants WHERE sku = 'TEE-L')"
        )
    table = command("audit", settings=shop)
    line = command("audit", "--json", settings=shop)
    with psycopg.connect(shop["database_url"]) as connection:
        connection.execute(
            "UPDATE stock_items SET on_hand = on_hand - 1 WHERE variant_id ="
            " (SELECT id FROM product_variants WHERE sku = 'TEE-L')"
        )
    assert clean.code == 0
    assert "The books agree." in clean.out
    assert table.code == line.code == 1
    assert re.search(r"^TEE-L\s+100\s+101\s*$", table.out, re.MULTILINE), table.out
    told = json.loads(line.out)
    assert (told["clean"], told["differences"]) == (False, 1)
    assert line.out.count("\n") == 1


def test_a_method_and_a_rate_that_were_added_are_listed(shop: dict[str, str]) -> None:
    by_weight = ("--country", "de", "--up-to", "2000=5.49", "--up-to", "any=9.49")
    parcel = command("shipping", "add", "parcel", "--name", "Parcel", *by_weight, settings=shop)
    in_germany = ("--rate", "19", "--country", "DE", "--shipping")
    tax = command("tax", "add", "de", "--name", "MwSt", *in_germany, settings=shop)
    methods = command("shipping", "list", settings=shop)
    rates = command("tax", "list", settings=shop)
    assert parcel.out == "parcel (Parcel): to 2,000 g 5.49 USD, beyond 9.49 USD, DE.\n"
    assert tax.out == "de (MwSt): 19 %, DE.\n"
    assert re.search(
        r"^parcel\s+Parcel\s+to 2,000 g 5.49 USD, .*DE\s+yes", methods.out, re.MULTILINE
    )
    assert re.search(r"^de\s+MwSt\s+19 %\s+DE\s+yes", rates.out, re.MULTILINE)
    gone = command("tax", "remove", "de", settings=shop)
    assert gone.out == "de (MwSt) is gone; orders keep what they were taxed by.\n"
    assert "MwSt" not in command("tax", "list", settings=shop).out
    assert command("tax", "remove", "de", settings=shop).code == 1


WAYS = [
    (("--flat", "4.90", "--free-from", "50"), "4.90 USD; free from 50.00 USD, everywhere."),
    (("--flat", "0", "--pickup"), "0.00 USD, fetched."),
    (
        ("--up-to-amount", "20=4.90", "--up-to-amount", "any=0"),
        "to 20.00 USD 4.90 USD, beyond 0.00 USD, everywhere.",
    ),
    (
        ("--up-to-quantity", "3=4.90", "--max-weight-g", "20000", "--max-amount", "99"),
        "to 3 pieces 4.90 USD; at most 20,000 g; for goods to 99.00 USD, everywhere.",
    ),
    (
        ("--first-piece", "4.90", "--further-piece", "1", "--min-amount", "5"),
        "first piece 4.90 USD, each further 1.00 USD; for goods from 5.00 USD, everywhere.",
    ),
    (("--carrier", "ups", "--flat", "9"), "by ups, else 9.00 USD, everywhere."),
    (("--carrier", "ups"), "by ups, else not offered, everywhere."),
]


def test_each_kind_of_price_is_put_up_listed_and_taken_down(shop: dict[str, str]) -> None:
    for arguments, told in WAYS:
        put = command("shipping", "add", "w", "--name", "Way", *arguments, settings=shop)
        assert put.out == f"w (Way): {told}\n"
    assert "w " in command("shipping", "list", settings=shop).out
    gone = command("shipping", "remove", "w", settings=shop)
    assert gone.out == "w (Way) is gone; orders keep what they were shipped by.\n"
    assert "Way" not in command("shipping", "list", settings=shop).out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("shipping", "add", "x", "--name", "X"),
            "price is one of --flat, --up-to, --up-to-amount, --up-to-quantity, --first-piece",
        ),
        (
            ("shipping", "add", "x", "--name", "X", "--up-to", "a=1"),
            "--up-to ends at a whole number or any, such as 1000=4.99.",
        ),
        (
            ("shipping", "add", "x", "--name", "X", "--flat", "1", "--country", "Deutschland"),
            "country is a two-letter ISO 3166 code such as US.",
        ),
        (("shipping", "add", "x", "--name", "X", "--flat", "1.999"), "1.999 is not an amount in"),
        (
            ("shipping", "add", "x", "--name", "X", "--up-to-amount", "5"),
            "--up-to-amount is AMOUNT=PRICE or any=PRICE, such as 1000=4.99.",
        ),
        (
            ("shipping", "add", "x", "--name", "X", "--first-piece", "5"),
            "price takes --first-piece and --further-piece together.",
        ),
        (
            ("shipping", "add", "x", "--name", "X", "--flat", "1", "--pickup", "--country", "DE"),
            "pickup has no zones and no carrier.",
        ),
        (("shipping", "remove", "drone"), "There is no shipping method 'drone'."),
        (("tax", "add", "x", "--name", "X", "--rate", "much"), "rate is a number of per cent"),
        (("tax", "add", "x", "--name", "X", "--rate", "1", "--state", "NY"), "country is needed"),
        (
            (
                *("tax", "add", "x", "--name", "X", "--rate", "1"),
                *("--country", "US", "--state", "Y"),
            ),
            "state is no state of US; send one as NY or New York",
        ),
    ],
)
def test_what_can_not_be_set_up_is_refused_in_one_sentence(
    shop: dict[str, str], arguments: tuple[str, ...], sentence: str
) -> None:
    ended = command(*arguments, settings=shop)
    assert (ended.code, ended.out) == (1, ""), ended
    assert ended.err.startswith(sentence), ended.err
    assert ended.err.count("\n") == 1


def test_the_openapi_document_is_all_that_is_printed() -> None:
    ended = process("openapi")
    assert ended.code == 0
    assert json.loads(ended.out)["openapi"].startswith("3.1")
    assert ended.err == ""


def test_every_setting_is_printed() -> None:
    ended = command("settings")
    assert ended.code == 0
    assert [each.variable for each in describe() if each.variable not in ended.out] == []


def test_the_version_is_printed() -> None:
    assert re.fullmatch(r"automate-store \d+\.\d+\.\d+\S*\n", command("version").out)


def test_an_unknown_setting_is_refused_by_name_and_its_value_is_not_shown() -> None:
    ended = command("audit", settings={"staf_token": "something-secret-0123456789"})
    assert (ended.code, ended.out) == (1, "")
    assert "AUTOMATE_STORE_STAF_TOKEN is not a setting" in ended.err
    assert "did you mean AUTOMATE_STORE_STAFF_TOKEN?" in ended.err
    assert "something-secret" not in ended.err


def test_a_database_that_is_away_is_one_sentence_with_the_way_out() -> None:
    away = {"database_url": "postgresql://nobody:hidden@127.0.0.1:1/nothing"}
    ended = command("audit", settings=away)
    assert (ended.code, ended.out) == (1, "")
    assert "Does the PostgreSQL of AUTOMATE_STORE_DATABASE_URL run" in ended.err
    assert "hidden" not in ended.err
    assert "Traceback" not in ended.err


def test_with_debug_the_trace_is_shown() -> None:
    away = {"database_url": "postgresql://nobody@127.0.0.1:1/nothing"}
    ended = process("--debug", "audit", settings=away)
    assert ended.code == 1
    assert "Traceback" in ended.err


def test_a_shop_that_does_not_answer_the_demo_is_one_sentence() -> None:
    ended = command("demo", "--url", "http://127.0.0.1:1")
    assert ended.code == 1
    assert "No shop answers at http://127.0.0.1:1" in ended.err
    assert "automate-store run" in ended.err
    assert "http://127.0.0.1:1: connection refused." in ended.err


@pytest.mark.parametrize("width", [80, 149, 150, 1000])
def test_no_terminal_breaks_the_name_of_a_setting(width: int) -> None:
    printed = io.StringIO()
    print_settings(Console(file=printed, width=width))
    words = set(printed.getvalue().split())
    assert words >= {each.variable for each in describe()}


def test_the_way_is_told_as_it_can_be_typed() -> None:
    own = ".venv/bin/automate-store"
    assert called(own, found="/usr/bin/automate-store") == "automate-store"
    assert called(own, found=None) == own
    assert called("my shop/bin/automate-store", found=None) == "'my shop/bin/automate-store'"
    assert called("automate_store/entrypoints/cli/__main__.py", found=None) == "automate-store"


def test_a_shop_of_any_name_says_that_it_is_open(capsys: pytest.CaptureFixture[str]) -> None:
    named = "A [/b] Shop"
    print_way(Settings(store_name=named))
    assert f"{named} is open." in capsys.readouterr().out


@pytest.mark.slow
def test_whoever_stops_reading_hears_no_complaint(shop: dict[str, str], file: Path) -> None:
    command("import", "catalog", str(file), settings=shop)
    with subprocess.Popen(
        [*COMMAND, "export", "catalog"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(shop),
    ) as exporting:
        assert exporting.stdout is not None
        assert exporting.stderr is not None
        exporting.stdout.close()
        said = exporting.stderr.read()
        code = exporting.wait(TIMEOUT_S)
    assert (code, said) == (1, b"")


def test_every_command_has_an_example() -> None:
    own = get_command(app)
    assert isinstance(own, TyperGroup)
    told = {" ".join(words): str(each.help) for words, each in commands(own)}
    assert len(told) > 20
    example = r"Example: (\w+=\w+ )*" + PROGRAM
    silent = [name for name, text in told.items() if not re.search(f"{example} {name}", text)]
    assert silent == []


def commands(group: TyperGroup, *words: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each command that does something, by what is typed for it."""
    for name, each in group.commands.items():
        if isinstance(each, TyperGroup):
            yield from commands(each, *words, name)
        else:
            yield (*words, name), each
