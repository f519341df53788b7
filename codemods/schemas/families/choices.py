"""Schemas that choose another one for each object, in a `dump` of their own: the dumping sides of the others by key.

    class PetSchema(Schema):                                       class Pet(SchemaChoice):
        KINDS = {"cat": CatSchema, "dog": DogSchema}                   type_schemas: ClassVar = {"cat": Cat, "dog": Dog}

        def dump(self, obj, *, many=None):                             @classmethod
            many = self.many if many is None else many                 def dump(cls, obj: Any) -> Any:
            return (                                           →           return cls.type_schemas[obj.kind].dump(obj)
                [self.one(each) for each in obj]
                if many else self.one(obj)
            )

        def one(self, obj):
            return self.KINDS[obj.kind]().dump(obj)

What is loaded by such a schema stays: it chooses before it has looked at the data.
"""

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import libcst as cst

from codemods.findings import Finding, Location
from codemods.view import patterns as m
from codemods.view.returns import leaves, statements_of
from codemods.view.search import findall
from codemods.view.visiting import Visitor

from ..basis.diagnostics import BASE, HOOK, NESTED, STATEMENT
from ..basis.library import CONTEXT_HERE
from ..basis.method_bodies import count
from ..basis.plan import CHOICE, Choice, Kind, MethodPlan, Nested, SchemaPlan
from ..basis.reading import Reader, UnconvertibleError, code, literal
from ..basis.version_two import FIRST_ALIKE, refused_in_two
from ..hooks.methods import MethodReader, is_plain
from .choice_options import changes_elsewhere, collects_fields, handed_on, known_by

ROOT = "marshmallow.Schema"
KINDS = "type_schemas"
"""What the class has the others under."""
MANY = frozenset(
    {
        "self.many if many is None else bool(many)", "self.many if many is None else many",
        "many if many is not None else self.many", "bool(many) if many is not None else self.many",
    }
)  # fmt: skip
"""How a `dump` finds out whether it is given several objects."""


def chosen_kinds(reader: Reader, node: cst.ClassDef, schemas: Collection[str]) -> tuple[str, tuple[Kind, ...]] | None:
    """The dictionary of a class's body that names other schemas, where the class has a `dump` of its own."""
    functions = {one.name.value for one in node.body.body if isinstance(one, cst.FunctionDef)}
    for statement in node.body.body if "dump" in functions else ():
        match statement:
            case cst.SimpleStatementLine(
                body=[
                    cst.Assign(targets=[cst.AssignTarget(cst.Name(name))], value=cst.Dict(elements=elements))
                    | cst.AnnAssign(target=cst.Name(name), value=cst.Dict(elements=elements))
                ]
            ) if elements:
                named = [reader.qualified(one.value) for one in elements]
                if all(one in schemas for one in named):
                    keys = [_key(one) for one in elements]
                    return name, tuple(Kind(key, Nested(one)) for key, one in zip(keys, named, strict=True))
    return None


def _key(element: cst.BaseDictElement) -> str:
    assert isinstance(element, cst.DictElement)  # what is starred names no schema
    return code(element.key)


