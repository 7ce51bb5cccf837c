"""What the reader makes of rows, in the old spelling and the new one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from automate_store.application.ports.catalog_files import (
    ImageListing,
    Label,
    ProductListing,
    RefusedListing,
)
from automate_store.domain.catalog import ProductStatus
from automate_store.domain.kernel.money import Money
from tests.adapters.shopify.files import HEADER, one_product, products, read, repairs

NEW_HEADER = (
    "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,"
    "Status,SKU,Barcode,Option1 name,Option1 value,Option1 Linked To,Price,Compare-at price,"
    "Cost per item,Charge tax,Tax code,Inventory tracker,Inventory quantity,"
    "Continue selling when out of stock,Weight value (grams),Weight unit for display,"
    "Requires shipping,Fulfillment service,Product image URL,Image position,Image alt text,"
    "Variant image URL,Gift card,SEO title,SEO description,"
    "Color (product.metafields.shopify.color-pattern)"
)
NEW_ROW = (
    'Mug,mug,<p>Holds tea.</p>,Kiln,Home > Kitchen > Mugs,Crockery,"tea, gift",TRUE,'
    "active,M-1,4006381333931,Glaze,Blue,,12.50,15.00,"
    "4.10,TRUE,P0000,shopify,7,CONTINUE,350.0,g,"
    "TRUE,manual,https://img.example/2.jpg,2,Blue mug,"
    "https://img.example/blue.jpg,FALSE,Blue mug,A mug in blue,blue"
)


def test_every_column_of_the_new_spelling_finds_its_place() -> None:
    image = ",mug" + "," * 24 + ",https://img.example/1.jpg,1,Front,,,,,"
    (mug,) = products(f"{NEW_HEADER}\n{NEW_ROW}\n{image}\n")
    (variant,) = mug.variants
    assert (mug.slug, mug.name, mug.description) == ("mug", "Mug", "<p>Holds tea.</p>")
    assert mug.brand == Label("Kiln", "kiln")
    assert mug.category == (
        Label("Home", "home"),
        Label("Kitchen", "kitchen"),
        Label("Mugs", "mugs"),
    )
    assert (mug.tags, mug.status) == (("tea", "gift"), ProductStatus.ACTIVE)
    assert (mug.meta_title, mug.meta_description) == ("Blue mug", "A mug in blue")
    assert mug.images == (
        ImageListing(url="https://img.example/1.jpg", alt_text="Front"),
        ImageListing(url="https://img.example/2.jpg", alt_text="Blue mug"),
    )
    assert mug.metadata == {
        "Type": "Crockery",
        "Color (product.metafields.shopify.color-pattern)": "blue",
    }
    assert (variant.sku, variant.name, variant.barcode) == ("M-1", "Blue", "4006381333931")
    assert variant.attributes == {"Glaze": "Blue"}
    assert variant.price == Money(1250, "USD")
    assert variant.compare_price == Money(1500, "USD")
    assert variant.cost_price == Money(410, "USD")
    assert (variant.weight_g, variant.quantity) == (350, 7)
    assert (variant.tracked, variant.allow_backorder) == (True, True)
    assert (variant.requires_shipping, variant.taxable) == (True, True)
    assert variant.image_url == "https://img.example/blue.jpg"
    assert variant.metadata == {"Variant Tax Code": "P0000", "Variant Weight Unit": "g"}
    assert mug.repairs == ()


@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_breaks_and_a_byte_order_mark_make_no_difference(breaks: str, mark: bytes) -> None:
    text = breaks.join([HEADER, 'mug,"Mug, ""big""",Size,S,M1,9.00', "mug,,,L,M2,10.00"])
    (mug,) = products(mark + text.encode())
    assert (mug.name, [one.line for one in mug.variants]) == ('Mug, "big"', [2, 3])


def test_lines_are_counted_through_texts_of_several_lines() -> None:
    mug, tea = products(
        f'{HEADER},Body (HTML)\nmug,Mug,,,M1,9.00,"a\nb\r\nc"\n\ntea,Tea,,,T1,1.00,\n'
    )
    assert (mug.line, tea.line) == (2, 6)
    assert mug.description == "a\nb\r\nc"


