"""What webargs hands a view: a dependency that loads it, and what the view's own parameters are of that.

    @use_kwargs({"name": fields.Str()})      def update(body: Annotated[UpdateBody, Depends(update_body)]):
    def update(name="?"): ...           →        values = body.to_dict()
                                                 name = values.get("name", "?")

A call of `parser.parse` is such a dependency where a view begins with it; `late_arguments.py` finds the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import libcst as cst

from codemods.carry import Carrier, Policy
from codemods.extensions import Check, Input, ParsingCall, layer_of
from codemods.extensions.schema_layers.apiflask import as_dependency
from codemods.extensions.schema_layers.pydantic_models import is_model
from codemods.extensions.schema_layers.webargs import ARGUMENTS, FACTORIES, parsing_call, problem
from codemods.findings import Location
from codemods.model import Decorator, Module
from codemods.schemas import FieldPlan, Instance, SchemaPlan
from codemods.schemas.basis.plan import ancestors, effective_fields
from codemods.schemas.plain.typed_reads import is_alike
from codemods.view.handed_items import handed_items
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import Refused, refuse
from codemods.view.returns import has_docstring
from codemods.view.rule import code
from codemods.view.signature import Parameter
from codemods.view.visiting import swapping

from .argument_checks import argument_checks
from .argument_errors import refusing_function
from .argument_preparation import preparing_function
from .argument_readers import reading_function, reading_options
from .argument_schemas import argument_schema, dependency_name, unknown_option
from .arguments import Placed
from .file_arguments import assigned_names, is_looked_into
from .file_fields import certain_files, file_kind, sees_files
from .filled_parameters import free_name, with_parameters, without_first
from .guards import Guard
from .late_arguments import CALLABLE, LATE, late_calls
from .parts import expression_of
from .passing import Value

HOME = ".dependencies"
BRIDGED_HOME = ".bridged.dependencies"
BODIES: Mapping[str, Literal["json", "form"]] = {
    "json": "json", **dict.fromkeys(("form", "json_or_form", "files", "form_and_files"), "form")
}  # fmt: skip
"""What the dependency of a location reads the body as."""
MIXED = {"form", "files"}
"""What one form may hold for two decorators."""
DEPENDS = frozenset({Need("typing", "Annotated"), Need("typing", "Any"), Need("fastapi", "Depends")})


@dataclass(frozen=True, slots=True)
class Loaded:
    """The dependency for one call of webargs, and the parameter of the view that it fills, maybe by its position."""

    guard: Guard
    name: str
    value: Value
    is_positional: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A view that takes what was loaded as parameters of their own.

    `decorators` are the places of webargs' decorators among all; `first` is for calls in the view.
    """

    function: cst.FunctionDef
    names: Names
    decorators: Mapping[int, Loaded] = field(default_factory=dict)
    first: tuple[Loaded, ...] = ()

    @property
    def answers_by_itself(self) -> bool:
        """Whether functions of the project say what clients get for wrong arguments, and not webargs."""
        return all(one.guard.answers for one in (*self.decorators.values(), *self.first))


def open_arguments(
    carrier: Carrier,
    policy: Policy,
    decorators: Sequence[tuple[Decorator, Module]],
    function: cst.FunctionDef,
    names: Names,
    location: Location,
) -> Opened:
    """The view at a `location` without what webargs hands it; raises `Refused`. Another view is given back as it is."""
    opening = _Opening(carrier, policy, function, names, location)
    found: dict[int, Loaded] = {}
    calls = _calls(carrier, decorators)
    for place, (call, plain, location) in calls.items():
        forms = [
            one for other, (one, _, _) in calls.items() if other != place and {one.location, call.location} == MIXED
        ]
        found[place] = opening.decorator(call, plain, location, forms)
    first = (*opening.first_statements(), *opening.late_calls())
    if not found and not first:
        return Opened(function, names)
    if finding := problem(carrier.project, carrier.sources):
        raise Refused(finding)
    read = [one.guard.body for one in (*found.values(), *first) if one.guard.body]
    is_mixed = len(read) == 2 and {one.location for one, _, _ in calls.values()} >= MIXED
    if len(read) > 1 and "form" in read and not is_mixed:
        raise refuse(ARGUMENTS, opening.location, f"two forms, or a form and JSON, for '{function.name.value}'")
    function = opening.opened()
    names = replace(names, local=names.local | opening.taken, handed=opening.handed)
    return Opened(function, names, found, first)


