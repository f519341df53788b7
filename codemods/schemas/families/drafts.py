"""Schemas that are loaded although some of their fields are missing: `partial=("name", "address.zip")`.

Each becomes a class of its own that inherits from the schema's and says which fields may be left out.
"""

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import libcst as cst

from codemods.model import Module, Project
from codemods.view.names import Names
from codemods.view.source import Sources

from ..basis.plan import MethodPlan, Nested, SchemaPlan, ancestors, asks_if_partial, effective_fields
from ..hooks.hook_options import IS_PARTIAL
from .made_parts import made_schema
from .naming import article
from .partial import assigned
from .variants import stem

BY_NAME = 4
"""The first major version of Marshmallow that takes `address.zip` for a field of the field `address`: before, `address`
is what clients know that field by."""


def waived_by(call: cst.Call) -> tuple[str, ...] | None:
    """The fields that `partial=` names; None where it names none, or where they are not written out."""
    for one in call.args:
        if one.keyword is not None and one.keyword.value == "partial":
            return _names(cst.Module([]).code_for_node(one.value))
    return None


def without_waived(args: Collection[cst.Arg]) -> list[cst.Arg]:
    """The arguments without `partial=`."""
    return [one for one in args if one.keyword is None or one.keyword.value != "partial"]


def draft_of(qualified: str, waived: Collection[str]) -> str:
    """The key of the plan of a schema that is loaded although these fields are missing."""
    return f"{qualified}(partial=({','.join(sorted(waived))},))"


def add_drafts(project: Project, sources: Sources, plans: dict[str, SchemaPlan], version: int) -> None:
    """Add the plans of all that the project's code loads in this way; `version` is the major one of Marshmallow."""
    for module in project.modules.values():
        if b"partial" in sources.files.get(module.file, b""):
            for qualified, waived in _wanted(project, sources, module, plans):
                _add(plans, qualified, waived, by_key=version < BY_NAME)


def _wanted(
    project: Project, sources: Sources, module: Module, plans: Mapping[str, SchemaPlan]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The schemas of calls with such an option, of the object that is made or of the one that is called."""
    names = Names(project, module, frozenset(), {})
    objects = {f"{module.name}.{name}": value for name, value in assigned(sources, module)}
    for node in ast.walk(sources.tree(module.file)):
        if not isinstance(node, ast.Call) or not any(one.arg == "partial" for one in node.keywords):
            continue
        call = cst.ensure_type(cst.parse_expression(ast.unparse(node)), cst.Call)
        made: cst.BaseExpression = call.func.value if isinstance(call.func, cst.Attribute) else call
        made = objects.get(names.qualified(made) or "", made) if made is not call else made
        waived = waived_by(call)
        qualified = made_schema(made, plans, names) if isinstance(made, cst.Call) else ""
        if waived is not None and qualified in plans:
            yield qualified, waived


def _add(plans: dict[str, SchemaPlan], qualified: str, waived: Collection[str], *, by_key: bool) -> str:
    """The key of such a plan, which is made where there is none.

    `by_key` tells that dotted names begin with what clients know a field by.
    """
    key = draft_of(qualified, waived)
    if key in plans or qualified not in plans or plans[qualified].gives_pairs or plans[qualified].is_union:
        return key
    if by_key and any("." in one for one in waived) and _makes_keys(plans, qualified):
        return key
    plan = plans[qualified]
    told = asks_if_partial(plans, plan)
    methods = (MethodPlan("constant", IS_PARTIAL, f"{IS_PARTIAL} = True"),) if told else ()
    plans[key] = replace(
        plan, qualified=key, name=_free_name(plans, plan), bases=(qualified,), methods=methods, helpers=(), comments=(),
        texts="", unknown=None, key_maker="", only_side="load",
        documentation=f'"""{article(stem(plan.name))} of which {_listed(waived)} may be left out."""',
    )  # fmt: skip
    fields = []
    for field in effective_fields(plans, qualified).values():
        prefix = f"{field.key if by_key else field.name}."
        inner = [one.removeprefix(prefix) for one in waived if one.startswith(prefix)]
        is_waived = field.name in waived and (field.required or field.load_default is not None)
        if not field.loads or not (is_waived or (inner and field.nested)):
            continue
        parts = [
            Nested(_add(plans, part.qualified, inner, by_key=by_key), part.chosen)
            if inner and isinstance(part, Nested)
            else part
            for part in field.annotation
        ]
        said = {"required": False, "load_default": None} if field.name in waived else {}
        fields.append(replace(field, annotation=tuple(parts), comments=(), remark="", **said))  # type: ignore[arg-type]  # of several fields
    plans[key] = replace(plans[key], fields=tuple(fields))
    return key


def _makes_keys(plans: Mapping[str, SchemaPlan], qualified: str) -> bool:
    """Whether a function makes the keys of the fields."""
    return any(one.key_maker for one in (plans[qualified], *ancestors(plans, plans[qualified])))


def _free_name(plans: Mapping[str, SchemaPlan], plan: SchemaPlan) -> str:
    taken = {stem(one.name) for one in plans.values()}
    name, number = f"{stem(plan.name)}Draft", 2
    while name in taken:
        name, number = f"{stem(plan.name)}Draft{number}", number + 1
    return name


def _listed(waived: Collection[str]) -> str:
    *others, last = (f"`{one}`" for one in sorted(waived))
    return f"{', '.join(others)} and {last}" if others else last


def _names(text: str) -> tuple[str, ...] | None:
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    if not isinstance(found, tuple | list | set) or not all(isinstance(one, str) for one in found):
        return None
    return tuple(sorted(found)) or None
