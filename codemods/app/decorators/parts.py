"""A decorator taken apart: the parameters that it is made with, the name that it gives the view, and the wrapper.

def role(name):                     ← factory, where the decorator is called
    def decorate(view):             ← the view's name
        @wraps(view)
        def wrapper(*args, **kwargs):
            ...
        return wrapper
    return decorate
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from codemods.carry import Carrier, FileReferences
from codemods.findings import Location
from codemods.model import Decorator, Definition
from codemods.view import patterns as m
from codemods.view.names import Names
from codemods.view.rule import code
from codemods.view.search import findall

from .definitions import decorator_definition
from .diagnostics import unclear
from .extension_calls import extension_call
from .keywords import written_as_locals
from .shapes import DOCSTRING, of_class, with_optional_view


@dataclass(frozen=True, slots=True)
class Parts:
    """A decorator's pieces. `text` is how it stands above the view, `arguments` what it is called with there.

    `keeps_name` tells that what it returns has the view's own name, `keeps_attributes` that it has all attributes of
    the view. `references` makes what resolves its names.
    """

    name: str
    text: str
    location: Location
    defined_at: Location
    arguments: Sequence[cst.Arg] | None
    factory: cst.FunctionDef | None
    view: str
    wrapper: cst.FunctionDef
    keeps_name: bool
    names: Names
    docstring: str = ""
    references: Callable[..., FileReferences] = FileReferences
    keeps_attributes: bool = False

    @property
    def star_names(self) -> tuple[str, ...]:
        """The names of `*args` and `**kwargs`."""
        params = self.wrapper.params
        return tuple(one.name.value for one in (params.star_arg, params.star_kwarg) if isinstance(one, cst.Param))

    @property
    def keywords(self) -> str | None:
        """The name of `**kwargs`."""
        star = self.wrapper.params.star_kwarg
        return star.name.value if star is not None else None


def take_apart(carrier: Carrier, decorator: Decorator) -> Parts:
    """The pieces of a decorator of the project's own; raises `Refused` for any other shape than a wrapper returned."""
    location, text = decorator.location, decorator.text
    found = decorator_definition(carrier.project, decorator.qualified or "")
    if found is None:
        raise unclear(location, text)
    module, definition, name = found
    call = expression_of(decorator)
    written, arguments = _as_function(carrier, definition, name, call.args if isinstance(call, cst.Call) else None)
    if written is None:
        raise unclear(location, text)
    function = written_as_locals(written, location, text)
    factory = function if arguments is not None else None
    inner = returned_function(function) if factory is not None else function
    wrapper = returned_function(inner, is_bare=decorator.is_bare) if inner is not None else None
    if inner is None or wrapper is None or len(inner.params.params) != 1:
        raise unclear(location, text, "is not one wrapper around the view")
    view = inner.params.params[0].name.value
    if factory is not None and decorator.is_bare:
        factory, arguments = _used_only(factory, arguments or (), wrapper)
    names = Names.of(carrier.project, module, function)
    params = (one.params for one in (factory, inner) if one is not None)
    around = {one.name.value for each in params for one in (*each.params, *each.kwonly_params)}
    enclosing = frozenset(around - Names.of(carrier.project, module, wrapper).local)
    names = replace(names, enclosing=enclosing, within=definition.qualified)
    keeps_attributes = any(_is_wraps(one.decorator) for one in wrapper.decorators)
    keeps_name = keeps_attributes or len(inner.body.body) > 2
    docstring = "".join(code(one) for one in function.body.body[:1] if m.matches(one, DOCSTRING))
    wrapper, names = _undecorated(wrapper, names, location, text)
    return Parts(
        name, text, location, definition.location, arguments, factory, view, wrapper, keeps_name, names,
        docstring.strip(), keeps_attributes=keeps_attributes,
    )  # fmt: skip


def _as_function(
    carrier: Carrier, definition: Definition, name: str, arguments: Sequence[cst.Arg] | None
) -> tuple[cst.FunctionDef | None, Sequence[cst.Arg] | None]:
    """The decorator as a function, and what it is called with; None where it is neither a function nor as good."""
    if definition.kind == "class":
        node = carrier.sources.piece(definition.location, name)
        assert isinstance(node, ast.ClassDef)
        statement = cst.parse_module(carrier.sources.text(definition.location.file, node)).body[0]
        is_called = arguments is not None and isinstance(statement, cst.ClassDef)
        return (of_class(cst.ensure_type(statement, cst.ClassDef)) if is_called else None), arguments
    if definition.kind != "function":
        return None, arguments
    function = carrier.sources.function(definition.location, name)
    optional = with_optional_view(function)
    if optional is None:
        return function, arguments
    return (optional if all(one.keyword for one in arguments or ()) else None), arguments or ()


