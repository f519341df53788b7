"""Finding nodes: the same nodes as `libcst.matchers.findall`, in the same order."""

import libcst as cst
import libcst.matchers as m
import pytest

from codemods.view.search import findall

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
    m.Name(),
    m.Name("first"),
    m.Name() | m.Attribute(),
    m.Call(),
    m.Call(func=m.Name("call") | m.Attribute()),
    m.Arg(),
    m.Attribute(attr=m.Name("x")),
    m.FunctionDef() | m.Lambda(),
    m.Param(),
    m.Assign(targets=[m.AssignTarget(m.Name())]),
    m.AssignTarget() | m.CompFor() | m.For() | m.NamedExpr(),
    m.Return() | m.Yield() | m.Del(),
    m.ExceptHandler(),
    m.SimpleString() | m.FormattedString(),
    m.SimpleStatementLine(body=[m.Pass()]),
]


@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
def test_finds_what_libcst_finds(pattern: m.BaseMatcherNode) -> None:
    tree = cst.parse_module(SOURCE)
    for root in (tree, tree.body[-2], tree.body[-1]):
        assert [id(one) for one in findall(root, pattern)] == [id(one) for one in m.findall(root, pattern)]


def test_finds_the_root_itself() -> None:
    name = cst.Name("x")
    assert findall(name, m.Name("x")) == [name]
    assert findall(name, m.Name("y")) == []


def test_any_matcher_of_any_node() -> None:
    tree = cst.parse_module("a.b(c)\n")
    anything = m.MatchIfTrue(lambda node: isinstance(node, cst.Name))
    assert findall(tree, m.OneOf(anything, m.Call())) == m.findall(tree, m.OneOf(anything, m.Call()))
