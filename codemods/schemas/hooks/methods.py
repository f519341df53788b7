"""Reads hooks and plain methods of a schema class, and writes them as a Pydantic class has them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import libcst as cst

from codemods.literals import as_literal
from codemods.view import patterns as m
from codemods.view.names import Names
from codemods.view.search import findall

from ..basis import version_two
from ..basis.annotated import annotated
from ..basis.constants import CHANGING, changes
from ..basis.diagnostics import HOOK
from ..basis.looked_at import only_looks
from ..basis.method_bodies import count, is_class_name, is_generator, only_reads, repeats, returns_value
from ..basis.plan import MAKING, FieldPlan, HookKind, MethodPlan
from ..basis.reading import Reader, UnconvertibleError, code, literal, truth
from .base_calls import ABOVE, BaseCalls, written
from .checked_names import by_attributes
from .hook_options import IS_PARTIAL, TOLD_PARTIAL, only_tests, pairs_strictly, spelled_out
from .listed_fields import HERE, of_class, with_listed
from .method_texts import Dropping, Renaming, decorated, with_first_line, with_signature

KINDS: Mapping[str, HookKind] = {
    "pre_load": "before_load",
    "post_load": "after_load",
    "pre_dump": "before_dump",
    "post_dump": "after_dump",
    "validates": "check_field",
    "validates_schema": "check",
}
LOAD_HOOKS = frozenset({"pre_load", "post_load", "validates", "validates_schema"})
LOADING = frozenset({"handle_error", "load", "loads", "validate"})
#: hooks that are given all that is loaded or dumped
WHOLE: Mapping[HookKind, HookKind] = {
    "before_load": "before_load_all",
    "before_dump": "before_dump_all",
    "after_dump": "after_dump_all",
    "after_load": "after_load_all",
    "check": "check_all",
}
KINDS_HERE = frozenset({*KINDS.values(), *WHOLE.values()})
#: hooks that Marshmallow can give what was sent, or what is dumped, as well
AFTER: frozenset[HookKind] = frozenset({"after_dump", "after_dump_all", "check", "check_all", *MAKING})
#: methods of Marshmallow's schema that ours has as well, with the types of their parameters
OVERRIDES: Mapping[str, Sequence[str]] = {
    "get_attribute": ("Any", "str", "Any"),
    "handle_error": ("InvalidError", "Any"),
}
STATIC = "builtins.staticmethod"
#: the decorators of methods that are no hooks
PLAIN = frozenset({STATIC, "builtins.classmethod"})


def is_plain(reader: Reader, function: cst.FunctionDef) -> bool:
    """Whether a method is no hook: one of the object, of the class or of neither."""
    return all(reader.qualified(one.decorator) in PLAIN for one in function.decorators)


def only_loads(reader: Reader, function: cst.FunctionDef) -> bool:
    """Whether Marshmallow never calls a method where something is dumped."""
    own = function.params.params[0].name.value if function.params.params else ""
    kept = m.Attribute(value=m.Name(own))
    held = kept | m.Subscript(value=kept)
    written = (m.AssignTarget(target=held), m.AugAssign(target=held), m.Del(target=held))
    changing = m.Attribute(value=kept, attr=m.one_of(*map(m.Name, CHANGING)))
    if any(findall(function.body, one) for one in (*written, changing)):
        return False  # what is dumped may see it
    if is_plain(reader, function):
        return function.name.value in LOADING
    given = [one.decorator for one in function.decorators]
    named = (reader.qualified(one.func if isinstance(one, cst.Call) else one).rpartition(".") for one in given)
    return all(
        package in ("marshmallow", "marshmallow.decorators") and name in LOAD_HOOKS for package, _, name in named
    )


@dataclass(frozen=True, slots=True)
class Hook:
    """A decorated method: its kind, and what its decorator was given."""

    kind: HookKind
    fields: tuple[str, ...] = ()
    always: bool = False
    takes_original: bool = False
    stays: bool = False


@dataclass(frozen=True, slots=True)
class MethodReader:
    """Reads the methods of one class. `fields` are its own and inherited ones, `methods` the names of its plain
    methods, `constants` those of its values that are no fields; `loaders` are the methods that load fields,
    `overrides` those of the library's class that ours has as well, `above` those that the bases have."""

    reader: Reader
    fields: Mapping[str, FieldPlan]
    methods: frozenset[str]
    constants: frozenset[str] = frozenset()
    loaders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    overrides: Mapping[str, Sequence[str]] = field(default_factory=lambda: OVERRIDES)
    above: BaseCalls = field(default_factory=BaseCalls)

    def read(self, function: cst.FunctionDef) -> MethodPlan:
        """The plan of a method; raises `UnconvertibleError`."""
        found = self._read(function)
        return replace(found, text=written(found.text))

    def _read(self, function: cst.FunctionDef) -> MethodPlan:
        name = function.name.value
        if function.asynchronous or is_generator(function):
            raise UnconvertibleError(HOOK, function, f"'{name}', which is no plain function")
        match function.decorators:
            case [] if name in self.overrides and self.reader.version < version_two.FIRST_ALIKE:
                raise version_two.refused_in_two(function, f"the method '{name}'")
            case [] if name in self.overrides:
                return MethodPlan("override", name, self._override(function, self.overrides[name]))
            case [] if name in self.loaders:
                fields = self.loaders[name]
                return MethodPlan("load_field", name, self._loader(function, fields), fields)
            case []:
                return MethodPlan("helper", name, self._helper(self.above.marked(function, "helper")))
            case [decorator] if is_plain(self.reader, function) and name not in self.loaders:
                is_static = self.reader.qualified(decorator.decorator) == STATIC
                return MethodPlan("helper", name, self._helper(function, is_static=is_static))
            case [decorator]:
                hook = self._hook(decorator, name)
                # A method of the name of its own decorator would hide that from the methods below it.
                own = f"{name}_" if name in KINDS_HERE else name
                schema = self._parameters(function)[0]
                function = self.above.marked(function, hook.kind)
                function, lists = with_listed(function, schema, hook.kind, self.fields.values())
                text = self._written(function, hook, own)
                return MethodPlan(hook.kind, own, text, hook.fields, lists, hook.takes_original)
        raise UnconvertibleError(HOOK, function, f"several decorators on '{name}'")

    def _hook(self, decorator: cst.Decorator, name: str) -> Hook:
        node = decorator.decorator
        call = node if isinstance(node, cst.Call) else None
        package, _, original = self.reader.qualified(call.func if call else node).rpartition(".")
        if package not in ("marshmallow", "marshmallow.decorators") or original not in KINDS:
            raise UnconvertibleError(HOOK, decorator, f"'@{code(node)}' on '{name}'")
        kind, arguments = KINDS[original], list(call.args) if call else []
        if kind == "check_field":
            checked = [self._checked(one, name) for one in arguments]
            stay = {one.place != one.name and not one.path for one in checked}
            if len(stay) > 1:
                raise UnconvertibleError(HOOK, decorator, f"'{name}', and some of its fields have another attribute")
            return Hook(kind, tuple(one.attribute for one in checked), stays=True in stay)
        always = takes_original = False
        for one in arguments:
            keyword = one.keyword.value if one.keyword else ""
            if keyword == "skip_on_field_errors":
                always = not truth(one.value, HOOK, keyword)
            elif not keyword or not truth(one.value, HOOK, keyword):
                if not keyword:
                    raise UnconvertibleError(HOOK, decorator, f"'{code(one)}' on '{name}'")
            elif keyword in ("pass_collection", "pass_many") and kind in WHOLE:
                kind = WHOLE[kind]
            elif keyword == "pass_original" and kind in AFTER:
                takes_original = True
            else:
                raise UnconvertibleError(HOOK, decorator, f"'{keyword}' on '{name}'")
        if self.reader.version < version_two.FIRST_ALIKE:
            version_two.check_hook(decorator, kind, name, takes_original, arguments)
        return Hook(kind, always=always, takes_original=takes_original)

    def _checked(self, argument: cst.Arg, method: str) -> FieldPlan:
        try:
            name = literal(argument.value)
        except ValueError:
            name = None
        found = self.fields.get(name) if isinstance(name, str) else None
        if found is None or argument.keyword or argument.star or not found.loads:
            raise UnconvertibleError(HOOK, argument, f"the field that '{method}' validates")
        if self.reader.version < version_two.FIRST_ALIKE and found.is_container:
            raise version_two.refused_in_two(argument, f"'{method}' validates what holds other values")
        return found

    def _loader(self, function: cst.FunctionDef, fields: tuple[str, ...]) -> str:
        """A method that loads fields: it is given the value alone."""
        own, *others = self._parameters(function)
        if len(others) != 1:
            raise UnconvertibleError(HOOK, function, f"the parameters of '{function.name.value}'")
        is_bound = self._uses_self(function, own)
        names = Names.of(self.reader.project, self.reader.module, function)
        changed = self._body(function, names, {own: cst.Name("cls")} if is_bound else {})
        self.reader.standard("typing", "Any")
        parameters = [*(["cls"] if is_bound else []), f"{others[0]}: Any"]
        changed = with_signature(changed, function.name.value, parameters, "Any")
        mark = f"{self.reader.compat('schema_functions', 'load_field')}({', '.join(map(as_literal, fields))})"
        return decorated(changed, [mark, "classmethod" if is_bound else "staticmethod"])

    def _override(self, function: cst.FunctionDef, kinds: Sequence[str]) -> str:
        """A method of Marshmallow's schema that the class has otherwise; ours is asked in the same way."""
        name = function.name.value
        own, *others = self._parameters(function)
        options = {"many"} if name == "handle_error" else set()
        self._refuse_options(function, [one for one in others[len(kinds) :] if one not in options])
        if len(others) < len(kinds):
            raise UnconvertibleError(HOOK, function, f"the parameters of '{name}'")
        bare = Dropping(f"super().{name}", f"super({self.reader.module.name}, {own}).{name}").rewrite(function)
        self._uses_self(bare, own)
        names = Names.of(self.reader.project, self.reader.module, function)
        changed = self._body(function, names, {own: cst.Name("cls")})
        parameters = [f"{one}: {kind}" for one, kind in zip(others, kinds, strict=False)]
        parameters += ["*", "many: bool"] if name == "handle_error" else []
        returns = "None" if name == "handle_error" else "Any"
        if returns == "None" and returns_value(function):
            raise UnconvertibleError(HOOK, function, f"'{name}' returns a value")
        self.reader.standard("typing", "Any")
        if name == "handle_error":
            self.reader.compat("schema_errors", "InvalidError")
        return decorated(with_signature(changed, name, ["cls", *parameters], returns), ["classmethod"])

    def _helper(self, function: cst.FunctionDef, *, is_static: bool = False) -> str:
        params = function.params
        others = isinstance(params.star_arg, cst.Param) or params.posonly_params
        if params.star_kwarg or params.kwonly_params or others:
            raise UnconvertibleError(HOOK, function, f"the parameters of '{function.name.value}'")
        own = "" if is_static else self._parameters(function)[0]
        names = Names.of(self.reader.project, self.reader.module, function)
        is_bound = not is_static and self._uses_self(function, own)
        changed = self._body(function, names, {own: cst.Name("cls")} if is_bound else {})
        kept = [self._parameter(one) for one in (params.params if is_static else params.params[1:])]
        first = [cst.Param(cst.Name("cls"))] if is_bound else []
        changed = changed.with_changes(params=changed.params.with_changes(params=[*first, *kept]))
        changed = annotated(changed, self.reader.needs, skip=len(first))
        return decorated(changed, ["classmethod" if is_bound else "staticmethod"])

    def _parameter(self, parameter: cst.Param) -> cst.Param:
        """A parameter of a plain method with the types and defaults that exist where it goes."""
        default = parameter.default and cst.parse_expression(self.reader.take(parameter.default))
        annotation = parameter.annotation
        kept = None
        if annotation and not isinstance(annotation.annotation, cst.SimpleString):
            # types of Flask's and Marshmallow's do not exist there
            with suppress(UnconvertibleError):
                kept = cst.Annotation(cst.parse_expression(self.reader.take(annotation.annotation)))
        return parameter.with_changes(default=default, annotation=kept)

    def _written(self, function: cst.FunctionDef, hook: Hook, name: str) -> str:
        own, *others = self._parameters(function)
        function, asked = spelled_out(function)
        others += asked
        names = Names.of(self.reader.project, self.reader.module, function)
        if not others:
            raise UnconvertibleError(HOOK, function, f"the parameters of '{function.name.value}'")
        value, *rest = others
        if self.reader.version < version_two.FIRST_ALIKE:
            function = version_two.hook(function, hook.kind, value)
        original = rest.pop(0) if hook.takes_original and rest else ""
        known = {"check_field": ["data_key"], "after_load": []}.get(hook.kind, ["many"])
        told = hook.kind in TOLD_PARTIAL and "partial" in rest and only_tests(function, "partial")
        known += ["partial"] if told else []
        self._refuse_options(function, [one for one in rest if one not in known])
        is_told = told and bool(count(function, "partial"))
        if original and original != "original":
            function = Renaming({original: cst.Name("original")}).rewrite(function)
        if hook.kind in ("check", "after_load"):
            takes_many = "many" in rest and bool(count(function, "many"))
            return self._of_object(function, hook, names, own, value, name, is_told=is_told, takes_many=takes_many)
        if hook.kind == "check_all":
            if not only_looks(function, value):
                raise UnconvertibleError(HOOK, function, f"'{function.name.value}' may change the data")
            function = by_attributes(self.reader, function, self.fields.values())
        is_bound = self._uses_self(function, own) or is_told
        changed = self._body(function, names, self._renamed(own, "cls" if is_bound else own, is_told=is_told))
        parameters = [*(["cls"] if is_bound else []), f"{value}: Any"]
        parameters += ["data_key: str"] if hook.kind == "check_field" else []
        parameters += ["many: bool"] if "many" in rest and count(function, "many") else []
        parameters += ["original: Any"] if original else []
        self.reader.standard("typing", "Any")
        is_check = hook.kind in ("check_field", "check_all")
        returns = "None" if is_check and not returns_value(function) else "Any"
        changed = with_signature(changed, name, parameters, returns)
        mark = self.reader.compat("schema_hooks", hook.kind)
        if hook.kind == "check_all":
            mark += "(always=True)" if hook.always else "()"
        if hook.fields:
            mark += f"({', '.join([*map(as_literal, hook.fields), *(['stays=True'] if hook.stays else [])])})"
        return decorated(changed, ["classmethod" if is_bound else "staticmethod", mark])

    @staticmethod
    def _renamed(own: str, owner: str, *, is_told: bool) -> dict[str, cst.BaseExpression]:
        """What the schema object, and what a hook is told, are called in the class."""
        found: dict[str, cst.BaseExpression] = {} if own == owner else {own: cst.Name(owner)}
        if is_told:
            found["partial"] = cst.Attribute(cst.Name(owner), cst.Name(IS_PARTIAL))
        return found

    def _of_object(
        self, function: cst.FunctionDef, hook: Hook, names: Names, own: str, value: str, name: str,
        *, is_told: bool, takes_many: bool,
    ) -> str:  # fmt: skip
        """A hook on loaded data: a method of the object, whose data is asked for where the old code had it."""
        if hook.kind == "check" and not only_reads(function, value):
            raise UnconvertibleError(HOOK, function, f"'{function.name.value}' may change the data")
        self._uses_self(function, own)
        if hook.kind == "check":
            function = by_attributes(self.reader, function, self.fields.values())
        uses = count(function, value)
        is_plain = uses == 1 and names.bindings.get(value, 0) <= 1 and not repeats(function)
        whole = cst.parse_expression("self.to_dict()")
        renamed = self._renamed(own, "self", is_told=is_told)
        changed = of_class(self._body(function, names, renamed | ({value: whole} if is_plain else {})), "self")
        if uses and not is_plain:
            changed = with_first_line(changed, f"{value} = self.to_dict()")
        returns = "None" if hook.kind == "check" and not returns_value(function) else "Any"
        if hook.kind == "after_load" and function.returns and is_class_name(function.returns.annotation):
            returns = self.reader.take(function.returns.annotation)
        if returns == "Any":
            self.reader.standard("typing", "Any")
        mark = self.reader.compat("schema_hooks", hook.kind)
        if hook.kind == "check":
            lenient = ", strict=False" if not pairs_strictly(self.reader) else ""
            mark += f"(always=True{lenient})" if hook.always else "()"
        parameters = ["self"]
        if takes_many:
            parameters.append("many: bool")
        if hook.takes_original:
            self.reader.standard("typing", "Any")
            parameters.append("original: Any")
        return decorated(with_signature(changed, name, parameters, returns), [mark])

    def _parameters(self, function: cst.FunctionDef) -> list[str]:
        params = function.params
        others = params.star_arg
        is_asked = isinstance(others, cst.Param) and count(function, others.name.value)
        if params.posonly_params or not params.params or is_asked:
            raise UnconvertibleError(HOOK, function, f"the parameters of '{function.name.value}'")
        return [one.name.value for one in (*params.params, *params.kwonly_params)]

    def _refuse_options(self, function: cst.FunctionDef, names: list[str]) -> None:
        keywords = function.params.star_kwarg
        for name in [*names, *([keywords.name.value] if keywords else [])]:
            if count(function, name):
                raise UnconvertibleError(HOOK, function, f"'{function.name.value}' uses '{name}'")

    def _uses_self(self, function: cst.FunctionDef, own: str) -> bool:
        """Whether the method needs its object; raises `UnconvertibleError` for more than its methods and constants."""
        calls = findall(function.body, m.Attribute(value=m.Name(own)))
        known = self.methods | self.constants | {HERE, ABOVE}
        if any(isinstance(one, cst.Attribute) and one.attr.value not in known for one in calls):
            raise UnconvertibleError(HOOK, function, f"'{function.name.value}' uses the schema object")
        if changes(function, own, self.constants):
            raise UnconvertibleError(HOOK, function, f"'{function.name.value}' changes a value of the class")
        if count(function, own) != len(calls) or findall(function.body, m.Name("super")):
            raise UnconvertibleError(HOOK, function, f"'{function.name.value}' uses the schema object")
        return bool(calls)

    def _body(
        self, function: cst.FunctionDef, names: Names, renamed: Mapping[str, cst.BaseExpression]
    ) -> cst.FunctionDef:
        bare = function.with_changes(decorators=(), params=cst.Parameters(), returns=None)
        self._refuse_errors(bare)
        changed = self.reader.rewritten(bare, names, function)
        assert isinstance(changed, cst.FunctionDef)
        if renamed:
            changed = Renaming(renamed).rewrite(changed)
        return changed

    def _refuse_errors(self, function: cst.FunctionDef) -> None:
        """Marshmallow's error takes more than a message and a field; that has no place here."""
        for call in findall(function, m.Call()):
            assert isinstance(call, cst.Call)
            if not self.reader.qualified(call.func).endswith(".ValidationError"):
                continue
            for index, one in enumerate(call.args):
                if one.star or index > 1 or (one.keyword and one.keyword.value not in ("message", "field_name")):
                    raise UnconvertibleError(HOOK, function, f"'{code(call)}'")
