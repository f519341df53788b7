"""Calls of schemas in views, as calls of the classes that they became.

Before: `data = UserSchema().load(payload)`, after: `data = UserIn.load(payload).to_dict()`; the object that a
`post_load` makes stays that object."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from codemods.model import Project
from codemods.view import patterns as m
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.search import findall
from codemods.view.source import Sources
from codemods.view.visiting import swapped

from ..basis.conditions import is_plain, is_truth, stays
from ..basis.plan import SchemaPlan
from ..basis.unknown_keys import UNKNOWN
from ..families.drafts import draft_of, waived_by, without_waived
from ..families.made_parts import made_schema
from ..families.part_places import OPTIONS as PARTS
from ..families.partial import assigned
from ..fields.unnamed import unnamed_object

ALLOWED = {
    "load": ("many", "unknown", "partial"), "dump": ("many",), "jsonify": ("many",), "validate": ("many", "partial"),
    "loads": ("many", "unknown", "partial"), "dumps": ("many",),
}  # fmt: skip
DUMPING = frozenset({"dump", "jsonify", "dumps"})
JSON_TEXT = Need("json", "")
"""What reads and writes JSON where Marshmallow does."""
Option = str | bool | cst.BaseExpression
"""What an option is: a literal, or what decides when the code runs."""
ANSWER = Need(".compat.responses", "FlaskJSONResponse")
"""What `jsonify` of flask-marshmallow's schemas answers with."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A schema object: `users = UserSchema(many=True)` at the top of a module, or one that a call makes.

    `many_if` and `partial_if` are what decides where that is known only when the code runs.
    """

    schema: str
    many: bool = False
    unknown: str = ""
    partial: bool = False
    many_if: cst.BaseExpression | None = None
    partial_if: cst.BaseExpression | None = None


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The call as it stands in the view, and what it imports.

    `schema` is the class in it, `argument` the data or object, `many` whether it is a list; `condition` decides that,
    or which of two classes it is: `patch` is the other one. `loads` tells that it may raise `InvalidError`, `answers`
    that it is a response.
    """

    expression: cst.BaseExpression
    needs: frozenset[Need]
    schema: str
    argument: cst.BaseExpression
    many: bool
    loads: bool
    answers: bool = False
    condition: cst.BaseExpression | None = None
    patch: str = ""


def instances(project: Project, sources: Sources, plans: Mapping[str, SchemaPlan]) -> Mapping[str, Instance]:
    """The schema objects that the project's modules make once, by qualified name.

    Those made with options that are not converted are not among them.
    """
    found = {}
    for module in project.modules.values():
        names = Names(project, module, frozenset(), {})
        for name, value in assigned(sources, module):
            instance = constructed(value, plans, names)
            if instance is not None and not module.definitions[name].rebound:
                found[f"{module.name}.{name}"] = instance
    return found


def constructed(
    node: cst.BaseExpression, plans: Mapping[str, SchemaPlan], names: Names, truths: Collection[str] = ()
) -> Instance | None:
    """The schema object that `UserSchema(many=True)` makes; None for other calls and options.

    `truths` are names of what is true or false.
    """
    if not isinstance(node, cst.Call):
        return None
    if (made := unnamed_object(node, names, plans)) and plans[made].converts:
        return _instance(plans[made], {})
    qualified = made_schema(node, plans, names)
    if (waived := waived_by(node)) is not None:
        qualified, node = draft_of(qualified, waived), node.with_changes(args=without_waived(node.args))
    if qualified not in plans or not plans[qualified].converts:
        return None
    plain = [one for one in node.args if one.keyword is None or one.keyword.value not in PARTS]
    plain = [one for one in plain if not _says_strict(plans[qualified], one)]
    options = _options(plain, names, ("many", "unknown", "partial"), truths, is_kept=True)
    if options is None or (plans[qualified].meta.many and _may_be_none(options.get("many"), truths)):
        return None
    return _instance(plans[qualified], options)


def _says_strict(plan: SchemaPlan, argument: cst.Arg) -> bool:
    """Whether an option says again that a schema of Marshmallow 2 is strict."""
    return plan.gives_pairs and m.matches(argument, m.Arg(keyword=m.Name("strict"), value=m.Name("True")))


def _instance(plan: SchemaPlan, options: Mapping[str, Option]) -> Instance:
    many, partial = options.get("many", plan.meta.many), options.get("partial", False)
    return Instance(
        plan.qualified,
        many is True,
        str(options.get("unknown", "")),
        partial is True,
        many if isinstance(many, cst.BaseExpression) else None,
        partial if isinstance(partial, cst.BaseExpression) else None,
    )


