"""Loaded bodies, queries and forms as the objects that they are, where a view only looks into them.

def quote(json_body: JsonBody[RentalIn]):           def quote(json_body: JsonBody[RentalIn]):
    rental = json_body.load().to_dict()                 rental = json_body.load()
    days = rental["end"] - rental["start"]      →       days = rental.end - rental.start

def pets(query: Annotated[PetsQuery, …]):           def pets(query: Annotated[PetsQuery, …]):
    args = query.to_dict()                              return PETS[: query.limit]
    return PETS[: args["limit"]]
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import libcst as cst

from codemods.schemas.basis.plan import Form, SchemaPlan, ancestors, unknown_of
from codemods.schemas.plain.typed_reads import as_attribute, certain_fields, reads_of
from codemods.view import patterns as m
from codemods.view.search import ancestors as around
from codemods.view.search import findall
from codemods.view.signature import JSON
from codemods.view.visiting import Updated, swapping

from .translation import Translated

WHOLE = m.Call(func=m.Attribute(attr=m.Name("to_dict")), args=[])
HELD = re.compile(r"Annotated\[(\w+), Depends\(\w+\)\]|(\w+)")
"""The annotation of a parameter that is a model."""
LATE = re.compile(r"Annotated\[Callable\[\[\], (\w+)\], Depends\(\w+\)\]")
"""The annotation of a parameter that gives a model when it is called."""
LOADERS = frozenset({"load_json", "load_query"})
PREFIX = ".schemas."


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What a view loads: the schema, in which form; it is `told` more than the data where the call has options."""

    plan: SchemaPlan
    form: Form
    is_told: bool = False


def with_loaded_attributes(translated: Translated, plans: Mapping[str, SchemaPlan]) -> Translated:
    """The function with attributes for keys of loaded data, wherever it needs the dictionary for nothing else."""
    changing = _Changing(translated, plans)
    changing.change()
    if not changing.new:
        return translated
    parameters = [
        replace(one, name=changing.renamed.get(name, name)) for name, one in translated.signature.parameters.items()
    ]
    translated.signature.parameters.clear()
    translated.signature.parameters.update({one.name: one for one in parameters})
    return replace(translated, body=swapping(translated.body, changing.new))


