"""Calls of the base class's method of the same name, in hooks and plain methods.

@pre_load                                            @classmethod
def clean(self, data, **kwargs):                     @before_load
    data = super().clean(data, **kwargs)      →      def clean(cls, data: Any) -> Any:
    ...                                                  data = super().clean(data)

What is called on loaded data is a method of the object, which has them: `super().made(data)` → `super().made()`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from codemods.view import patterns as m
from codemods.view.search import findall
from codemods.view.visiting import Updated, swapping

from ..basis.method_bodies import count
from ..basis.plan import HookKind, MethodPlan
from ..basis.reading import code

ABOVE = "__super__"
"""What the base class is called while the method is read: an attribute of its object."""
HANDED: frozenset[HookKind] = frozenset(
    {"before_load", "before_load_all", "before_dump", "before_dump_all", "after_dump", "after_dump_all"}
)
"""Hooks that are given a value, and give another one."""
OF_OBJECT: frozenset[HookKind] = frozenset({"check", "after_load"})
"""Hooks that are given what was loaded, and are methods of the object in the new class."""


@dataclass(frozen=True, slots=True)
class BaseCalls:
    """The methods that the bases of a class have."""

    methods: Sequence[MethodPlan] = ()

    def marked(self, function: cst.FunctionDef, kind: HookKind) -> cst.FunctionDef:
        """The method, where a call of that of the base class asks its own object for it, with what that takes there;
        as it was, where there is none such, or it is given something else."""
        name, params = function.name.value, function.params
        bases = [one for one in self.methods if one.name == name]
        own = params.params[0].name.value if params.params else ""
        calls = findall(function.body, m.Call(func=m.Attribute(m.Call(m.Name("super"), args=[]), m.Name(name))))
        if not bases or not calls or not own or any(one.kind != kind for one in bases):
            return function
        taken = _taken(bases[0])
        if any(_taken(one) != taken for one in bases):
            return function
        keywords = params.star_kwarg.name.value if params.star_kwarg else ""
        changed: dict[cst.CSTNode, Updated] = {}
        for call in calls:
            args = _arguments(cst.ensure_type(call, cst.Call), kind, keywords, taken)
            if args is None or (kind in OF_OBJECT and not _is_whole(function, kind, args.pop(0).value, len(calls))):
                return function
            changed[call] = cst.Call(cst.parse_expression(f"{own}.{ABOVE}.{name}"), args)
        return swapping(function, changed)


def written(text: str) -> str:
    """The text of such a method as it stands in the class."""
    return text.replace(f"cls.{ABOVE}.", "super().").replace(f"self.{ABOVE}.", "super().")


def asks_base(method: MethodPlan) -> bool:
    """Whether a method calls that of the base class."""
    return f"super().{method.name}(" in method.text


def _taken(base: MethodPlan) -> list[str]:
    """What the base's method takes in the new class, its object aside."""
    params = cst.ensure_type(cst.parse_statement(base.text), cst.FunctionDef).params.params
    return [one.name.value for one in params if one.name.value not in ("self", "cls")]


def _is_whole(function: cst.FunctionDef, kind: HookKind, value: cst.BaseExpression, calls: int) -> bool:
    """Whether the base's method is handed what was loaded, as it was: a check only looks at it, and a hook that makes
    something of it may change it for whoever reads it then."""
    own = function.params.params[1].name.value if len(function.params.params) > 1 else ""
    return code(value) == own and (kind == "check" or count(function, own) == calls == 1)


def _arguments(call: cst.Call, kind: HookKind, keywords: str, taken: list[str]) -> list[cst.Arg] | None:
    """What the base's method is given in the new class; None where that is not what it was given before."""
    if kind == "helper":
        return None if any(one.star for one in call.args) else list(call.args)
    match call.args:
        case [cst.Arg(keyword=None, star="") as value, *rest]:
            pass
        case _:
            return None
    handed = [one for one in rest if one.star == "**" and code(one.value) == keywords]
    named = {one.keyword.value: one for one in rest if one.keyword and code(one.value) == one.keyword.value}
    if kind == "check_field":
        places = [one for one in rest if not one.star and not one.keyword and code(one.value) == "data_key"]
        is_told = len(rest) == 1 and (len(handed) + len(places) + ("data_key" in named)) == 1
        name = cst.Arg(cst.Name("data_key"))
        return [value.with_changes(comma=cst.MaybeSentinel.DEFAULT), name] if is_told else None
    if kind not in HANDED | OF_OBJECT or len(handed) > 1 or len(handed) + len(named) != len(rest):
        return None
    asked = taken if kind in OF_OBJECT else taken[1:]
    if not {*named} <= {"many"} or {*asked} != {*named} & {*taken}:
        return None
    plain = [value, *(named[one] for one in asked)]
    return [one.with_changes(comma=cst.MaybeSentinel.DEFAULT) for one in plain]
