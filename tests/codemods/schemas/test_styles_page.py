"""The page about the two styles: its classes are what is generated, its table is what both sides do."""

import ast
import re
from pathlib import Path

import pytest

from codemods.styles import STYLES, Styles

PAGE = (Path(__file__).parents[3] / "docs" / "styles.md").read_text("utf-8")
SOURCE, *WRITTEN = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
ROWS = re.findall(r"^\| `(\w+)` \| `([^`]+)` \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
VALID = {"email": "ann@example.com", "quantity": 1}


def classes(text: str) -> list[str]:
    return [ast.dump(node) for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]


def imported(text: str) -> set[str]:
    found = [node for node in ast.parse(text).body if isinstance(node, ast.ImportFrom | ast.Import)]
    return {ast.unparse(ast.alias(one.name, one.asname)) for node in found for one in node.names}


@pytest.mark.parametrize(("style", "written"), list(zip(STYLES, WRITTEN, strict=True)), ids=STYLES)
def test_the_classes_on_the_page_are_those_that_are_generated(convert, style, written):
    text = convert(SOURCE, styles=Styles(style)).text
    assert classes(text) == classes(written)
    assert imported(text) == imported(written)


def test_the_differences_on_the_page_are_those_of_the_classes(convert):
    both = convert(SOURCE, styles=Styles("idiomatic"))
    assert len(ROWS) == 6
    for name, value, *told in ROWS:
        answers = both.load("OrderSchema", {**VALID, name: ast.literal_eval(value)})
        said = ["refuses it" if how == "refused" else f"makes `{found[name]}` of it" for how, found in answers]
        assert said == told