def _used_only(
    factory: cst.FunctionDef, arguments: Sequence[cst.Arg], wrapper: cst.FunctionDef
) -> tuple[cst.FunctionDef, Sequence[cst.Arg]]:
    """The factory and what it is called with, without what only the decorators around its wrapper are given."""
    used = {one.value for one in findall(wrapper, m.Name()) if isinstance(one, cst.Name)}
    params = factory.params
    by_place = [one.name.value for one in params.params]
    names = [*by_place, *(one.name.value for one in params.kwonly_params)]
    unused = {one for one in names if one not in used}
    given = [one.keyword.value if one.keyword else by_place[place] for place, one in enumerate(arguments)]
    kept = [one for one, name in zip(arguments, given, strict=True) if name not in unused]
    by_name = [one for one in params.kwonly_params if one.name.value not in unused]
    star = params.star_arg if by_name or isinstance(params.star_arg, cst.Param) else cst.MaybeSentinel.DEFAULT
    changed = params.with_changes(
        params=[one for one in params.params if one.name.value not in unused], kwonly_params=by_name, star_arg=star
    )
    return factory.with_changes(params=changed), kept


def expression_of(decorator: Decorator) -> cst.BaseExpression:
    """A decorator as it stands behind its `@`."""
    return cst.parse_expression(decorator.text.lstrip("@").strip())


def _is_wraps(node: cst.BaseExpression) -> bool:
    return m.matches(node, m.Call(func=m.Name("wraps") | m.Attribute(attr=m.Name("wraps"))))


def _undecorated(
    wrapper: cst.FunctionDef, names: Names, location: Location, text: str
) -> tuple[cst.FunctionDef, Names]:
    """The wrapper without decorators, and the function's names.

    What an extension's decorator around the wrapper does is called first in the wrapper, under a name that is added to
    the function's names.
    """
    first: list[cst.BaseStatement] = []
    for decorator in wrapper.decorators:
        if _is_wraps(decorator.decorator):
            continue
        call = extension_call(names, decorator.decorator)
        if call is None:
            raise unclear(location, text, "decorates its wrapper")
        names = replace(names, imported={**names.imported, call.name: call.target})
        first.append(call.statement)
    body = wrapper.body.with_changes(body=[*first, *wrapper.body.body])
    return wrapper.with_changes(body=body, decorators=()), names


def returned_function(function: cst.FunctionDef, *, is_bare: bool = False) -> cst.FunctionDef | None:
    """The inner function where a function does nothing but define and return it, under the view's name or its own.

    With `is_bare` it may be returned inside other decorators.
    """
    body = [one for one in function.body.body if not m.matches(one, DOCSTRING)]
    match body:
        case [
            cst.FunctionDef(name=cst.Name(value=name)) as inner,
            *naming,
            cst.SimpleStatementLine(body=[cst.Return(value=cst.BaseExpression() as value)]),
        ] if (_gives_back(value, name) or (is_bare and not naming)) and all(_names_only(one, name) for one in naming):
            return inner
        case _:
            return None


def _gives_back(value: cst.BaseExpression, name: str) -> bool:
    """`wrapper`, `wraps(view)(wrapper)` or `update_wrapper(wrapper, view)`."""
    wraps = m.Call(func=m.Call(func=m.Name("wraps") | m.Attribute(attr=m.Name("wraps"))), args=[m.Arg(m.Name(name))])
    return m.matches(value, m.Name(name) | wraps | _updating(name))


def _updating(name: str) -> m.Pattern:
    update = m.Name("update_wrapper") | m.Attribute(attr=m.Name("update_wrapper"))
    return m.Call(func=update, args=[m.Arg(m.Name(name)), m.Arg(m.Name())])


def _names_only(statement: cst.CSTNode, name: str) -> bool:
    """`wrapper.__name__ = view.__name__`, `update_wrapper(wrapper, view)`."""
    dunder = m.Name("__name__") | m.Name("__doc__") | m.Name("__module__") | m.Name("__qualname__")
    assigned = m.Assign(
        targets=[m.AssignTarget(m.Attribute(value=m.Name(name), attr=dunder))],
        value=m.Attribute(value=m.Name(), attr=dunder),
    )
    return m.matches(statement, m.SimpleStatementLine([assigned | m.Expr(_updating(name))]))