class _Changing:
    """Collects what comes in the place of nodes of one function."""

    def __init__(self, translated: Translated, plans: Mapping[str, SchemaPlan]) -> None:
        self.body, self.signature, self.plans = translated.body.body, translated.signature, plans
        self.uses = translated.schemas
        needs = translated.needs.union(*(one.needs for one in self.signature.parameters.values()))
        wanted = {(one.module.removeprefix(PREFIX), one.name): one.local for one in needs if PREFIX in one.module}
        self.classes: dict[str, _Loaded] = {}
        self.shown: dict[str, SchemaPlan] = {}
        for plan in plans.values() if wanted else ():
            for form in ("load", "patch"):
                if plan.loads and (local := wanted.get((plan.home, plan.name_on(form)))):
                    self.classes[local] = _Loaded(plan, form)
            if local := wanted.get((plan.home, plan.dump_name)):
                self.shown[local] = plan
        self.new: dict[cst.CSTNode, Updated] = {}
        self.renamed: dict[str, str] = {}

    def change(self) -> None:
        """Note all that changes."""
        for call in findall(self.body, WHOLE):
            assert isinstance(call, cst.Call)
            source = cst.ensure_type(call.func, cst.Attribute).value
            found = self.loaded(source)
            if found is None:
                continue
            match around(self.body, call)[:2]:
                case [cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name) as target)]) as assign, line]:
                    if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1:
                        self.change_local(name, target, call, source, found, (assign, line))
                case [cst.Arg() as argument, cst.Call() as shown] if self.takes_object(shown, argument, found):
                    self.new[call] = source
                case [cst.Expr(), *_]:
                    self.new[call] = source

    def loaded(self, source: cst.BaseExpression) -> _Loaded | None:
        """What an expression loads, or is as a parameter."""
        body = self.signature.find(JSON)
        match source:
            case cst.Name(name) if name in self.signature.parameters:
                held = HELD.fullmatch(self.signature.parameters[name].annotation)
                return self.classes.get(held[1] or held[2]) if held else None
            case cst.Call(func=cst.Name(name), args=[]) if name in self.signature.parameters:
                held = LATE.fullmatch(self.signature.parameters[name].annotation)
                return self.classes.get(held[1]) if held else None
            case cst.Call(func=cst.Attribute(value=cst.Name(name), attr=cst.Name("load")), args=[_, *options]):
                known = self.classes.get(name)
                return replace(known, is_told=bool(options)) if known else None
            case cst.Call(func=cst.Attribute(value=cst.Name(name), attr=cst.Name("load")), args=[]):
                return self.of_body() if body is not None and body.name == name else None
            case cst.Call(func=cst.Name("load_json"), args=[cst.Arg(value=cst.Name(name)), *_]):
                held = HELD.fullmatch(self.signature.parameters[name].annotation[len("JsonBody[") : -1])
                return self.classes.get(held[2]) if held else None
            case cst.Call(func=cst.Name("load_query"), args=[cst.Arg(value=cst.Name(name)), *_]):
                return self.classes.get(name)
        return None

    def of_body(self) -> _Loaded | None:
        """What `json_body.load()` gives: its type is told later."""
        loading = [one for one in self.uses.calls.values() if one.loads_body]
        if len(loading) != 1 or len(self.uses.bodies) != 1:
            return None
        plan = loading[0].plan
        return _Loaded(plan, "patch" if loading[0].rewritten.schema == plan.patch_name else "load")

    def change_local(
        self,
        name: str,
        target: cst.CSTNode,
        call: cst.Call,
        source: cst.BaseExpression,
        found: _Loaded,
        place: tuple[cst.Assign, cst.SimpleStatementLine],
    ) -> None:
        """The local that a dictionary is given to, where all that is done with it is to look into it."""
        fields = certain_fields(self.plans, found.plan, found.form)
        uses = [one for one in findall(self.body, m.Name(name)) if one is not target]
        if name in self.signature.parameters or not uses or len(set(uses)) != len(uses):
            return
        parameter = source.value if isinstance(source, cst.Name) and not _has_comment(place[1]) else ""
        # a parameter that had to leave its name to the local takes it now
        owner = name if re.fullmatch(rf"{name}_\d+", parameter) else parameter or name
        new: dict[cst.CSTNode, Updated] = {}
        for use in uses:
            read = reads_of(self.body, use, fields)
            if read is not None:
                new[read] = as_attribute(read, cst.Name(owner), fields)
            elif self.is_shown(use, found):
                new[use] = cst.Name(owner)
            else:
                return
        if parameter and owner == name:
            if len(findall(self.body, m.Name(parameter))) > 1:
                return
            self.renamed[parameter] = name
        new[place[1] if parameter else call] = cst.RemovalSentinel.REMOVE if parameter else source
        self.new |= new

    def is_shown(self, use: cst.CSTNode, found: _Loaded) -> bool:
        match around(self.body, use)[:2]:
            case [cst.Arg() as argument, cst.Call() as call]:
                return self.takes_object(call, argument, found)
        return False

    def takes_object(self, call: cst.Call, argument: cst.Arg, found: _Loaded) -> bool:
        """Whether a call dumps what was loaded as well as its dictionary."""
        match call:
            case cst.Call(func=cst.Attribute(value=cst.Name(name), attr=cst.Name("dump")), args=[only]):
                shown = self.shown.get(name)
                return only is argument and shown is not None and self.dumps_alike(shown, found)
        return False

    def dumps_alike(self, shown: SchemaPlan, found: _Loaded) -> bool:
        family = (shown, *ancestors(self.plans, shown))
        is_plain = not any(_sees_source(one) for each in family for one in _kinds(each)) and not shown.choice
        if shown.is_union or found.plan.is_union or found.plan.choice or not is_plain:
            return False
        if not found.plan.is_idiomatic:
            return not shown.is_idiomatic
        return shown.is_idiomatic and not found.is_told and unknown_of(found.plan, self.plans) != "allow"


def _kinds(plan: SchemaPlan) -> Iterator[str]:
    return (one.kind for one in plan.methods)


def _sees_source(kind: str) -> bool:
    """Whether a method of this kind is given what is dumped."""
    return kind.startswith(("before_dump", "after_dump")) or kind == "override"


def _has_comment(line: cst.SimpleStatementLine) -> bool:
    return line.trailing_whitespace.comment is not None or any(one.comment for one in line.leading_lines)