def rewrite_call(
    call: cst.Call,
    plan: SchemaPlan,
    instance: Instance | None = None,
    names: Names | None = None,
    truths: Collection[str] = (),
) -> Rewritten | None:
    """The call of `load`, `validate` or `dump` on an object of this schema; None where it does not convert.

    `instance` is the object where it is not made in the call itself. `names` resolve what `unknown=` is given, `truths`
    are those of what is true or false.
    """
    func = call.func
    if not isinstance(func, cst.Attribute) or not plan.converts:
        return None
    method, made = func.attr.value, func.value
    if instance is None:
        args = [one for one in made.args if not _says_strict(plan, one)] if isinstance(made, cst.Call) else None
        options = None if args is None else _options(args, names, ("many", "unknown", "partial"), truths, is_kept=True)
        if options is None or (plan.meta.many and _may_be_none(options.get("many"), truths)):
            return None
        instance = _instance(plan, options)
    made_with = instance.unknown
    match call.args:
        case [cst.Arg(keyword=None, star="") as first, *rest]:
            argument = first.value
        case [cst.Arg(keyword=cst.Name("data" | "obj" | "json_data"), star="") as first, *rest]:
            argument = first.value
        case _:
            return None
    said = [one for one in rest if method != "dumps" or m.matches(one.keyword, m.Name("many"))]
    writing = [one for one in rest if one not in said]
    if any(one.keyword is None for one in writing):
        return None
    given = _options(said, names, ALLOWED.get(method, ()), truths)
    if given is None or method not in ALLOWED or (method == "jsonify" and not plan.answers):
        return None
    if (instance.many or instance.many_if is not None) and _may_be_none(given.get("many"), truths):
        return None
    instance = _as_called(instance, given)
    if plan.gives_pairs and (method == "validate" or instance.partial or instance.partial_if is not None):
        return None  # there errors are raised by `validate`, too, and what is nested is loaded whole
    partial = instance.partial and method not in DUMPING
    name = plan.dump_name if method in DUMPING else plan.patch_name if partial else plan.load_name
    if not name:
        return None
    unknown = instance.unknown
    if plan.is_union and instance.many:  # marshmallow-oneofschema does not hand on what the call says
        unknown = made_with
    if method == "validate" and unknown:
        return None
    if instance.many_if is None and (instance.partial_if is None or method in DUMPING):
        return _rewritten(plan, name, method, argument, instance.many, unknown, writing)
    return _on_condition(plan, name, method, argument, instance, unknown, writing)


def _may_be_none(many: Option | None, truths: Collection[str]) -> bool:
    """Whether an option may turn out not to be given: what the object was made with, or its class says, then holds."""
    return isinstance(many, cst.BaseExpression) and not is_truth(many, truths)


def _as_called(instance: Instance, given: Mapping[str, Option]) -> Instance:
    """The object with what a call says in place of what it was made with."""
    unknown = str(given.get("unknown", instance.unknown))
    for name, value in given.items():
        if name != "unknown":
            decides = isinstance(value, cst.BaseExpression)
            instance = replace(instance, **{name: value is True, f"{name}_if": value if decides else None})  # type: ignore[arg-type]  # by name
    return replace(instance, unknown=unknown)