def test_rows_add_variants_images_or_both() -> None:
    mug = one_product(
        f"{HEADER},Image Src",
        "mug,Mug,Size,S,M1,9.00,https://img.example/1.jpg",
        "mug,,,L,M2,10.00,https://img.example/2.jpg",
        "mug,,,,,,https://img.example/3.jpg",
        "mug,,,XL,M3,11.00,",
    )
    assert [one.sku for one in mug.variants] == ["M1", "M2", "M3"]
    assert [one.url[-5:] for one in mug.images] == ["1.jpg", "2.jpg", "3.jpg"]


def test_the_products_fields_stand_on_its_first_row_with_a_title() -> None:
    mug = one_product(
        f"{HEADER},Image Src,Vendor",
        "mug,,,,,,https://img.example/1.jpg,",
        "mug,Mug,Size,S,M1,9.00,,Kiln",
    )
    assert (mug.name, mug.line, mug.brand) == ("Mug", 3, Label("Kiln", "kiln"))


def test_default_title_is_a_product_without_options() -> None:
    mug = one_product(HEADER, "mug,Mug,Title,Default Title,M1,9.00")
    assert (mug.options, mug.variants[0].attributes) == ((), {})
    assert mug.variants[0].name == "Default"


def test_an_option_called_title_with_values_of_its_own_is_an_option() -> None:
    skis = one_product(HEADER, "skis,Skis,Title,166cm,,9.00", "skis,,,171cm,,9.00")
    assert skis.options == ("Title",)
    assert [one.attributes for one in skis.variants] == [{"Title": "166cm"}, {"Title": "171cm"}]


def test_an_option_without_values_is_dropped_and_one_without_a_name_gets_one() -> None:
    mug = one_product(
        f"{HEADER},Option2 Name,Option2 Value", "mug,Mug,,S,M1,9.00,Colour,", "mug,,,L,M2,9.00,,"
    )
    assert mug.options == ("Option 1",)
    assert repairs(mug) == [
        (2, "Option1 Name", "is blank: named 'Option 1'"),
        (2, "Option2 Name", "has no values: dropped"),
    ]


def test_spare_skus_come_from_the_handle_and_the_options_alone() -> None:
    mug = one_product(HEADER, "big-mug,Mug,Size,½ Litre,,9.00", "big-mug,,,L,,9.00")
    readable = [one.spare_skus[0] for one in mug.variants]
    assert readable == ["big-mug.1-2-litre", "big-mug.l"]
    again = one_product(HEADER, "big-mug,Else,Size,L,X,1.00", "big-mug,,,½ Litre,,2.00")
    assert [one.spare_skus for one in reversed(again.variants)] == [
        one.spare_skus for one in mug.variants
    ]
    assert len({sku for one in mug.variants for sku in one.spare_skus}) == 4


def test_a_spare_sku_fits_its_column_whatever_the_handle() -> None:
    mug = one_product(HEADER, f"{'m' * 200},Mug,Size,大,,9.00", f"{'m' * 200},,,★,,9.00")
    for variant in mug.variants:
        assert all(0 < len(sku) <= 100 for sku in variant.spare_skus)


