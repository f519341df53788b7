"""Finding nodes: the same nodes as `libcst.matchers.findall`, in the same order."""

from collections.abc import Callable
from typing import Any

import libcst as cst
import pytest
from libcst import matchers

from codemods.view import patterns
from codemods.view.search import findall, nodes_of

SOURCE = '''
from __future__ import annotations
from . import a as b, c
import os.path
type Pair[T] = tuple[T, T]

@decorated(1, key=two)
async def view(first, /, second: int = 3, *rest: str, only=4, **more) -> dict[str, int]:
    """Text."""
    global shared
    async with opened(first) as one, two:
        async for item, *others in rows:
            yield {key: value async for key, value in item if key if value}
        else:
            del others[0], others[first:second:only]
    try:
        shared = chosen if first else other
        total: int = -second + 3 * (only @ rest)
        total += await call(*rest, named=first, **more)
    except (KeyError, errors.Missing) as error:
        raise Other(f"{error!r:>{width}} {second=}") from error
    except ValueError:
        assert total, "none"
    else:
        while not first: break
    finally:
        return lambda x, *y, z=first: (x, [*y], {z}, {**more})
    match first:
        case Point(x=0, y=[1, *rest]) | {"a": 1, **more} if second:
            pass
        case "a" | None as name:
            print(a < b <= c, a is not b, not a or b and c, (n := 3), "x" "y", ...)

class Thing(Base, metaclass=Meta):
    x: int
    y = [i for i in range(3)]
    @property
    def z(self): return self.x; pass
'''

PATTERNS = [
    lambda m: m.Name(),
    lambda m: m.Name("first"),
    lambda m: m.Name() | m.Attribute(),
    lambda m: m.Call(),
    lambda m: m.Call(func=m.Name("call") | m.Attribute()),
    lambda m: m.Call(args=[m.Arg(m.Name()), m.Arg(m.Name(), m.Name("named")), m.Arg(star="**")]),
    lambda m: m.Arg(),
    lambda m: m.Arg(keyword=None, star=""),
    lambda m: m.Attribute(attr=m.Name("x")),
    lambda m: m.FunctionDef() | m.Lambda(),
    lambda m: m.Assign(targets=[m.AssignTarget(m.Name())]),
    lambda m: m.AssignTarget() | m.CompFor() | m.For() | m.NamedExpr(),
    lambda m: m.Comparison(m.Name("a"), [m.ComparisonTarget(m.IsNot(), m.Name("b"))]),
    lambda m: m.Dict(elements=[]) | m.List(elements=[]),
    lambda m: m.Return() | m.Yield() | m.Del(),
    lambda m: m.Return(value=None) | m.Return(m.Attribute(m.Name("self"))),
    lambda m: m.ExceptHandler(),
    lambda m: m.SimpleString(),
    lambda m: m.SimpleStatementLine([m.Expr(m.SimpleString())]),
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_finds_what_libcst_finds(pattern: Callable[[Any], Any]) -> None:
    tree = cst.parse_module(SOURCE)
    for root in (tree, tree.body[-2], tree.body[-1]):
        found = findall(root, pattern(patterns))
        assert [id(one) for one in found] == [id(one) for one in matchers.findall(root, pattern(matchers))]


def test_matches_what_libcst_matches() -> None:
    nodes = nodes_of(cst.parse_module(SOURCE))
    for pattern in PATTERNS:
        ours, theirs = pattern(patterns), pattern(matchers)
        assert [patterns.matches(one, ours) for one in nodes] == [matchers.matches(one, theirs) for one in nodes]


def test_finds_the_root_itself() -> None:
    name = cst.Name("x")
    assert findall(name, patterns.Name("x")) == [name]
    assert findall(name, patterns.Name("y")) == []


def test_any_of_several_patterns() -> None:
    tree = cst.parse_module("a.b(c)\n")
    several = patterns.one_of(*(patterns.Name(one) for one in ("a", "c", "d")))
    assert [cst.ensure_type(one, cst.Name).value for one in findall(tree, several)] == ["a", "c"]


def test_nothing_matches_what_is_not_there() -> None:
    assert not patterns.matches(None, patterns.Name())
    assert not patterns.matches(cst.MaybeSentinel.DEFAULT, patterns.Name())
