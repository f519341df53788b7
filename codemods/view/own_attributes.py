"""Attributes that an application sets on Flask's request: they live in FastAPI's `request.state`.

request.current_user = find_user(token)       →    request.state.current_user = find_user(token)
getattr(request, "current_user", None)        →    getattr(request.state, "current_user", None)

`g` lives there too: a name that both have stays on Flask.
"""

import libcst as cst

from codemods.vocabulary import REQUEST_ATTRIBUTES, is_own_attribute

from .diagnostics import CONSTRUCT
from .names import Names
from .rule import Translation, code, string

REFLECTING = frozenset({"builtins.getattr", "builtins.hasattr", "builtins.setattr", "builtins.delattr"})


def is_own(names: Names, node: cst.BaseExpression) -> bool:
    """Whether this is such an attribute, or an attribute of one."""
    while isinstance(node, cst.Attribute):
        if is_own_attribute(names.qualified(node) or ""):
            return True
        node = node.value
    return False


def attribute(translation: Translation, node: cst.Attribute) -> cst.BaseExpression | None:
    """`request.name`, read or written; None where it is something else."""
    if not is_own_attribute(translation.names.qualified(node) or ""):
        return None
    _check(translation, node, node.attr.value)
    return node.with_changes(value=state(translation))


def reflected(translation: Translation, node: cst.Call) -> cst.BaseExpression | None:
    """What stands for `request` in `getattr(request, "name")`; None where the call is another."""
    if translation.names.qualified(node.func) not in REFLECTING or len(node.args) < 2:
        return None
    owner, name = node.args[0].value, string(node.args[1].value)
    if translation.names.qualified(owner) != "flask.request" or not is_own_attribute(f"flask.request.{name}"):
        return None
    _check(translation, node, name or "")
    return state(translation)


def spelled_out(names: Names, node: cst.Call) -> cst.Attribute | None:
    """`request.remote_addr` of `getattr(request, "remote_addr", "")`: Flask's request has it in any case."""
    if names.qualified(node.func) != "builtins.getattr" or len(node.args) not in (2, 3):
        return None
    owner, name = node.args[0].value, string(node.args[1].value)
    if names.qualified(owner) != "flask.request" or name not in REQUEST_ATTRIBUTES:
        return None
    return cst.Attribute(owner, cst.Name(name))


def state(translation: Translation) -> cst.BaseExpression:
    """`request.state`."""
    return cst.Attribute(translation.request(), cst.Name("state"))


def _check(translation: Translation, node: cst.CSTNode, name: str) -> None:
    """Raise `Refused` where `g` has something of that name too."""
    modules = translation.names.project.modules.values()
    everything = (one for module in modules for one in (*module.definitions.values(), *module.inner.values()))
    if any(used == f"flask.g.{name}" or used.startswith(f"flask.g.{name}.") for one in everything for used in one.uses):
        raise translation.refuse(CONSTRUCT, node, f"{code(node)}, beside g.{name}")
