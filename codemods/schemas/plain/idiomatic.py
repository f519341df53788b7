"""The idiomatic style: the same analysed schemas, spelled with Pydantic's own types and validators.

class UserIn(Schema):                               class UserIn(WordedModel):
    name: Annotated[Str, Length(min=2)]      →          name: Annotated[str, Field(min_length=2)]
    age: Int = optional()                               age: int | MISSING = MISSING

Schemas that nest each other are of one style. What a schema inherits from is of its style: a base of both is written
twice. Where Pydantic has no type, or no validator, for a part of them, all of them stay exact, and say why.
"""

from collections.abc import Mapping, Set
from dataclasses import replace

from codemods.styles import Styles
from codemods.view.imports import Need

from ..basis.library import CONTEXT_HERE
from ..basis.plan import ROOT, Default, FieldPlan, Part, SchemaPlan
from ..hooks.base_calls import asks_base
from ..hooks.hook_options import IS_PARTIAL
from .before_hooks import ordered_hooks, with_one_validator
from .both_styles import heirs, may_be_both, with_both
from .plain_methods import plain_method
from .plain_types import NoPlainTypeError, plain_type

ABSENT = Default("MISSING", is_plain=True)
"""A field that may be left out: it then is not there, as in Marshmallow's dictionaries."""
NULL = Default("None", is_plain=True)
MISSING = Need("pydantic", "MISSING")
WORDED = Need(".compat.worded_models", "WordedModel")
UNWORDED = Need(".compat.models", "Model")


EMAIL = Need("pydantic", "EmailStr")
OLDEST = (2, 14)
"""The first version of Pydantic that has `MISSING`."""


def with_styles(
    plans: Mapping[str, SchemaPlan], styles: Styles, is_worded: bool, versions: Mapping[str, str]
) -> dict[str, SchemaPlan]:
    """The plans, where those for which it was chosen are idiomatic; `is_worded` keeps Marshmallow's messages.

    `versions` are those of the distributions that the application has.
    """
    found = dict(plans)
    if not styles.wants_idiomatic:
        return found
    wanted = {name for name, plan in plans.items() if plan.converts and styles.of(plan.origin) == "idiomatic"}
    hooks = ordered_hooks(plans)
    spelled: dict[str, SchemaPlan] = {}
    because: dict[str, str] = {}
    for name in sorted(wanted):
        try:
            _refuse_family(plans[name], plans)
            plain = _spelled(plans[name], WORDED if is_worded else UNWORDED, is_called=name in hooks)
            if name in hooks:
                plain = with_one_validator(plain, plans, hooks[name])
            _refuse_missing(plain, versions)
            spelled[name] = plain
        except NoPlainTypeError as error:
            because[name] = str(error)
    related, inheriting = _related(plans), heirs(plans)
    while True:
        stays = {
            name: f"'{min(others)}' is exact, which it holds, inherits from, or is part of"
            for name in spelled
            if (others := related[name] - spelled.keys() or _only_heirs(plans, name, inheriting[name], spelled))
        }
        if not stays:
            break
        because |= stays
        spelled = {name: plan for name, plan in spelled.items() if name not in stays}
    exact = {name: replace(plans[name], exact_since=why) for name, why in because.items()}
    return with_both({**found, **exact, **spelled}, plans, spelled)


def _only_heirs(
    plans: Mapping[str, SchemaPlan], name: str, inheriting: Set[str], spelled: Mapping[str, SchemaPlan]
) -> Set[str]:
    """The exact schemas for which a base is exact: all that inherit from it are, or it cannot be both."""
    exact = inheriting - spelled.keys()
    return exact if exact == inheriting or not may_be_both(plans, name) else frozenset()


def partly(one: FieldPlan, plan: SchemaPlan) -> FieldPlan:
    """A field as it is where a part of it may be sent: no default stands in for it."""
    if not plan.is_idiomatic:
        return replace(one, required=False, load_default=None)
    if one.load_default == ABSENT:
        return one
    return replace(one, required=False, load_default=ABSENT, annotation=_absent_too(one.annotation))


def _related(plans: Mapping[str, SchemaPlan]) -> dict[str, set[str]]:
    """For each schema those that it nests or inherits from, and those that nest it."""
    found: dict[str, set[str]] = {name: set() for name in plans}
    for name, plan in plans.items():
        for other in {*plan.bases, *plan.nested} & plans.keys():
            if plan.converts:
                found[name].add(other)
                found[other] |= {name} if other in plan.nested else set()
    return found