MENDED: dict[str, tuple[str, str, list[str]]] = {
    "a handle that is no slug": (
        "",
        "Big Mug!,Mug,,,M1,9.00",
        ["2 Handle is no slug: made into 'big-mug' (Big Mug!)"],
    ),
    "no handle": ("", ",Big Mug,,,M1,9.00", ["2 Handle is blank: made 'big-mug' from the title"]),
    "a spreadsheet's guard": (
        ",Variant Barcode",
        "mug,Mug,,,'001,9.00,'4006381333931",
        [
            "2 Variant SKU the apostrophe before it was taken off ('001)",
            "2 Variant Barcode the apostrophe before it was taken off ('4006381333931)",
        ],
    ),
    "compare-at at the price": (
        ",Variant Compare At Price",
        "mug,Mug,,,M1,9.00,9.00",
        ["2 Variant Compare At Price does not exceed the price 9.00: dropped (9.00)"],
    ),
    "compare-at that is none": (
        ",Variant Compare At Price",
        "mug,Mug,,,M1,9.00,n/a",
        ["2 Variant Compare At Price is no amount in USD: dropped (n/a)"],
    ),
    "a cost below zero": (
        ",Cost per item",
        "mug,Mug,,,M1,9.00,-1",
        ["2 Cost per item is no cost in USD: dropped (-1)"],
    ),
    "stock below zero": (
        ",Variant Inventory Qty",
        "mug,Mug,,,M1,9.00,-3",
        ["2 Variant Inventory Qty is below zero: taken as 0 (-3)"],
    ),
    "stock that is no number": (
        ",Variant Inventory Qty",
        "mug,Mug,,,M1,9.00,a few",
        ["2 Variant Inventory Qty is no number of pieces: left out (a few)"],
    ),
    "half a gram": (
        ",Variant Grams",
        "mug,Mug,,,M1,9.00,350.5",
        ["2 Variant Grams rounded to 351 (350.5)"],
    ),
    "a weight below zero": (
        ",Variant Grams",
        "mug,Mug,,,M1,9.00,-5",
        ["2 Variant Grams is no weight in grams: taken as 0 (-5)"],
    ),
    "blank yes or no": (
        ",Variant Requires Shipping,Variant Taxable",
        "mug,Mug,,,M1,9.00,,",
        [
            "2 Variant Requires Shipping is blank: taken as false",
            "2 Variant Taxable is blank: taken as false",
        ],
    ),
    "neither yes nor no": (
        ",Published",
        "mug,Mug,,,M1,9.00,soon",
        ["2 Published is neither true nor false: taken as false (soon)"],
    ),
    "a status of its own": (
        ",Status",
        "mug,Mug,,,M1,9.00,unlisted",
        ["2 Status is no status: taken as draft (unlisted)"],
    ),
    "a policy of its own": (
        ",Variant Inventory Policy",
        "mug,Mug,,,M1,9.00,maybe",
        ["2 Variant Inventory Policy is neither deny nor continue: taken as deny (maybe)"],
    ),
    "a script": (
        ",Body (HTML)",
        'mug,Mug,,,M1,9.00,"<p onclick=""x()"">Hi<script>x()</script></p>"',
        ["2 Body (HTML) unsafe HTML taken out: <script>, onclick"],
    ),
    "an image that is no address": (
        ",Image Src",
        "mug,Mug,,,M1,9.00,javascript:x()",
        ["2 Image Src is no web address: dropped (javascript:x())"],
    ),
    "an image twice": (
        ",Image Src",
        "mug,Mug,,,M1,9.00,https://a.example/1\nmug,,,,,,https://a.example/1",
        ["3 Image Src stands there twice: the second is dropped (https://a.example/1)"],
    ),
    "a title for search engines that is too long": (
        ",SEO Title",
        f"mug,Mug,,,M1,9.00,{'m' * 300}",
        [f"2 SEO Title cut to 255 characters ({'m' * 79}…)"],
    ),
    "a column without a name": (
        ",",
        "mug,Mug,,,M1,9.00,lost",
        ["2 column 7 has no name: the value is not kept (lost)"],
    ),
    "a kept column beside an image alone": (
        ",Image Src,Season",
        "mug,Mug,,,M1,9.00,,summer\nmug,,,,,,https://a.example/1,winter",
        ["3 Season stands beside an image alone: not kept (winter)"],
    ),
}


@pytest.mark.parametrize(("header", "rows", "notes"), MENDED.values(), ids=MENDED)
def test_what_can_be_mended_is_and_is_named(header: str, rows: str, notes: list[str]) -> None:
    (mug,) = products(f"{HEADER}{header}\n{rows}\n")
    assert [
        f"{one.line} {one.field} {one.reason}" + (f" ({one.value})" if one.value else "")
        for one in mug.repairs
    ] == notes


