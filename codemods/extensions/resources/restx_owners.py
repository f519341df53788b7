"""What an `Api` and a namespace of Flask-RESTX put around their resources.

    users = Namespace("users", decorators=[timed])       @timed
    api = Api(bp, decorators=[require_client])       →   def get_users(client: Annotated[None, Depends(require_client)])

They stand around responses (`Api._register_view`): those of the namespace within those of the `Api`, in each list the
last one outermost.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codemods.extensions.basis.kept_values import kept_value
from codemods.extensions.basis.module_names import of_module
from codemods.extensions.basis.objects import MadeObject, blueprint_name, made_by, made_object
from codemods.extensions.basis.own_apis import made_of, spelled
from codemods.findings import Finding, Location
from codemods.model import Decorator, Endpoint, Module, Project
from codemods.view.names import meaning
from codemods.view.refusal import refuse
from codemods.view.source import Sources

from .named_maps import root_of
from .restx_documents import API, NAMESPACE, RESTX_UNREADABLE

OPTION = "decorators"
GIVING = ("add_namespace", "namespace")
"""Methods by which an `Api` gets a namespace."""


@dataclass(frozen=True, slots=True)
class Owning:
    """A call that makes an `Api` or a namespace, with its decorators, outermost first."""

    module: Module
    call: ast.Call
    decorators: tuple[Decorator, ...] = ()


def made(project: Project, sources: Sources, module: Module, call: ast.Call) -> tuple[str, ast.Call]:
    """The class of what a call makes, `Api` or `Namespace`, which an `Api` makes too, whatever that is called; with the
    call as it would be of the library's own class. An empty name for anything else."""
    if ast.unparse(call.func).endswith(".namespace"):
        return NAMESPACE, call
    maker, whole = made_of(project, sources, meaning(project, module, call.func), call)
    return (maker, whole) if maker in (API, NAMESPACE) else ("", call)


def listed(project: Project, module: Module, call: ast.Call) -> tuple[Decorator, ...] | None:
    """The decorators that such a call is given, outermost first; None where they are computed."""
    given = [one.value for one in call.keywords if one.arg == OPTION]
    match given:
        case [] | [ast.Constant(value=None)]:
            return ()
        case [ast.List(elts=elements) | ast.Tuple(elts=elements)]:
            found = []
            for one in reversed(elements):
                named = meaning(project, module, one.func if isinstance(one, ast.Call) else one)
                found.append(Decorator(ast.unparse(one), named, Location(module.file, one.lineno)))
            return tuple(found)
        case _:
            return None


def changed(project: Project, sources: Sources, module: Module) -> Finding | None:
    """Where code of a module looks at the decorators of an `Api` or a namespace, which it may change."""
    if OPTION.encode() not in sources.files.get(module.file, b""):
        return None
    for node in ast.walk(sources.tree(module.file)):
        if isinstance(node, ast.Attribute) and node.attr == OPTION:
            meant = made_by(project, sources, meaning(project, module, node))
            if meant in (f"{API}.{OPTION}", f"{NAMESPACE}.{OPTION}"):
                return Finding(RESTX_UNREADABLE, Location(module.file, node.lineno), f"'{ast.unparse(node)}'")
    return None


def around(project: Project, sources: Sources, endpoint: Endpoint) -> tuple[Decorator, ...]:
    """The decorators of a resource's `Api` and namespace, outermost first; raises `Refused` where these are unclear."""
    apis, has_decorated = _owners(project, sources)
    inner = _of_namespace(project, sources, endpoint) if has_decorated else ()
    return (*_of_api(project, sources, endpoint, apis), *inner)


_known: list[tuple[Sources, list[Owning], bool]] = []
"""What the project asked last makes: every resource asks for it."""


def _owners(project: Project, sources: Sources) -> tuple[list[Owning], bool]:
    """Every `Api` of a project, and whether a namespace has decorators."""
    if not _known or _known[0][0] is not sources:
        apis, has_decorated = list[Owning](), False
        words = {OPTION.encode(), b"Api", *spelled(project, sources)}
        for module in project.modules.values():
            if not any(word in sources.files.get(module.file, b"") for word in words):
                continue
            for one in _calls(sources.tree(module.file)):
                maker, call = made(project, sources, module, one)
                if maker == API:
                    apis.append(Owning(module, one, listed(project, module, call) or ()))
                elif maker == NAMESPACE:
                    has_decorated |= bool(listed(project, module, call))
        _known[:] = [(sources, apis, has_decorated)]
    return _known[0][1:]


def only_api(project: Project, sources: Sources) -> MadeObject | None:
    """The one `Api` of a project, where a module keeps it under a name; None where there are more."""
    apis, _ = _owners(project, sources)
    if len(apis) != 1:
        return None
    module, call = apis[0].module, apis[0].call
    names = (name for name in module.definitions if sources.value(module, name) is call)
    return next((made_object(project, sources, f"{module.name}.{name}") for name in names), None)


