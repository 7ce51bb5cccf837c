"""The page on prices runs, and prints what it says that it prints."""

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "how-a-price-is-made.md"
_BLOCK = re.compile(r"```(python|toml)?\n(.*?)```\n(?:\n```\n(.*?)```\n)?", re.DOTALL)


def test_every_example_on_prices_runs_and_prints_what_stands_below_it() -> None:
    names: dict[str, object] = {}
    checked = 0
    for block in _BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        language, code, printed = block.groups()
        if language != "python":
            continue
        with redirect_stdout(StringIO()) as out:
            exec(compile(code, str(PAGE), "exec"), names)  # noqa: S102 - our own page
        if printed is not None:
            assert out.getvalue() == printed
            checked += 1
    assert checked >= 3
    properties = [found for name, found in names.items() if name.startswith("test_")]
    for each in properties:
        each()  # type: ignore[operator]  # a test of the page's own
    assert len(properties) == 3
