"""The index of diagnostics: read from source, and the same that importing everything gives."""

import importlib
import pkgutil
from collections import defaultdict

import pytest

import codemods
import migrator
from codemods.diagnostics import area, declared, index, nearest
from codemods.findings import Diagnostic
from migrator.diagnostics import diagnostics, own_sources

SOURCE = '''
import libcst as cst
from codemods.findings import Diagnostic

ADVICE = "a"
BY_POSITION = Diagnostic("FM301", "note", "s", "w", ADVICE)
BY_NAME: Diagnostic = Diagnostic(
    code="FM302",
    severity="blocked",
    summary="one " "text",
    why="w",
    advice="a",
    before="""
x = 1
""",
)
UNRELATED = cst.Name("x")


def _blocked(code: str, why: str = "w") -> Diagnostic:
    return Diagnostic(code, "blocked", "s", why, ADVICE)


BY_FUNCTION = _blocked("FM303")


def not_at_the_top():
    made = Diagnostic("FM999", "note", "s", "w", "a")
    return made
'''


def test_declarations_are_read_without_importing_anything():
    by_position, by_name, by_function = declared(SOURCE)
    assert by_position == Diagnostic("FM301", "note", "s", "w", "a")
    assert by_name == Diagnostic("FM302", "blocked", "one text", "w", "a", before="\nx = 1\n")
    assert by_function == Diagnostic("FM303", "blocked", "s", "w", "a")


def test_the_index_is_sorted_by_code():
    assert list(index(['B = Diagnostic("FM9", "note", "", "", "")', 'A = Diagnostic("FM1", "note", "", "", "")'])) == [
        "FM1",
        "FM9",
    ]


def test_a_declaration_that_needs_an_import_is_a_mistake():
    with pytest.raises(NameError, match="elsewhere"):
        list(declared('A = Diagnostic("FM1", "note", elsewhere.SUMMARY, "", "")'))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("fm302", {"FM301", "FM303"}),
        ("FM3", {"FM301", "FM303"}),
        ("303", {"FM303"}),
        ("FM909", {"FM901"}),
        ("nonsense", set()),
    ],
)
def test_the_nearest_codes(code, expected):
    near = nearest(code, ["FM111", "FM301", "FM303", "FM901"])
    assert expected <= set(near)
    assert bool(near) == bool(expected)


def test_no_code_is_used_twice():
    declarations = defaultdict(set)
    for source in own_sources():
        for diagnostic in declared(source):
            declarations[diagnostic.code].add(diagnostic.summary)
    assert {code: ones for code, ones in declarations.items() if len(ones) > 1} == {}


def test_every_diagnostic_that_exists_has_a_page():
    """What importing the packages shows must be in the index: a diagnostic built at run time would have no page."""
    found = {}
    for package, skipped in ((codemods, "codemods.compat."), (migrator, "migrator.inside.")):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.startswith(skipped) or module.name.endswith("__main__"):
                continue
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, Diagnostic):
                    found[value.code] = value
    assert found
    assert {code: one for code, one in diagnostics().items() if code in found} == found


@pytest.mark.parametrize("diagnostic", diagnostics().values(), ids=lambda one: one.code)
def test_every_page_says_what_why_and_what_to_do(diagnostic):
    assert area(diagnostic.code)
    assert diagnostic.severity in ("blocked", "review", "note")
    for text in (diagnostic.summary, diagnostic.why, diagnostic.advice):
        assert text == text.strip()
        assert len(text) > 10
    assert not diagnostic.summary.endswith(".")
