"""The debt ledger, on a text of its own and on every compat module."""

import ast
import sys
from pathlib import Path

import pytest

import codemods.compat
from codemods.debt import Debt, closure, imports, note, source

MODULES = sorted(path.stem for path in Path(codemods.compat.__file__).parent.glob("*.py") if path.stem != "__init__")
MAY_IMPORT = {
    "anyio",
    "fastapi",
    "itsdangerous",
    "jinja2",
    "jwt",
    "limits",
    "markupsafe",
    "pydantic",
    "pydantic_core",
    "starlette",
}


def test_note_of_a_docstring_with_three_parts():
    text = '"""Cookies.\n\nPreserves: the text\nof a cookie.\n\nTo live without it: use\nStarlette\'s.\n"""\n'
    assert note(text, "cookies") == Debt("cookies", "Cookies.", "the text of a cookie.", "use Starlette's.")


@pytest.mark.parametrize(
    "docstring", ["", "Cookies.", "Cookies.\n\nPreserves: all.", "Preserves: x\n\nTo live without it: y"]
)
def test_a_docstring_without_one_of_its_parts(docstring):
    with pytest.raises(ValueError, match="'cookies' must say"):
        note(f'"""{docstring}"""', "cookies")


@pytest.mark.parametrize("name", MODULES)
def test_every_compat_module_says_how_to_live_without_it(name):
    debt = note(source(name), name)
    assert all((debt.summary, debt.preserves, debt.without))


OWN = {
    "compressing": frozenset({"brotli", "backports", "compression"}),
    "bridged": frozenset({"flask"}),
    "forms": frozenset({"wtforms"}),
    "restx_checks": frozenset({"jsonschema"}),
    "input_dates": frozenset({"aniso8601"}),
    "restx_dates": frozenset({"aniso8601"}),
    "restx_input_dates": frozenset({"aniso8601"}),
}


@pytest.mark.parametrize("name", MODULES)
def test_compat_modules_import_only_what_a_converted_application_has(name):
    allowed = MAY_IMPORT | sys.stdlib_module_names | OWN.get(name, frozenset())
    for node in ast.walk(ast.parse(source(name))):
        if isinstance(node, ast.Import):
            assert {alias.name.partition(".")[0] for alias in node.names} <= allowed
        if isinstance(node, ast.ImportFrom):
            assert node.level == 1 or (node.module or "").partition(".")[0] in allowed


def test_closure_follows_relative_imports():
    assert imports("query") == {"http_statuses"}
    assert closure(["query"]) == ("http_errors", "http_statuses", "query")
    assert closure(["head"]) == ("head",)
    assert set(closure(["routing"])) == {"http_errors", "http_statuses", "lifecycle", "multipart", "request", "routing"}
    assert closure([]) == ()


def test_closure_of_an_unknown_module():
    with pytest.raises(FileNotFoundError):
        closure(["nonsense"])