@dataclass(slots=True)
class ChoiceReader:
    """Reads `node`, which has the others under the name `kept_as`, into `plan`."""

    reader: Reader
    node: cst.ClassDef
    plan: SchemaPlan
    kept_as: str
    kinds: tuple[Kind, ...]
    findings: list[Finding] = field(default_factory=list)

    def read(self) -> SchemaPlan:
        """The plan, with a finding for everything that does not convert."""
        functions = {one.name.value: one for one in self.node.body.body if isinstance(one, cst.FunctionDef)}
        methods: list[MethodPlan] = []
        choice = Choice()
        try:
            self._check_class()
            one = _one_by_one(functions)
            one = one.with_changes(body=_reached(one))
            choice = self._choice(one, functions)
            methods = [self._dump(one, functions), *self._helpers(one, functions)]
        except UnconvertibleError as refused:
            self.findings.append(self.reader.finding(refused, self.plan.line))
        about = f"'load' of '{self.plan.name}', which chooses another schema"
        loading = UnconvertibleError(HOOK, functions.get("load", self.node), about)
        plan = replace(
            self.plan,
            methods=tuple(methods),
            root=CHOICE,
            kinds=self.kinds,
            choice=choice,
            unknown="forbid",
        )
        return self.reader.put_into(plan, self.node, self.findings, [loading])

    def _check_class(self) -> None:
        if self.reader.version < FIRST_ALIKE:
            raise refused_in_two(self.node, f"'{self.plan.name}', which stands for other schemas")
        if [self.reader.qualified(one.value) == ROOT for one in self.node.bases] != [True] or self.node.decorators:
            raise UnconvertibleError(BASE, self.node, f"the bases of '{self.plan.name}', which chooses other schemas")
        for statement in self.node.body.body:
            match statement:
                case cst.FunctionDef():
                    if not is_plain(self.reader, statement):
                        about = f"'{statement.name.value}', which a `dump` of one's own never calls"
                        raise UnconvertibleError(HOOK, statement, about)
                case cst.SimpleStatementLine(body=[cst.Pass() | cst.Expr(cst.SimpleString() | cst.Ellipsis())]):
                    pass
                case cst.SimpleStatementLine(
                    body=[
                        cst.Assign(targets=[cst.AssignTarget(cst.Name(self.kept_as))])
                        | cst.AnnAssign(target=cst.Name(self.kept_as))
                    ]
                ):
                    pass
                case _:
                    raise UnconvertibleError(STATEMENT, statement, f"'{code(statement).strip().splitlines()[0]}'")
        if changes_elsewhere(self.reader, self.kept_as):
            raise UnconvertibleError(
                STATEMENT, self.node, f"'{self.kept_as}', which is changed when the application runs"
            )
        for kind in self.kinds:
            try:
                literal(cst.parse_expression(kind.text))
            except ValueError:
                raise UnconvertibleError(NESTED, self.node, f"the key '{kind.text}' of '{self.kept_as}'") from None

    def _choice(self, one: cst.FunctionDef, functions: dict[str, cst.FunctionDef]) -> Choice:
        """What becomes of the options of a schema that chooses."""
        own = one.params.params[0].name.value
        handed = {handed_on(made, own) for made, _ in self._chosen(one)}
        if len(handed) != 1:
            raise UnconvertibleError(HOOK, one, f"what '{one.name.value}' makes of the chosen schema")
        (by,) = handed
        hands_on = known_by(functions[by]) if by in functions else by
        if hands_on not in ("nothing", "all", "Meta", "declared"):
            raise UnconvertibleError(HOOK, one, f"the options of the schema that '{one.name.value}' makes")
        return Choice(collects_fields(self.reader, self.node, self.kept_as), hands_on)

    def _chosen(self, one: cst.FunctionDef) -> list[tuple[cst.Call, cst.Call]]:
        """The calls that make the chosen schema, each with the call of its `dump`, whose only argument is the object.

        Raises `UnconvertibleError` for any other use of the schemas.
        """
        own, given = (param.name.value for param in one.params.params[:2])
        kept = m.Attribute(value=m.Name(own), attr=m.Name(self.kept_as))
        taken = m.Subscript(value=kept) | m.Call(func=m.Attribute(value=kept, attr=m.Name("get")))
        bound = [
            cst.ensure_type(node, cst.Assign) for node in findall(one, m.Assign([m.AssignTarget(m.Name())], taken))
        ]
        names = {cst.ensure_type(node.targets[0].target, cst.Name).value for node in bound}
        chosen = m.one_of(taken, *map(m.Name, names)) if names else taken
        dumped = m.Call(
            func=m.Attribute(value=m.Call(func=chosen), attr=m.Name("dump")), args=[m.Arg(m.Name(given), keyword=None)]
        )
        found = [cst.ensure_type(node, cst.Call) for node in findall(one.body, dumped)]
        made = [cst.ensure_type(cst.ensure_type(node.func, cst.Attribute).value, cst.Call) for node in found]
        asked = m.Comparison(comparisons=[m.ComparisonTarget(m.In() | m.NotIn(), kept)])
        keys = m.Call(func=m.Attribute(value=kept, attr=m.Name("keys")), args=[])
        known = [*findall(one.body, taken), *findall(one.body, asked), *findall(one.body, keys)]
        others = [
            node for node in findall(one.body, m.Call(func=chosen)) if node not in made and not m.matches(node, taken)
        ]
        if not found or others or len(known) != len(findall(one.body, kept)) or {own, given} & names:
            raise UnconvertibleError(HOOK, one, f"what '{one.name.value}' does with the schemas in '{self.kept_as}'")
        return list(zip(made, found, strict=True))

    def _dump(self, one: cst.FunctionDef, functions: dict[str, cst.FunctionDef]) -> MethodPlan:
        """The method that dumps an object, as our `dump`."""
        params = one.params
        own, given, *others = [each.name.value for each in (*params.params, *params.kwonly_params)]
        starred = [each.name.value for each in (params.star_arg, params.star_kwarg) if isinstance(each, cst.Param)]
        if refused := [name for name in (*others, *starred) if count(one, name)]:
            raise UnconvertibleError(HOOK, one, f"'{one.name.value}' uses '{refused[0]}'")
        calls = {id(call): made.func for made, call in self._chosen(one)}
        changed = _Dumping(own, self.kept_as, calls).rewrite(one)
        shape = cst.Parameters([cst.Param(cst.Name(own)), cst.Param(cst.Name(given))])
        changed = changed.with_changes(name=cst.Name("dump"), params=shape)
        return self._methods(functions).read(changed)

    def _helpers(self, one: cst.FunctionDef, functions: dict[str, cst.FunctionDef]) -> list[MethodPlan]:
        """The other methods that dumping calls, directly or not."""
        waiting, found = [one], dict[str, MethodPlan]()
        while waiting:
            function = waiting.pop()
            own = function.params.params[0].name.value if function.params.params else ""
            for name, other in functions.items():
                called = m.Call(func=m.Attribute(value=m.Name(own), attr=m.Name(name)))
                is_option = any(findall(made, called) for made, _ in self._chosen(one)) if function is one else False
                if other is not one and name not in found and findall(function.body, called) and not is_option:
                    found[name] = self._methods(functions).read(other)
                    waiting.append(other)
        return list(found.values())

    def _methods(self, functions: dict[str, cst.FunctionDef]) -> MethodReader:
        plain = frozenset(functions) - {"dump"}
        return MethodReader(self.reader, {}, plain, frozenset({KINDS}), overrides={"dump": ("Any",)})


