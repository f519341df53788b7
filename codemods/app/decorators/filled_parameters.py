"""A view whose own parameters are filled by statements, and which has others for what these take them from."""

from collections.abc import Collection, Sequence

import libcst as cst

from codemods.app.functions.bodies import preceded
from codemods.view import patterns as m
from codemods.view.returns import has_docstring
from codemods.view.search import findall


def free_name(function: cst.FunctionDef, taken: Collection[str], wanted: str) -> str:
    """A name that nothing in a function means, and that is not taken; its decorators may mean it."""
    name, number = wanted, 1
    bare = function.with_changes(decorators=())
    used = {one.value for one in findall(bare, m.Name()) if isinstance(one, cst.Name)} | {*taken}
    while name in used:
        number += 1
        name = f"{wanted}_{number}"
    return name


def without_first(function: cst.FunctionDef, number: int) -> cst.FunctionDef:
    """The function without so many statements behind its docstring."""
    if not number:
        return function
    index = int(has_docstring(function))
    body = [*function.body.body[:index], *function.body.body[index + number :]]
    return function.with_changes(body=cst.IndentedBlock([one for one in body if isinstance(one, cst.BaseStatement)]))


def with_parameters(
    function: cst.FunctionDef,
    filled: Collection[str],
    added: Sequence[str],
    takes_rest: bool,
    statements: Sequence[str],
) -> cst.FunctionDef:
    """The function with parameters that are `added`, without those that these `statements` fill.

    `takes_rest` tells that they fill its `**kwargs` as well.
    """
    params = function.params
    kept = [one for one in params.params if one.name.value not in filled]
    required = [one for one in kept if one.default is None]
    changed = params.with_changes(
        params=[
            *(one.with_changes(comma=cst.MaybeSentinel.DEFAULT) for one in required),
            *(cst.Param(cst.Name(name)) for name in added),
            *(one.with_changes(comma=cst.MaybeSentinel.DEFAULT) for one in kept if one not in required),
        ],
        kwonly_params=[one for one in params.kwonly_params if one.name.value not in filled],
        star_kwarg=None if takes_rest else params.star_kwarg,
    )
    if not changed.kwonly_params and not isinstance(changed.star_arg, cst.Param):
        changed = changed.with_changes(star_arg=cst.MaybeSentinel.DEFAULT)
    return preceded(function.with_changes(params=changed), [cst.parse_statement(one) for one in statements])
