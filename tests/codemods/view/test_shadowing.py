"""Variables of comprehensions that hide names of the module."""

import ast

import libcst as cst
import pytest

from codemods.view.shadowing import without_shadowing

CHANGED = {
    "a variable and the name": ("g.x; return [g.id for g in g.all]", "g.x; return [g_item.id for g_item in g.all]"),
    "conditions": ("return g, {g for g in a if g.b}", "return g, {g_item for g_item in a if g_item.b}"),
    "keys and values": ("g(); return {g: g.b for g in a}", "g(); return {g_item: g_item.b for g_item in a}"),
    "pairs": ("g(); return list(g + h for g, h in a)", "g(); return list(g_item + h for g_item, h in a)"),
    "what is only spelled so": ("g(); return [f(g=g.g) for g in a]", "g(); return [f(g=g_item.g) for g_item in a]"),
    "one within another": (
        "g(); return [[g for g in g.a] for g in b]",
        "g(); return [[g_item for g_item in g_item.a] for g_item in b]",
    ),
    "a taken name": ("g(g_item); return [g for g in a]", "g(g_item); return [g_item_ for g_item_ in a]"),
}
KEPT = [
    "return [g.id for g in a]",
    "g = 1; return [g.id for g in a], g",
    "id(a); return [id for id in a]",
    "g(); return [(lambda g: g)(g) for g in a]",
    "import g; return g, [g for g in a]",
    "g(); return [h for g in a if (h := g)], (g := 2)",
    "global g; g = 2; return [g for g in a]",
]


def changed(body: str) -> str:
    text = f"def view(a, b):\n    {body}\n"
    function = cst.ensure_type(cst.parse_module(text).body[0], cst.FunctionDef)
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.FunctionDef)
    return cst.Module([without_shadowing(function, node)]).code.removeprefix("def view(a, b):\n").strip()


@pytest.mark.parametrize("body", KEPT)
def test_names_that_mean_one_thing_stay(body):
    assert changed(body) == body


@pytest.mark.parametrize("name", CHANGED)
def test_variables_that_hide_a_name_get_another(name):
    body, expected = CHANGED[name]
    assert changed(body) == expected
