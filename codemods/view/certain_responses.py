"""Where a name is a response that is something else at other places of the same function.

rv = view(*args)
rv = make_response(rv)             # from here on `rv` is a response
rv.headers.add("X-Seen", "1")
"""

from collections.abc import Callable, Collection, Iterator, Sequence

import libcst as cst

from . import patterns as m
from .search import findall

BINDING = m.Assign() | m.AugAssign() | m.AnnAssign() | m.NamedExpr() | m.For() | m.CompFor() | m.With() | m.Del()
RESPONSE = m.Name("Response") | m.Attribute(attr=m.Name("Response"))
IS_RESPONSE = m.Call(func=m.Name("isinstance"), args=[m.Arg(m.Name()), m.Arg(RESPONSE)])
Kind = Callable[[cst.BaseExpression], str]


def certain_responses(function: cst.FunctionDef, kind: Kind) -> frozenset[cst.Name]:
    """The places at which a name is a response, whatever it is elsewhere."""
    if not any(_made(one, kind) for one in findall(function.body, m.Assign())):
        return frozenset()
    return frozenset(_in_block(function.body, frozenset(), kind))


def possible_responses(function: cst.FunctionDef, kind: Kind) -> frozenset[str]:
    """The names that are a response somewhere in a function."""
    return frozenset(name for one in findall(function.body, m.Assign()) if (name := _made(one, kind)))


def _made(node: cst.CSTNode, kind: Kind) -> str | None:
    """The name to which a statement assigns a response."""
    match node:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value):
            return name if kind(value) == "response" else None
        case cst.SimpleStatementLine(body=[cst.Assign() as assign]):
            return _made(assign, kind)
        case cst.If(
            test=cst.UnaryOperation(
                operator=cst.Not(),
                expression=cst.Call(
                    func=cst.Name(value="isinstance"), args=[cst.Arg(value=cst.Name(value=name)), known]
                ),
            ),
            body=cst.IndentedBlock(body=[*_, last]) | cst.SimpleStatementSuite(body=[*_, last]),
            orelse=None,
        ) if m.matches(known.value, m.Name("Response") | m.Attribute(attr=m.Name("Response"))):
            return name if _made(last, kind) == name else None
        case _:
            return None


def _in_block(block: cst.BaseSuite, known: frozenset[str], kind: Kind) -> Iterator[cst.Name]:
    """The places in a block, before which these names are responses."""
    for statement in _parts(block):
        made = _made(statement, kind)
        blocks = [one for one in statement.children if isinstance(one, cst.BaseSuite)]
        if made is None:
            known -= _bound(statement)
        if blocks and not isinstance(statement, cst.FunctionDef):
            yield from _in_parts(statement, known, kind)
        else:
            yield from _named([statement], known)
        if made is not None:
            known |= {made}


def _in_parts(statement: cst.CSTNode, known: frozenset[str], kind: Kind) -> Iterator[cst.Name]:
    for child in statement.children:
        if isinstance(child, cst.BaseSuite):
            yield from _in_block(child, known, kind)
        elif isinstance(child, cst.Else | cst.If | cst.ExceptHandler | cst.Finally):
            yield from _in_parts(child, known, kind)
        else:
            yield from _named([child], known)


def _parts(block: cst.BaseSuite) -> Sequence[cst.CSTNode]:
    """The statements of a block, those on one line each for itself."""
    found: list[cst.CSTNode] = []
    for one in block.body:
        found += one.body if isinstance(one, cst.SimpleStatementLine) else [one]
    return found


def _bound(statement: cst.CSTNode) -> set[str]:
    """The names that a statement may bind, in it or in a function that it defines."""
    inner = [statement, *findall(statement, BINDING | m.FunctionDef())]
    found: set[str] = set()
    for one in inner:
        match one:
            case cst.Assign(targets=targets):
                found |= {name for target in targets for name in _names(target.target)}
            case cst.With(items=items):
                found |= {name for item in items if item.asname is not None for name in _names(item.asname.name)}
            case cst.FunctionDef(name=cst.Name(value=name)):
                found.add(name)
            case cst.AugAssign() | cst.AnnAssign() | cst.NamedExpr() | cst.For() | cst.CompFor() | cst.Del():
                found |= set(_names(one.target))
    return found


def _names(target: cst.CSTNode) -> Iterator[str]:
    """The names in a target; of `a.b = 1` none is bound, but then `a` is no new object either."""
    match target:
        case cst.Name(value=name):
            yield name
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            for one in elements:
                yield from _names(one.value)


def _named(nodes: Sequence[cst.CSTNode], names: Collection[str]) -> Iterator[cst.Name]:
    for node in nodes if names else ():
        for one in (node, *findall(node, m.Name())):
            if isinstance(one, cst.Name) and one.value in names:
                yield one