def _refuse_missing(plan: SchemaPlan, versions: Mapping[str, str]) -> None:
    """What the application lacks, where its environment has Pydantic already."""
    if "pydantic" not in versions:
        return
    found = tuple(int(part) for part in versions["pydantic"].split(".")[:2] if part.isdecimal())
    if found < OLDEST:
        raise NoPlainTypeError(f"fields that may be left out, which need Pydantic 2.14, not {versions['pydantic']}")
    if EMAIL in plan.needs and "email-validator" not in versions:
        raise NoPlainTypeError("Pydantic's `EmailStr`, which needs email-validator: install it")


def _refuse_family(plan: SchemaPlan, plans: Mapping[str, SchemaPlan]) -> None:
    if plan.is_union or plan.choice:
        raise NoPlainTypeError("the key that tells which schema it stands for, which their objects do not have")
    made = [name for one in plan.fields for name in sorted(one.nested) if plans[name].after_load and one.loads]
    if made:
        raise NoPlainTypeError(f"'{made[0]}', of which it holds what is made of its data")


def _spelled(plan: SchemaPlan, root: Need, *, is_called: bool) -> SchemaPlan:
    """The plan in plain types; its hooks before loading are methods that one validator calls where one `is_called`."""
    if plan.root != ROOT:
        raise NoPlainTypeError(f"'{plan.root.name}', of which it is")
    if not plan.meta.index_errors:
        raise NoPlainTypeError("messages without an index")
    if any(f".{IS_PARTIAL}" in one.text for one in plan.methods):
        raise NoPlainTypeError("whether fields may be left out, which a hook asks")
    if any(map(asks_base, plan.methods)):
        raise NoPlainTypeError("a method of a base class, which a method of its own calls")
    if any(one.module == CONTEXT_HERE for one in plan.needs):
        raise NoPlainTypeError("the context, which it reads")
    needs = {one for one in plan.needs if not one.module.startswith(".compat")} | {MISSING}
    fields, methods = [], []
    for one in plan.fields:
        spelled, wanted = _field(one)
        fields.append(spelled)
        needs |= wanted
    for spelled in fields:
        # in the body of a class, a field's value stands for its name also in the types of what follows
        if spelled.attribute in {need.local for need in needs}:
            raise NoPlainTypeError(f"the field '{spelled.name}', by whose name types are written")
    for method in plan.methods:
        changed, wanted = plain_method(method, is_called=is_called and method.kind == "before_load")
        methods.append(changed)
        needs |= wanted
    if plan.helpers:
        raise NoPlainTypeError(f"'{plan.helpers[0].qualified}', which raises the schema's error")
    return replace(
        plan,
        fields=tuple(fields),
        methods=tuple(methods),
        needs=frozenset(needs),
        texts="",
        root=root,
        is_idiomatic=True,
    )


def _field(one: FieldPlan) -> tuple[FieldPlan, frozenset[Need]]:
    """A field in plain types. What may be left out is absent when loaded, and null where an object lacks it."""
    if one.loaded_by or one.path:
        raise NoPlainTypeError(f"where the value of '{one.name}' is, or what loads it")
    try:
        loaded, first = plain_type(one.annotation, "load" if one.loads else "dump")
        shown, second = plain_type(one.annotation, "dump" if one.dumps else "load")
    except NoPlainTypeError as error:
        raise NoPlainTypeError(f"{error} of '{one.name}'") from None
    load_default, dump_default = one.load_default, one.dump_default
    if not one.required:
        load_default = load_default or ABSENT
        loaded = _absent_too(loaded) if load_default == ABSENT else loaded
        shown = shown if _takes_none(shown) else (*shown, " | None")
        dump_default = dump_default or NULL
    spelled = replace(
        one,
        annotation=loaded,
        shown_as=shown if shown != loaded else (),
        load_default=load_default if one.loads else None,
        dump_default=dump_default,
    )
    return spelled, first | second


def _absent_too(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The type of a field that may also be left out; `None` stands last in a union."""
    last = parts[-1]
    if isinstance(last, str) and last.endswith(" | None"):
        return (*parts[:-1], f"{last.removesuffix(' | None')} | MISSING | None")
    return (*parts, " | MISSING")


def _takes_none(parts: tuple[Part, ...]) -> bool:
    return parts in (("Any",), ("None",)) or (isinstance(parts[-1], str) and parts[-1].endswith(" | None"))