def _on_condition(
    plan: SchemaPlan,
    name: str,
    method: str,
    argument: cst.BaseExpression,
    instance: Instance,
    unknown: str,
    writing: Sequence[cst.Arg],
) -> Rewritten | None:
    """The call of one of two methods, or of one of two classes, as a condition says."""
    is_dump, many_if, partial_if = method in DUMPING, instance.many_if, instance.partial_if
    if plan.makes_whole and FUNCTIONS.get(method, method) == "load":
        return None
    if plan.is_union or (not is_dump and many_if is not None and (partial_if is not None or method != "validate")):
        return None
    if many_if is not None:
        found = _rewritten(plan, name, method, argument, False, unknown, writing)
        called = next(one for one in findall(found.expression, m.Call()) if _is_of(one, name))
        func = cst.ensure_type(cst.ensure_type(called, cst.Call).func, cst.Attribute)
        several = func.with_changes(attr=cst.Name(f"{func.attr.value}_many"))
        chosen = cst.IfExp(many_if, several, func, lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        return replace(found, expression=swapped(found.expression, {func: chosen}), condition=many_if)
    if not plan.patch_name or partial_if is None:
        return None
    found = _rewritten(plan, name, method, argument, instance.many, unknown, writing)
    called = next(one for one in findall(found.expression, m.Call()) if _is_of(one, name))
    owner = cst.ensure_type(cst.ensure_type(called, cst.Call).func, cst.Attribute).value
    chosen = cst.IfExp(partial_if, cst.Name(plan.patch_name), owner, lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    changed = swapped(found.expression, {owner: chosen})
    needs = found.needs | {Need(f".schemas.{plan.home}", plan.patch_name)}
    return replace(found, expression=changed, needs=needs, condition=partial_if, patch=plan.patch_name)


def _is_of(node: cst.CSTNode, name: str) -> bool:
    return m.matches(node, m.Call(func=m.Attribute(value=m.Name(name))))


FUNCTIONS = {"validate": "problems", "jsonify": "dump", "dumps": "dump", "loads": "load"}


def _rewritten(
    plan: SchemaPlan,
    name: str,
    method: str,
    argument: cst.BaseExpression,
    many: bool,
    unknown: str,
    writing: Sequence[cst.Arg],
) -> Rewritten:
    function = FUNCTIONS.get(method, method) + ("_many" if many else "")
    given = _of_json("loads", [cst.Arg(argument)]) if method == "loads" else argument
    args = [cst.Arg(given)]
    if unknown and method in ("load", "loads"):
        keyword = cst.Arg(cst.SimpleString(f'"{unknown}"'), cst.Name("unknown"), equal=_TIGHT)
        args = [cst.Arg(given, comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))), keyword]
    called: cst.BaseExpression = cst.Call(cst.Attribute(cst.Name(name), cst.Name(function)), args)
    if method in ("load", "loads"):
        called = loaded(plan, name, called, many)
    needs = {Need(f".schemas.{plan.home}", name)}
    if method in ("loads", "dumps"):
        needs.add(JSON_TEXT)
    if method == "dumps":
        spaced = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        called = _of_json("dumps", [cst.Arg(called, comma=spaced if writing else cst.MaybeSentinel.DEFAULT), *writing])
    if method == "jsonify":
        needs.add(ANSWER)
        called = cst.Call(cst.Name(ANSWER.name), [cst.Arg(called)])
    loads = method in ("load", "loads")
    return Rewritten(called, frozenset(needs), name, argument, many, loads, method == "jsonify")


def _of_json(function: str, args: Sequence[cst.Arg]) -> cst.Call:
    return cst.Call(cst.Attribute(cst.Name("json"), cst.Name(function)), args)


def loaded(plan: SchemaPlan, name: str, call: cst.BaseExpression, many: bool) -> cst.BaseExpression:
    """What the old code got, from the object that `load` returns or a list of them: also for `body.load()`.

    `name` is that of the class.
    """
    finish = cst.Name(plan.after_load or "to_dict")
    if plan.makes_whole:
        return cst.Call(cst.Attribute(cst.Name(name), finish), [cst.Arg(call)])
    if not many:
        return cst.Call(cst.Attribute(call, finish))
    item = cst.Name("item")
    return cst.ListComp(
        elt=cst.Call(cst.Attribute(item, finish)),
        for_in=cst.CompFor(target=item, iter=call),
    )


_TIGHT = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))


def _options(
    args: object, names: Names | None, allowed: tuple[str, ...], truths: Collection[str] = (), *, is_kept: bool = False
) -> dict[str, Option] | None:
    """The options of a call; None for any that does not convert. What decides an option that `is_kept` is asked for
    it later than it is written."""
    found: dict[str, Option] = {}
    for one in args if isinstance(args, list | tuple) else ():
        name = one.keyword.value if isinstance(one, cst.Arg) and one.keyword else ""
        if name not in allowed:
            return None
        text = cst.Module([]).code_for_node(one.value)
        if name == "unknown":
            qualified = (names.qualified(one.value) if names else None) or text.strip("'\"").upper()
            text = UNKNOWN.get(qualified.rpartition(".")[2], "")
            if not text:
                return None
            found[name] = text
        elif text in ("True", "False"):
            found[name] = text == "True"
        elif names is not None and _decides(name, one.value, names, truths, is_kept=is_kept):
            found[name] = one.value
        else:
            return None
    return found


def _decides(option: str, value: cst.BaseExpression, names: Names, truths: Collection[str], *, is_kept: bool) -> bool:
    """Whether an expression tells if an option holds, and gives nothing more to know: `partial` may name fields."""
    if option == "partial" and not is_truth(value, truths):
        return False
    return stays(value, names) if is_kept else is_plain(value)