def _one_by_one(functions: dict[str, cst.FunctionDef]) -> cst.FunctionDef:
    """The method that `dump` calls for the object that it is given, or for each of several."""
    function = functions["dump"]
    tree = ast.parse(code(function).strip()).body[0]
    match tree:
        case ast.FunctionDef(args=ast.arguments(posonlyargs=[], args=[ast.arg(own), ast.arg(given), *_]), body=[*body]):
            lines = [ast.unparse(one) for one in body]
            name = _called(body, own, given)
            first = lines[0].removeprefix("many = ").replace(f"{own}.many", "self.many")
            if name in functions and name != "dump" and first in MANY and len(functions[name].params.params) > 1:
                return functions[name]
    raise UnconvertibleError(HOOK, function, "'dump', which does more than to dump one object or each of several")


def _called(body: list[ast.stmt], own: str, given: str) -> str:
    """The method that is called, behind the line that finds out whether there are several; empty for other code."""
    several: ast.expr | None = None
    alone: ast.expr | None = None
    match body[1:]:
        case [ast.If(test=ast.Name("many"), body=[ast.Return(value)], orelse=[ast.Return(other)])]:
            several, alone = value, other
        case [ast.If(test=ast.Name("many"), body=[ast.Return(value)], orelse=[]), ast.Return(other)]:
            several, alone = value, other
        case [ast.Return(ast.IfExp(test=ast.Name("many"), body=value, orelse=other))]:
            several, alone = value, other
    match alone:
        case ast.Call(func=ast.Attribute(ast.Name(owner), name), args=[ast.Name(argument)], keywords=[]) if (
            owner,
            argument,
        ) == (own, given):
            each = several.generators[0] if isinstance(several, ast.ListComp) else None
            if each and isinstance(each.target, ast.Name):
                wanted = f"[{own}.{name}({each.target.id}) for {each.target.id} in {given}]"
            else:
                wanted = f"list(map({own}.{name}, {given}))"
            return name if several is not None and ast.unparse(several) == wanted else ""
    return ""


