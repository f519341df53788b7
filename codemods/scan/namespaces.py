"""Flask-RESTX's namespaces in the source: which `Api` gets each, and below which path.

ns = Namespace("todos")                      api.add_namespace(ns)              # /todos
users = api.namespace("users", path="/u")    api.add_namespace(ns, "/tasks")    # /tasks
"""

import ast
import re
from collections.abc import Iterator

from .objects import Object, Objects
from .raw import RawModule, qualify
from .scopes import Scope, chain_of

MADE_BY = "namespace"
ADDED_BY = "add_namespace"

WORD_START, WORD_END = re.compile(r"(.)([A-Z][a-z]+)"), re.compile(r"([a-z0-9])([A-Z])")
"""Where a word begins in a class's name."""


def words_of(name: str) -> str:
    """The name of a class in lower case with underscores between its words (`flask_restx.utils.camel_to_dash`)."""
    return WORD_END.sub(r"\1_\2", WORD_START.sub(r"\1_\2", name)).lower()


def find_made(objects: Objects) -> None:
    """Add the namespaces that an `Api` makes to the objects."""
    for raw, scope in objects.scopes():
        for assigned in scope.assigned:
            if isinstance(assigned.value, ast.Call) and (owner := _owner(assigned.value, MADE_BY)):
                key = qualify(raw.name, scope, assigned.name)
                if key is not None and any(one.kind == "api" for one in objects.of(raw, scope, owner)):
                    made = Object(key, "namespace", assigned.value, raw, scope, scope.order)
                    objects.objects.setdefault(key, made)


def apis_of(objects: Objects, namespace: Object) -> Iterator[tuple[Object, RawModule, Scope, ast.expr | None]]:
    """Every `Api` that gets a namespace, with the path that it gives it, and the scope of that; None where it gives
    none."""
    if owner := _owner(namespace.call, MADE_BY):
        for api in objects.of(namespace.raw, namespace.scope, owner):
            yield api, namespace.raw, namespace.scope, None
    for raw, scope in objects.scopes():
        for called in scope.called:
            owner = _owner(called.node, ADDED_BY)
            words = {one.arg: one.value for one in called.node.keywords}
            given = called.node.args[0] if called.node.args else words.get("ns")
            chain = chain_of(given) if given is not None else None
            if owner and chain and namespace in objects.of(raw, scope, chain):
                path = called.node.args[1] if len(called.node.args) > 1 else words.get("path")
                for api in objects.of(raw, scope, owner):
                    yield api, raw, scope, path


def _owner(call: ast.Call, method: str) -> str:
    """The object on which a call has this method; empty for any other call."""
    owner, _, attribute = (chain_of(call.func) or "").rpartition(".")
    return owner if attribute == method else ""