def namespaces_of_api(project: Project, sources: Sources) -> tuple[str, ...]:
    """The namespaces of a project with one `Api` in the order in which it gets them, where one body of statements, of a
    module or a function, adds or makes them all; nothing where that is not certain."""
    bodies: list[list[str]] = []
    calls = 0
    for module in project.modules.values():
        if b"namespace" not in sources.files.get(module.file, b""):
            continue
        tree = sources.tree(module.file)
        calls += sum(isinstance(one.func, ast.Attribute) and one.func.attr in GIVING for one in _calls(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.FunctionDef):
                bodies.append(list(_given(project, sources, module, node.body)))
    most = max(bodies, key=len, default=[])
    return tuple(most) if len(most) == calls == len(set(most)) and "" not in most else ()


def _given(project: Project, sources: Sources, module: Module, body: Iterable[ast.stmt]) -> Iterator[str]:
    """The namespaces that statements give to an `Api`: `api.add_namespace(ns)`, `ns = api.namespace("todos")`."""
    for statement in body:
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="add_namespace"), args=[first, *_])):
                kept = kept_value(project, sources, meaning(project, module, first))
                yield kept.qualified if kept is not None else ""
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Attribute(attr="namespace"))):
                yield f"{module.name}.{name}"


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield node


def _of_api(project: Project, sources: Sources, endpoint: Endpoint, apis: list[Owning]) -> tuple[Decorator, ...]:
    """The decorators of the `Api` of an endpoint, which calls it by its blueprint's own name, wherever that is
    registered."""
    if len({one.decorators for one in apis}) <= 1:
        return apis[0].decorators if apis else ()
    owner = endpoint.name.rpartition(".")[0]
    mine = {one.decorators for one in apis if _blueprint_of(project, sources, one) == owner}
    if len(mine) != 1 or any(_blueprint_of(project, sources, one) is None for one in apis):
        where = Location(apis[0].module.file, apis[0].call.lineno)
        raise refuse(RESTX_UNREADABLE, where, f"{len(apis)} Apis, none of which is that of '{endpoint.name}'")
    return mine.pop()


def _blueprint_of(project: Project, sources: Sources, api: Owning) -> str | None:
    """The name of an `Api`'s blueprint, empty for the application's own; None where that cannot be told."""
    call, module = api.call, api.module
    given = [*call.args[:1], *(one.value for one in call.keywords if one.arg == "app")]
    if len(given) != 1 or root_of(given[0]) not in frozenset(of_module(sources.tree(module.file))):
        return None
    return blueprint_name(made_object(project, sources, meaning(project, module, given[0])))


def _of_namespace(project: Project, sources: Sources, endpoint: Endpoint) -> tuple[Decorator, ...]:
    """The decorators of the namespace with which a resource is registered; raises `Refused` where it is unclear."""
    view = endpoint.view.function
    found = set[tuple[Decorator, ...]]()
    for module, node in _registrations(project, sources, view.qualified):
        owner = made_object(project, sources, meaning(project, module, node))
        decorators = _of_maker(project, sources, owner) if owner is not None else None
        if decorators is None:
            raise refuse(RESTX_UNREADABLE, view.location, f"'{ast.unparse(node)}'")
        found.add(decorators)
    if len(found) != 1:
        raise refuse(RESTX_UNREADABLE, view.location, f"the namespace of '{view.qualified}'")
    return found.pop()


def _registrations(project: Project, sources: Sources, qualified: str) -> Iterator[tuple[Module, ast.expr]]:
    """Each object that routes a class, by a decorator or a call, as the module names it."""
    for module in project.modules.values():
        is_home = qualified.startswith(f"{module.name}.")
        if not is_home and b"add_resource" not in sources.files.get(module.file, b""):
            continue
        for node in ast.walk(sources.tree(module.file)):
            match node:
                case ast.ClassDef(name=name, decorator_list=written) if f"{module.name}.{name}" == qualified:
                    for one in written:
                        if (
                            isinstance(one, ast.Call)
                            and isinstance(one.func, ast.Attribute)
                            and one.func.attr == "route"
                        ):
                            yield module, one.func.value
                case ast.Call(func=ast.Attribute(attr="add_resource", value=owner), args=[first, *_]):
                    if meaning(project, module, first) == qualified:
                        yield module, owner


def _of_maker(project: Project, sources: Sources, owner: MadeObject) -> tuple[Decorator, ...] | None:
    """The decorators of what routes a resource: of a namespace its own, of an `Api` none; None for anything else."""
    if owner.maker == API:
        return ()
    maker, call = made(project, sources, owner.module, owner.call)
    return listed(project, owner.module, call) if maker == NAMESPACE else None