def _reached(function: cst.FunctionDef) -> cst.IndentedBlock:
    """The body without what control never reaches."""
    kept: list[cst.BaseStatement] = []
    for statement in statements_of(function):
        kept.append(statement)
        if leaves(statement):
            break
    return cst.IndentedBlock(kept)


class _Dumping(Visitor):
    """The chosen schema is a class, whose `dump` is called; the others have another name."""

    def __init__(self, own: str, kept_as: str, calls: dict[int, cst.BaseExpression]) -> None:
        super().__init__()
        self.kept, self.calls = m.Attribute(value=m.Name(own), attr=m.Name(kept_as)), calls

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        if id(original_node) not in self.calls:
            return updated_node
        func = cst.ensure_type(updated_node.func, cst.Attribute)
        return updated_node.with_changes(func=func.with_changes(value=cst.ensure_type(func.value, cst.Call).func))

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        return updated_node.with_changes(attr=cst.Name(KINDS)) if m.matches(original_node, self.kept) else updated_node


def with_choices(plans: Mapping[str, SchemaPlan]) -> dict[str, SchemaPlan]:
    """The plans, where those that choose others have a finding for what is not faithful."""
    return {name: _checked(plan, plans) if plan.choice else plan for name, plan in plans.items()}


def with_shared_dumps(plans: Mapping[str, SchemaPlan]) -> dict[str, SchemaPlan]:
    """The plans, where parts of a schema that chooses others inherit from the whole how it chooses."""
    return {
        name: replace(plan, bases=(plan.origin,), methods=())
        if plan.choice and name != plan.origin and plans[plan.origin].converts
        else plan
        for name, plan in plans.items()
    }


def _checked(plan: SchemaPlan, plans: Mapping[str, SchemaPlan]) -> SchemaPlan:
    assert plan.choice is not None
    about = ""
    for kind in (plans[one.schema.qualified] for one in plan.kinds if one.schema.qualified in plans):
        origin = plans.get(kind.origin, kind)
        if kind.is_union or kind.choice:
            about = f"'{kind.name}', which stands for other schemas as well, in '{plan.name}'"
        elif any(need.module == CONTEXT_HERE for need in kind.needs):
            about = f"'{kind.name}', which reads a context that '{plan.name}' does not hand on"
        elif plan.choice.hands_on in ("Meta", "declared") and not _is_known_by(origin, plan.choice):
            about = f"the fields of '{kind.name}', which '{plan.name}' asks for in another way"
    if not about:
        return plan
    return replace(plan, findings=(*plan.findings, Finding(NESTED, Location(plan.file, plan.line), about)))


def _is_known_by(kind: SchemaPlan, choice: Choice) -> bool:
    """Whether what is asked for the names of its fields has just these."""
    return not kind.meta.exclude and (kind.meta.only is not None) == (choice.hands_on == "Meta")