def test_what_was_mended_is_what_the_note_says() -> None:
    mug = one_product(
        f"{HEADER},Variant Compare At Price,Variant Inventory Qty,Variant Grams",
        "mug,Mug,,,'001,9.00,8.00,-3,350.5",
    )
    (variant,) = mug.variants
    assert (variant.sku, variant.compare_price) == ("001", None)
    assert (variant.quantity, variant.weight_g) == (0, 351)


@pytest.mark.parametrize(
    ("published", "status", "expected"),
    [
        ("true", "", ProductStatus.ACTIVE),
        ("", "", ProductStatus.ACTIVE),
        ("false", "", ProductStatus.DRAFT),
        ("true", "active", ProductStatus.ACTIVE),
        ("false", "active", ProductStatus.DRAFT),
        ("true", "draft", ProductStatus.DRAFT),
        ("true", "archived", ProductStatus.ARCHIVED),
        ("FALSE", "Archived", ProductStatus.ARCHIVED),
    ],
)
def test_published_and_status_make_one_status(
    published: str, status: str, expected: ProductStatus
) -> None:
    mug = one_product(f"{HEADER},Published,Status", f"mug,Mug,,,M1,9.00,{published},{status}")
    assert mug.status is expected


def test_a_type_is_the_category_where_there_is_no_other() -> None:
    mug = one_product(f"{HEADER},Type,Product Category", "mug,Mug,,,M1,9.00,Home > Mugs,")
    assert mug.category == (Label("Home > Mugs", "home-mugs"),)


def test_without_a_tracker_stock_is_not_kept_and_without_its_column_where_it_is_counted() -> None:
    blank = one_product(f"{HEADER},Variant Inventory Tracker", "mug,Mug,,,M1,9.00,")
    counted = one_product(f"{HEADER},Variant Inventory Qty", "mug,Mug,,,M1,9.00,4")
    neither = one_product(HEADER, "mug,Mug,,,M1,9.00")
    assert [one.variants[0].tracked for one in (blank, counted, neither)] == [False, True, False]


def test_fields_that_the_file_has_no_column_for_are_named_as_silent() -> None:
    mug = one_product(f"{HEADER},Tags,Variant Grams", "mug,Mug,,,M1,9.00,,")
    assert {"description", "brand", "category", "images", "taxable"} <= mug.silent
    assert mug.silent.isdisjoint({"tags", "weight_g", "sku", "options"})


def test_columns_nobody_knows_are_kept_on_the_product_and_on_later_variants() -> None:
    mug = one_product(
        f"{HEADER},Google Shopping / MPN,Variant Tax Code,Gift Card,Variant Fulfillment Service",
        "mug,Mug,Size,S,M1,9.00,MPN-1,T1,true,manual",
        "mug,,,L,M2,9.00,MPN-2,T2,,amazon",
    )
    assert mug.metadata == {"Google Shopping / MPN": "MPN-1", "Gift Card": "true"}
    assert [one.metadata for one in mug.variants] == [
        {"Variant Tax Code": "T1"},
        {
            "Google Shopping / MPN": "MPN-2",
            "Variant Tax Code": "T2",
            "Variant Fulfillment Service": "amazon",
        },
    ]


@pytest.mark.parametrize(
    ("currency", "written", "minor"),
    [("USD", "9.5", 950), ("JPY", "900", 900), ("JPY", "900.00", 900), ("KWD", "1.234", 1234)],
)
def test_prices_are_in_the_stores_currency(currency: str, written: str, minor: int) -> None:
    (mug,) = products(f"{HEADER}\nmug,Mug,,,M1,{written}\n", currency)
    assert mug.variants[0].price == Money(minor, currency)
    assert mug.variants[0].price.decimal() == Decimal(written)


def test_decimals_that_the_currency_does_not_have_are_refused() -> None:
    (refused,) = read(f"{HEADER}\nmug,Mug,,,M1,9.50\n", "JPY")
    assert isinstance(refused, RefusedListing)


def test_a_row_without_an_owner_does_not_cut_a_product_in_two() -> None:
    found = read(f"{HEADER}\nmug,Mug,Size,S,M1,9.00\n,,,,X,1.00\nmug,,,L,M2,9.00\n")
    (mug,) = [one for one in found if isinstance(one, ProductListing)]
    assert len(mug.variants) == 2