def _calls(
    carrier: Carrier, decorators: Sequence[tuple[Decorator, Module]]
) -> Mapping[int, tuple[ParsingCall, Names, Location]]:
    """The decorators that parse, by their place among all; raises `Refused`."""
    found = {}
    layers = [layer_of(carrier.project, carrier.sources, *one, expression_of(one[0])) for one in decorators]
    for place, ((decorator, module), layer) in enumerate(zip(decorators, layers, strict=True)):
        names = Names(carrier.project, module, frozenset(), {})
        call = layer or parsing_call(carrier.sources, names, expression_of(decorator), decorator.location)
        is_checked = any(isinstance(one, Check) for one in layers[place:])
        if isinstance(layer, Input) and is_checked and not _is_model(carrier, names, layer):
            call = as_dependency(carrier.project, carrier.sources, layer)  # the check comes behind it
        if isinstance(call, ParsingCall):
            found[place] = call, names, decorator.location
    return found


def _is_model(carrier: Carrier, names: Names, layer: Input) -> bool:
    return is_model(carrier.project, carrier.sources, names.qualified(layer.schema))


@dataclass(slots=True)
class _Opening:
    """One view on its way: its parameters, as far as nothing was handed to them, and the statements to come first."""

    carrier: Carrier
    policy: Policy
    function: cst.FunctionDef
    names: Names
    location: Location
    statements: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)
    added: list[str] = field(default_factory=list)
    beside: set[Need] = field(default_factory=set)
    is_beside_flask: bool = False
    handed: dict[str, str] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    takes_rest: bool = False
    drops: int = 0

    def refuse(self, place: Location, detail: str) -> Refused:
        return refuse(ARGUMENTS, place, detail)

    def decorator(self, call: ParsingCall, names: Names, place: Location, forms: Sequence[ParsingCall]) -> Loaded:
        """What a decorator hands the view; `forms` are what else it takes of the same form. Raises `Refused`."""
        plan, instance = argument_schema(self.carrier, self.policy, call, names, self.function.name.value, place)
        mixed: list[str] = []
        for one in forms:
            beside, _ = argument_schema(self.carrier, self.policy, one, names, self.function.name.value, place)
            mixed.append("is_shown=False" if call.location == "form" else f"beside={beside.load_name}")
            if call.location != "form":
                self.beside.add(Need(f".schemas.{beside.home}", beside.load_name))
                self.is_beside_flask |= beside.needs_application
        loaded = self.loaded(replace(call, options=(*mixed, *call.options)), plan, instance, names, place)
        if call.location == "form_and_files" and sees_files(self.carrier.schemas.plans, plan):
            raise self.refuse(place, f"'{plan.name}', which may see files in another way than to ask for them")
        files = certain_files(self.carrier.schemas.plans, plan)
        if call.location == "form_and_files" and files:
            self.as_file_items(call, {name: file_kind(one) or "" for name, one in files.items()}, loaded.name, place)
        elif call.location == "files":
            self.as_files(call, plan, loaded.name, place)
        elif call.as_kwargs:
            if instance.many or plan.after_load:
                raise self.refuse(place, f"keywords of what '{plan.name}' makes")
            is_of_path = call.location in ("path", "view_args")
            self.as_keywords(plan, loaded.name, place, is_of_path=is_of_path, is_partial=bool(instance.partial))
        else:
            self.as_argument(call.arg_name or self.positional(place), self.given(plan, instance, loaded.name), place)
        return replace(loaded, is_positional=not call.as_kwargs and not call.arg_name)

    def first_statements(self) -> tuple[Loaded, ...]:
        """What the view parses in its first statements: `args = parser.parse(ARGS, request)`."""
        found: list[Loaded] = []
        while (loaded := self.next_statement()) is not None:
            found.append(loaded)
        return (*found,)

    def late_calls(self) -> tuple[Loaded, ...]:
        """What the view parses behind that: its parameters load it where they are called. Raises `Refused`."""
        start = self.function.body.body[: int(has_docstring(self.function)) + self.drops] if self.drops else ()
        found: dict[str, tuple[Loaded, SchemaPlan, Instance]] = {}
        new: dict[cst.CSTNode, cst.BaseExpression] = {}
        for node, call in late_calls(self.carrier, self.function, self.names, self.location, start):
            if code(node) not in found:
                schema = argument_schema(
                    self.carrier, self.policy, call, self.names, self.function.name.value, self.location
                )
                loaded = self.loaded(call, *schema, self.names, self.location, is_late=True)
                found[code(node)] = (loaded, *schema)
            loaded, plan, instance = found[code(node)]
            new[node] = cst.parse_expression(self.given(plan, instance, f"{loaded.name}()"))
        self.function = self.function.with_changes(body=swapping(self.function.body, new))
        return tuple(one for one, _, _ in found.values())

    def next_statement(self) -> Loaded | None:
        """What the view parses in the first of the statements that are left."""
        body = self.function.body.body
        index = int(has_docstring(self.function)) + self.drops
        place = self.location
        match body[index] if len(body) > index else None:
            case cst.SimpleStatementLine(
                body=[cst.Assign(targets=[cst.AssignTarget(cst.Name(value=target))], value=cst.Call() as value)]
            ) if (
                call := parsing_call(self.carrier.sources, self.names, value, place)
            ) is not None and not call.as_kwargs:
                plan, instance = argument_schema(
                    self.carrier, self.policy, call, self.names, self.function.name.value, place
                )
                loaded = self.loaded(call, plan, instance, self.names, place)
                self.statements.append(f"{target} = {self.given(plan, instance, loaded.name)}\n")
                self.drops += 1
                return loaded
        return None

    # The dependency.

    def loaded(
        self, call: ParsingCall, plan: SchemaPlan, instance: Instance, names: Names, place: Location,
        *, is_late: bool = False,
    ) -> Loaded:  # fmt: skip
        """The dependency, in the target's `dependencies` module, or in that for what needs the Flask application."""
        home = BRIDGED_HOME if plan.needs_application or self.is_beside_flask else HOME
        factory, wanted = FACTORIES.get(call.location, ("", "sent"))
        reading = reading_function(self.carrier, call, home) if call.reader is not None else None
        factory = "own_arguments" if reading is not None else factory
        model = plan.patch_name if instance.partial else plan.load_name
        options = [model, *reading_options(call, reading), *(["many=True"] if instance.many else [])]
        options += unknown_option(call, instance, place)
        has_files = call.location == "form_and_files" and certain_files(self.carrier.schemas.plans, plan)
        options += ["has_files=True"] if has_files else []
        options += [*call.options, *([f"make={model}.{plan.after_load}"] if plan.after_load else [])]
        needs = frozenset({Need(f".schemas.{plan.home}", model), Need(".compat.arguments", factory)})
        needs |= self.beside | call.needs
        if call.validate is not None:
            checks, imported = argument_checks(self.carrier, call.validate, names, home, place)
            options.append(checks)
            needs |= imported
        refusing = refusing_function(self.carrier, call.refuse, home) if call.refuse is not None else None
        if refusing is not None:
            options.append(f"refuse={refusing.name}")
        preparing = preparing_function(self.carrier, call, home, place) if call.prepare is not None else None
        if preparing is not None:
            options.append(f"prepare={preparing.name}")
        made = f"{factory}({', '.join(options)})"
        text, own = f" = {made}\n", dependency_name(model, wanted)
        if is_late:
            text, own, wanted, needs = f" = late({made})\n", f"late_{own}", f"load_{wanted}", needs | {LATE}
        own = self.carrier.free_name(home, own, text, needs)
        placed = Placed(home, own, own + text, needs)
        imports = frozenset({Need(home, own)}) | DEPENDS
        guard = Guard(
            own, imports, None, placed, injects=True, answers=refusing is not None,
            ahead=tuple(one for one in (reading, preparing, refusing) if one is not None),
            body=BODIES.get(call.location, ""),
        )  # fmt: skip
        name = self.free(wanted)
        shown = "Any" if plan.after_load else f"list[{model}]" if instance.many else model
        own_needs = guard.needs | {Need(f".schemas.{plan.home}", model)} | ({CALLABLE} if is_late else set())
        shown = f"Callable[[], {shown}]" if is_late else shown
        parameter = Parameter(name, f"Annotated[{shown}, Depends({own})]", None, ("guard", own), own_needs)
        self.added.append(name)
        return Loaded(guard, name, Value(parameter))

    # What the view is handed.

    def given(self, plan: SchemaPlan, instance: Instance, name: str) -> str:
        """What webargs gives of what was loaded."""
        if plan.after_load:
            return name
        if not instance.many:
            return f"{name}.to_dict()"
        item = self.free("item")
        return f"[{item}.to_dict() for {item} in {name}]"

    def positional(self, place: Location) -> str:
        """The view's next parameter."""
        names = [one.name.value for one in self.function.params.params]
        free = [one for one in names if one not in self.filled]
        if not free:
            raise self.refuse(place, f"'{self.function.name.value}' does not take it")
        return free[0]

    def as_argument(self, target: str, text: str, place: Location) -> None:
        """One parameter of the view."""
        params = self.function.params
        if target in self.filled or target not in {one.name.value for one in (*params.params, *params.kwonly_params)}:
            raise self.refuse(place, f"'{self.function.name.value}' does not take '{target}'")
        self.filled.add(target)
        self.statements.append(f"{target} = {text}\n")

    def as_files(self, call: ParsingCall, plan: SchemaPlan, source: str, place: Location) -> None:
        """A local for each uploaded file, which the view must not hand on as a whole."""
        fields = effective_fields(self.carrier.schemas.plans, plan.qualified).values()
        kinds = {one.attribute: file_kind(one) for one in fields}
        if plan.methods or plan.after_load or None in kinds.values() or self.lets_others_in(plan):
            raise self.refuse(place, f"'{plan.name}' does more with files than to ask for them")
        if call.as_kwargs:
            if any(one in kinds for one in assigned_names(self.function)):
                raise self.refuse(place, f"'{self.function.name.value}' gives a file's name to something else")
            self.as_keywords(plan, source, place)
            self.handed |= {name: kind for name, kind in kinds.items() if kind is not None}
            return
        self.as_file_items(call, {name: kind for name, kind in kinds.items() if kind is not None}, source, place)

    def as_file_items(self, call: ParsingCall, kinds: Mapping[str, str], source: str, place: Location) -> None:
        """A parameter of the view with files in it, which it only looks into."""
        target = call.arg_name or self.positional(place)
        if not is_looked_into(self.function, target, kinds):
            raise self.refuse(place, f"'{target}', which holds files, is used as a whole")
        self.as_argument(target, f"{source}.to_dict()", place)
        self.handed |= handed_items(target, kinds)

    def as_keywords(
        self, plan: SchemaPlan, source: str, place: Location, *, is_of_path: bool = False, is_partial: bool = False
    ) -> None:
        """A parameter of the view for each field, and the rest for its `**kwargs`."""
        params = self.function.params
        found = [*effective_fields(self.carrier.schemas.plans, plan.qualified).values()]
        if is_partial:
            found = [replace(one, required=False, load_default=None) for one in found]
        fields = {one.attribute: one for one in found if one.loads}
        wanted = {one.name.value: one for one in (*params.params, *params.kwonly_params)}
        mine = {name: one for name, one in fields.items() if name in wanted}
        if is_of_path:  # the rule hands them to the view as well
            self.kept |= mine.keys()
            wanted = {name: cst.Param(cst.Name(name), default=cst.Name(name)) for name in mine}
        rest = params.star_kwarg
        if mine.keys() & self.filled or (fields.keys() - mine.keys() and (rest is None or self.takes_rest)):
            raise self.refuse(place, f"'{self.function.name.value}' does not take all of '{plan.name}'")
        if rest is None and self.lets_others_in(plan):
            raise self.refuse(place, f"'{self.function.name.value}' is handed unknown keys of '{plan.name}'")
        self.filled |= mine.keys()
        if rest is not None and not mine:
            self.takes_rest = True
            self.statements.append(f"{rest.name.value} = {source}.to_dict()\n")
            return
        values = "" if all(is_alike(one) for one in mine.values()) and rest is None else self.free("values")
        if values:
            self.statements.append(f"{values} = {source}.to_dict()\n")
        for name, one in mine.items():
            self.statements.append(f"{name} = {self.value(one, wanted[name], source, values)}\n")
        if rest is not None:
            self.takes_rest = True
            listed = ", ".join(f'"{name}"' for name in mine)
            key, value = self.free("key"), self.free("value")
            others = f"{{{key}: {value} for {key}, {value} in {values}.items() if {key} not in ({listed},)}}"
            self.statements.append(f"{rest.name.value} = {others}\n")

    def lets_others_in(self, plan: SchemaPlan) -> bool:
        family = [plan, *ancestors(self.carrier.schemas.plans, plan)]
        return any(one.unknown == "allow" for one in family)

    @staticmethod
    def value(plan: FieldPlan, param: cst.Param, source: str, values: str) -> str:
        """The value of a field: of the object where it always has one, else what the view has for its absence."""
        if not values:
            return f"{source}.{plan.attribute}"
        if is_alike(plan) or param.default is None:
            return f'{values}["{plan.attribute}"]'
        return f'{values}.get("{plan.attribute}", {code(param.default)})'

    # The view.

    def free(self, wanted: str) -> str:
        """A name that nothing in the view means; its decorators may."""
        name = free_name(self.function, self.taken, wanted)
        self.taken.add(name)
        return name

    def opened(self) -> cst.FunctionDef:
        """The view with the parameters for what was loaded in the place of its own."""
        filled = self.filled - self.kept
        return with_parameters(
            without_first(self.function, self.drops), filled, self.added, self.takes_rest, self.statements
        )
