"""What an endpoint reads of the query and of the body by names that its source spells out, for OpenAPI.

    FIELDS = ("title", "done")
    data = request.get_json(silent=True) or request.form
    return {name: data[name] for name in FIELDS if name in data}    →    JSON and form: title, done

The reads are followed through locals, loops over constants and the functions of the project that are called, each with
what it is handed. Nothing of this changes what the endpoint does.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from codemods.carry import Carrier
from codemods.carry.read_names import Held, RequestShape
from codemods.model import Definition, Module
from codemods.scan.walk import WITHOUT_NAMES
from codemods.view.names import Names, split
from codemods.view.refusal import Refused

from .constant_texts import Texts

NOTHING: Held = frozenset()
PARTS: Mapping[str, Held] = {
    "flask.request.args": frozenset({"query"}),
    "flask.request.form": frozenset({"form"}),
    "flask.request.files": frozenset({"file"}),
    "flask.request.values": frozenset({"query", "form"}),
    "flask.request.json": frozenset({"json"}),
    "flask.request.get_json": frozenset({"json"}),
    "flask.request.data": frozenset({"raw"}),
    "flask.request.get_data": frozenset({"raw"}),
    "flask.request.stream": frozenset({"raw"}),
}
ABOUT_BODY = frozenset(
    f"flask.request.{name}"
    for name in ("is_json", "mimetype", "mimetype_params", "content_type", "content_length", "content_encoding")
)
"""What tells of a body without reading it."""
SAME = frozenset({"copy", "to_dict", "keys", "items", "decode", "read", "strip"})
"""Methods that give a part of the request in another form."""
MAKING = frozenset(
    {"builtins.dict", "builtins.list", "builtins.set", "builtins.sorted", "builtins.frozenset", "builtins.tuple",
     "werkzeug.datastructures.MultiDict", "werkzeug.datastructures.ImmutableMultiDict"}
)  # fmt: skip
READING = frozenset({"get", "getlist", "pop", "poplist", "setdefault"})
BINDING = (ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.For, ast.AsyncFor, ast.comprehension)
TELLING = (ast.Attribute, ast.Subscript, ast.Call, ast.Compare, ast.BinOp, ast.Match)
"""The classes of the nodes that give locals their values, and of those that read a part of the request."""
G = "flask.g."
FROM_TEXT = frozenset({"flask.render_template_string", "flask.stream_template_string"})
RENDERING = frozenset({"flask.render_template", "flask.stream_template", *FROM_TEXT})
REACHING = ("flask.request", "flask.g", *sorted(RENDERING))
DEPTH = 4
"""How far calls are followed."""


@dataclass(slots=True)
class Reader(Texts):
    """Reads one function, whose locals hold parts of the request or constants; `keys` are those that hold a key of a
    part, `kept` what is kept of the request beyond one function (`flask.g.data`).

    `handed` is what the function calls each function with that it is given, by place or keyword; `getters` are the
    locals that are a method which reads a part (`get = request.args.get`).
    """

    shape: RequestShape
    kept: dict[str, Held]
    depth: int = DEPTH
    held: dict[str, Held] = field(default_factory=dict)
    keys: dict[str, Held] = field(default_factory=dict)
    handed: dict[tuple[str, int | str], Held] = field(default_factory=dict)
    getters: dict[str, ast.Attribute] = field(default_factory=dict)

    def read(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Held:
        """Note what the function reads; the parts of the request that it returns."""
        nodes = [node for statement in function.body for node in _nodes_of(statement)]
        binding = [node for node in nodes if isinstance(node, BINDING)]
        for _ in range(2):  # a local may be made from another
            self.bind(binding)
        for node in nodes:
            if isinstance(node, TELLING):
                self.note(node)
        returned = [one.value for one in nodes if isinstance(one, ast.Return) and one.value is not None]
        return frozenset().union(*map(self.parts, returned))

    def bind(self, nodes: Iterable[ast.AST]) -> None:
        """What the locals hold: a part of the request, where every value of theirs is one or nothing."""
        given: dict[str, list[ast.expr]] = {}
        for node in nodes:
            match node:
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        if isinstance(target, ast.Name):
                            given.setdefault(target.id, []).append(value)
                        elif isinstance(target, ast.Attribute):
                            self.keep(target, value)
                case (
                    ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                    | ast.NamedExpr(target=ast.Name(id=name), value=value)
                ):
                    given.setdefault(name, []).append(value)
                case ast.For(target=target, iter=iterated) | ast.AsyncFor(target=target, iter=iterated):
                    self.loop(target, iterated)
                case ast.comprehension(target=target, iter=iterated):
                    self.loop(target, iterated)
                case _:
                    pass
        for name, values in given.items():
            for value in values:
                if isinstance(value, ast.Attribute) and value.attr in READING and self.parts(value.value):
                    self.getters[name] = value
            if self.names.bindings.get(name, 0) == len(values) and all(map(self.is_held, values)):
                self.held[name] = frozenset().union(*map(self.parts, values))
            elif self.names.bindings.get(name, 0) == 1 and (listed := self.strings(values[0])):
                self.constants[name] = listed

    def keep(self, target: ast.Attribute, value: ast.expr) -> None:
        """What an attribute of `g` holds."""
        qualified = self.qualified(target) or ""
        if qualified.startswith(G) and (parts := self.parts(value)):
            self.kept[qualified] = parts

    def loop(self, target: ast.expr, iterated: ast.expr) -> None:
        """What a loop binds: one of some constants, or an item of a list that the body is."""
        is_pair = isinstance(target, ast.Tuple) and bool(target.elts)
        first = target.elts[0] if isinstance(target, ast.Tuple) and is_pair else target
        if not isinstance(first, ast.Name):
            return
        held = self.parts(iterated)
        if found := self.strings(iterated):
            self.constants[first.id] = tuple(dict.fromkeys((*self.constants.get(first.id, ()), *found)))
        elif is_pair or held - {"json"}:
            self.keys[first.id] = held
        elif held:  # the keys of an object, or the items of a list
            self.held[first.id], self.keys[first.id] = frozenset({"item"}), held

    def is_held(self, value: ast.expr) -> bool:
        """Whether a value is a part of the request, or the nothing that stands for one."""
        empty = isinstance(value, ast.Constant) or (isinstance(value, ast.Dict) and not value.keys)
        return empty or bool(self.parts(value))

    def parts(self, node: ast.expr) -> Held:
        """The parts of the request that an expression may be."""
        match node:
            case ast.Name(id=name) if name in self.held:
                return self.held[name]
            case ast.Name() | ast.Attribute():
                qualified = self.qualified(node) or ""
                return PARTS.get(qualified, NOTHING) or self.kept.get(qualified, NOTHING)
            case ast.BoolOp(values=values):
                return frozenset().union(*map(self.parts, values))
            case ast.IfExp(body=body, orelse=orelse):
                return self.parts(body) | self.parts(orelse)
            case ast.NamedExpr(value=value) | ast.Await(value=value) | ast.Starred(value=value):
                return self.parts(value)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return self.parts(left) | self.parts(right)
            case ast.Dict(keys=keys, values=values):
                return frozenset().union(
                    *(self.parts(one) for key, one in zip(keys, values, strict=True) if key is None)
                )
            case ast.DictComp(generators=[ast.comprehension(iter=iterated)]):
                return self.parts(iterated)
            case ast.Call():
                return self.made(node)
            case _:
                return NOTHING

    def made(self, call: ast.Call) -> Held:
        """The parts of the request that a call may give."""
        qualified = self.qualified(call.func) or ""
        if qualified in PARTS:
            return PARTS[qualified]
        handed = self.parts(call.args[0]) if call.args else NOTHING
        if qualified == "json.loads":
            return frozenset({"json"}) if "raw" in handed else NOTHING
        if qualified in MAKING:
            return handed
        if isinstance(call.func, ast.Attribute) and call.func.attr in SAME:
            return self.parts(call.func.value)
        return self.called(call, qualified)

    def note(self, node: ast.AST) -> None:
        """Note what an expression or a pattern reads."""
        match node:
            case ast.Attribute():
                read = self.qualified(node) or ""
                self.shape.touched |= PARTS.get(read, frozenset({"about"} if read in ABOUT_BODY else ()))
            case ast.Subscript(value=value, slice=index, ctx=ast.Load()):
                self.noted(value, index)
            case ast.Call(func=ast.Attribute(value=value, attr=method), args=[index, *_]) if method in READING:
                self.noted(value, index, method in ("getlist", "poplist"))
            case ast.Call(func=ast.Name(id=name), args=[index, *_]) if name in self.getters:
                self.noted(self.getters[name].value, index, self.getters[name].attr in ("getlist", "poplist"))
            case ast.Call(func=ast.Name(id="map"), args=[ast.Attribute(value=value, attr=method), index]) if (
                method in READING
            ):
                self.noted(value, index)
            case ast.Compare(left=ast.Name(id=key), ops=[ast.In() | ast.NotIn() | ast.Eq()], comparators=[right]) if (
                key in self.keys and self.strings(right)
            ):
                for part in self.keys[key]:
                    for name in self.strings(right):
                        self.shape.note(part, name, False)
            case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=[right]):
                self.noted(right, left)
            case ast.Compare(left=left, ops=[_], comparators=[right]):
                self.compared(left, right)
            case ast.BinOp(left=left, op=ast.Sub() | ast.BitAnd(), right=right):
                self.compared(left, right)
            case ast.Call(
                func=ast.Attribute(value=left, attr="issubset" | "difference" | "intersection"), args=[right]
            ):
                self.compared(left, right)
            case ast.Match(subject=subject, cases=cases):
                for one in cases:
                    self.matched(subject, one.pattern)
            case _:
                pass
        match node:
            case ast.Call(func=ast.Name(id=name), args=given, keywords=keywords) if self.names.of_name(name) is None:
                self.hand_on(name, given, keywords)
            case ast.Call(func=function, args=[first, *_]) if (qualified := self.qualified(function)) in RENDERING:
                self.rendered(first, qualified)
            case ast.Call(func=function) if (qualified := self.qualified(function)) is not None:
                self.called(node, qualified)
            case _:
                pass

    def hand_on(self, name: str, given: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> None:
        """Note the parts of the request that a function is called with which the function was given."""
        places: list[tuple[int | str | None, ast.expr]] = [
            *enumerate(given),
            *((one.arg, one.value) for one in keywords),
        ]
        for place, value in places:
            if place is not None and (parts := self.parts(value)):
                self.handed[name, place] = parts

    def rendered(self, first: ast.expr, function: str) -> None:
        """Note what a page reads whose template's name, or text, the code spells out."""
        found = self.strings(first)
        if self.carrier.pages is not None and found:
            is_text = function in FROM_TEXT
            for attribute, name in self.carrier.pages.sent(() if is_text else found, found[0] if is_text else None):
                for part in PARTS[f"flask.request.{attribute}"]:
                    self.shape.note(part, name, False)

    def noted(self, value: ast.expr, key: ast.expr, is_list: bool = False) -> None:
        """Note the names that a key may be, of what a value may be."""
        for part in self.parts(value):
            for name in self.strings(key):
                self.shape.note(part, name, is_list)

    def compared(self, left: ast.expr, right: ast.expr) -> None:
        """The keys of a part beside a set of names."""
        for keys, listed in ((left, right), (right, left)):
            if self.parts(keys) and not isinstance(listed, ast.Constant):
                self.noted(keys, listed)

    def matched(self, subject: ast.expr, pattern: ast.pattern) -> None:
        """The keys that a pattern asks for."""
        match pattern:
            case ast.MatchMapping(keys=keys):
                for key in keys:
                    self.noted(subject, key)
            case ast.MatchOr(patterns=inner):
                for one in inner:
                    self.matched(subject, one)
            case ast.MatchAs(pattern=ast.pattern() as inner):
                self.matched(subject, inner)
            case _:
                pass

    def called(self, call: ast.Call, qualified: str) -> Held:
        """Follow a call of a function of the project; the parts of the request that it returns."""
        module, name = split(self.names.project, qualified)
        if module is None or not self.depth:
            return NOTHING
        definition = module.definitions.get(name) or module.inner.get(name)
        if definition is not None and definition.kind == "class":
            self.made_of(call, definition, name)
        if definition is None or definition.kind != "function":
            return NOTHING
        try:
            function = self.carrier.sources.function(definition.location, name.rpartition(".")[2])
        except Refused:
            return NOTHING
        names = Names.of(self.names.project, module, function)
        inner = Reader(self.carrier, names, self.shape, self.kept, self.depth - 1)
        root = self.carrier.sources.as_ast(function)
        is_method = name not in module.definitions
        self.hand(call, root.args, inner, 1 if is_method and not root.decorator_list else 0)
        if not (is_method or inner.held or inner.constants or _reads(self.carrier, module, qualified)):
            return NOTHING
        return inner.read(root)

    def made_of(self, call: ast.Call, definition: Definition, name: str) -> None:
        """An object whose fields are the keys of a part: `Item(**request.get_json())`."""
        node = self.carrier.sources.piece(definition.location, name.rpartition(".")[2])
        fields = [
            one.target.id for one in node.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
        ]
        for one in node.body:
            if isinstance(one, ast.FunctionDef) and one.name == "__init__":
                fields = [argument.arg for argument in (*one.args.args[1:], *one.args.kwonlyargs)]
        for keyword in call.keywords:
            for part in self.parts(keyword.value) if keyword.arg is None else ():
                for key in fields:
                    self.shape.note(part, key, False)

    def hand(self, call: ast.Call, params: ast.arguments, inner: "Reader", bound: int = 0) -> None:
        """What the called function's parameters hold, the first `bound` of them left out."""
        names = [one.arg for one in (*params.posonlyargs, *params.args)][bound:]
        defaults = dict(zip(reversed(names), reversed(params.defaults), strict=False))
        for name, value in defaults.items():
            inner.given(name, NOTHING, self.strings(value) if isinstance(value, ast.Constant) else ())
        for name, value in _bound(call, names):
            inner.constants.pop(name, None)
            inner.given(name, self.parts(value), self.strings(value))
        rest = [self.strings(one) for one in call.args[len(names) :]]
        if params.vararg is not None and all(rest):
            inner.given(params.vararg.arg, NOTHING, tuple(text for one in rest for text in one))
        for keyword in call.keywords:
            if keyword.arg is None:
                for part in self.parts(keyword.value):
                    for name in [*names[len(call.args) :], *(one.arg for one in params.kwonlyargs)]:
                        self.shape.note(part, name, False)

    def given(self, name: str, held: Held, constants: tuple[str, ...]) -> None:
        """A parameter with what it is handed, where nothing else is bound to its name."""
        if self.names.bindings.get(name) == 1:
            if held:
                self.held[name] = held
            if constants:
                self.constants[name] = constants


def _nodes_of(statement: ast.stmt) -> list[ast.AST]:
    """A statement and all below it that is of some class of its own, in the order of `ast.walk`."""
    found: list[ast.AST] = [statement]
    for node in found:
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                found += [one for one in value if isinstance(one, ast.AST)]
            elif isinstance(value, ast.AST) and type(value) not in WITHOUT_NAMES:
                found.append(value)
    return found


def _bound(call: ast.Call, names: list[str]) -> Iterator[tuple[str, ast.expr]]:
    """The parameters that a call names or hands something in the place of."""
    if not any(isinstance(one, ast.Starred) for one in call.args):
        yield from zip(names, call.args, strict=False)
    yield from ((one.arg, one.value) for one in call.keywords if one.arg is not None)


def _reads(carrier: Carrier, module: Module, qualified: str) -> bool:
    """Whether a function reaches the request, what is kept of it, or a template that may."""
    return any(one.startswith(REACHING) for one in carrier.context.reach(qualified))
