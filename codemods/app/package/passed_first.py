"""What Jinja itself hands to filters, globals and tests in first place, where they ask for it by a decorator.

@app.template_filter()                 @pass_context
@pass_context                    →     def greet(context: Any, value: Any) -> Any:
def greet(context, value):                 return f"{value} {context.get('who')}"
    return f"{value} {context.get('who')}"
"""

from collections.abc import Collection

import libcst as cst

from codemods.app.decorators.diagnostics import DECORATED
from codemods.view import patterns as m
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import refuse
from codemods.view.rule import string
from codemods.view.search import findall

PASSED = {f"jinja2.{module}{name}": name for module in ("", "utils.") for name in ("pass_context", "pass_eval_context")}
OF_FLASK = frozenset({"config", "g", "request", "session"})
"""Names of a template's context that are something else without Flask."""
LOOKUPS = frozenset({"get", "resolve"})


def passed_first(function: cst.FunctionDef, names: Names, registering: Collection[str]) -> list[Need]:
    """The decorators that stay, as their imports; raises `Refused` for one that is neither of these nor a registration,
    and where the context is used for more than looking a name up."""
    found = []
    for one in function.decorators:
        called = one.decorator.func if isinstance(one.decorator, cst.Call) else one.decorator
        name = PASSED.get(names.qualified(one.decorator) or "")
        if name is not None and (name != "pass_context" or _only_looks_up(function)):
            found.append(Need("jinja2", name))
        elif not isinstance(called, cst.Attribute) or called.attr.value not in registering:
            raise refuse(DECORATED, None, f"'{function.name.value}'")
    return found


def _only_looks_up(function: cst.FunctionDef) -> bool:
    """Whether the context, which is the first parameter, is only asked for names that are not Flask's."""
    if not function.params.params:
        return False
    context = function.params.params[0].name.value
    asked = 0
    for node in findall(function.body, m.Call() | m.Subscript()):
        match node:
            case cst.Call(
                func=cst.Attribute(value=cst.Name(value=holder), attr=cst.Name(value=method)), args=[given, *_]
            ) if holder == context and method in LOOKUPS:
                key = given.value
            case cst.Subscript(
                value=cst.Name(value=holder), slice=[cst.SubscriptElement(slice=cst.Index(value=key))]
            ) if holder == context:
                pass
            case _:
                continue
        asked += string(key) not in {None, *OF_FLASK}
    return asked == len(findall(function.body, m.Name(context)))
