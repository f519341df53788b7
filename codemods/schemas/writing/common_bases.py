"""Base classes for what several classes of one schema would have alike, its parts above all.

class UserSummary(Schema):                       class UserBase(Schema):
    id: Int                                          id: Int
    name: Str                                        name: Str
    …                                                …

    @classmethod                                     @classmethod
    def get_attribute(...): ...                      def get_attribute(...): ...
                                            →
class UserDetail(Schema):                        class UserSummary(UserBase): ...
    id: Int
    name: Str                                    class UserDetail(UserBase):
    …                                                email: Str
    email: Str

    @classmethod
    def get_attribute(...): ...
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, takewhile

from ..basis.plan import FORMS, FieldPlan, Form, MethodPlan, SchemaPlan
from ..families.naming import base_name
from ..families.variants import stem
from .written_classes import WrittenClass, written_classes

ENDINGS = ("Base", "Methods")
FEWEST = 4
"""Fields for which a class has a base."""


@dataclass(frozen=True, slots=True)
class CommonBase:
    """What a schema's class inherits these fields and methods from: a class made for them, which `is_written` before
    the first that inherits from it, or that of the whole schema, some of whose fields are `retyped`."""

    name: str
    fields: tuple[FieldPlan, ...]
    methods: tuple[MethodPlan, ...]
    is_written: bool = False
    retyped: frozenset[str] = frozenset()

    def applied(self, plan: SchemaPlan, one: WrittenClass) -> list[WrittenClass]:
        """The class with what is left of it, behind the base class where that has to be written."""
        fields = tuple(each for each in one.fields if each not in self.fields)
        methods = tuple(each for each in one.methods if each not in self.methods)
        rest = replace(one, bases=(self.name,), fields=fields, methods=methods, retyped=self.retyped)
        about = f'"""What classes of `{_class_name(plan.origin)}` have in common."""'
        base = WrittenClass(self.name, one.bases, self.fields, self.methods, one.side, about, False)
        return [base, rest] if self.is_written else [rest]


@dataclass(frozen=True, slots=True)
class _Member:
    plan: SchemaPlan
    written: WrittenClass

    @property
    def fields(self) -> tuple[FieldPlan, ...]:
        return self.written.fields

    def common(self, other: "_Member") -> tuple[FieldPlan, ...]:
        """The fields that both have. Those of base classes come first: the first ones, where clients see the order."""
        if self.plan.is_ordered:
            return tuple(one for one, _ in takewhile(_is_same, zip(self.fields, other.fields, strict=False)))
        return tuple(one for one in self.fields if one in other.fields)

    def is_alike(self, other: "_Member") -> bool:
        """Whether both have fields of the same names, at the same places where clients see the order."""
        kind = tuple if self.plan.is_ordered else frozenset
        return kind(one.name for one in self.fields) == kind(one.name for one in other.fields)


def common_bases(
    plans: Mapping[str, SchemaPlan], chosen: Sequence[SchemaPlan], wanted: Mapping[str, frozenset[Form]]
) -> Mapping[str, CommonBase]:
    """Which of the `chosen` plans of one module, in their order, have a base class with what they have in common."""
    families: dict[tuple[object, ...], list[_Member]] = {}
    for plan in chosen:
        classes = written_classes(plan, plans, wanted.get(plan.qualified, FORMS))
        if len(classes) == 1 and not (plan.bases or plan.key_maker or plan.is_idiomatic or plan.patch_name):
            one = classes[0]
            families.setdefault((plan.origin, one.bases, one.methods, one.side), []).append(_Member(plan, one))
    taken = {name for plan in chosen for name in _names(plan)}
    found: dict[str, CommonBase] = {}
    for (origin, *_), members in families.items():
        retyped = _retyped(str(origin), members)
        found |= retyped
        rest = [one for one in members if one.plan.qualified not in retyped]
        if len(rest) < 2:
            continue
        wished = [f"{stem(_class_name(str(origin)))}{ending}" for ending in ENDINGS]
        free = next((one for one in wished if one not in taken), None)
        methods = members[0].written.methods if _may_move(members[0].written.methods) else ()
        fields, having = (_in_all(rest), rest) if methods else _best(rest)
        if free is not None and len(having) > 1 and (fields or methods):
            taken.add(free)
            found |= {one.plan.qualified: CommonBase(free, fields, methods, one is having[0]) for one in having}
    return found


def _retyped(origin: str, members: Sequence[_Member]) -> Mapping[str, CommonBase]:
    """Those that have the fields of the whole schema, a few of them with other types: parts of what these nest."""
    whole = next((one for one in members if one.plan.qualified == origin), None)
    found = {}
    for one in members if whole is not None and not whole.written.has_options else ():
        assert whole is not None
        fields = tuple(each for each in one.fields if each in whole.fields)
        is_near = len(fields) >= max(FEWEST, len(one.fields) // 2)
        if one is not whole and is_near and one.is_alike(whole) and not one.written.has_options:
            others = frozenset(each.name for each in one.fields if each not in fields)
            found[one.plan.qualified] = CommonBase(whole.written.name, fields, one.written.methods, retyped=others)
    return found


def _in_all(members: Sequence[_Member]) -> tuple[FieldPlan, ...]:
    """The fields that all have, if a base class may have them."""
    shared = [members[0].common(one) for one in members[1:]]
    fields = tuple(one for one in members[0].fields if all(one in each for each in shared))
    return fields if _may_hold(fields, members) else ()


def _best(members: Sequence[_Member]) -> tuple[tuple[FieldPlan, ...], Sequence[_Member]]:
    """The fields that are best written once, and the classes that have all of them, and not many others."""
    best: tuple[tuple[FieldPlan, ...], Sequence[_Member]] = ((), ())
    for fields in (one.common(other) for one, other in combinations(members, 2)):
        having = [one for one in members if len(fields) * 2 >= len(one.fields) and _has(one, fields)]
        if _may_hold(fields, having) and _saved(fields, having) > _saved(*best):
            best = (fields, having)
    return best


def _is_same(pair: tuple[FieldPlan, FieldPlan]) -> bool:
    return pair[0] == pair[1]


def _has(member: _Member, fields: tuple[FieldPlan, ...]) -> bool:
    if member.plan.is_ordered:
        return member.fields[: len(fields)] == fields
    return all(one in member.fields for one in fields)


def _saved(fields: Sequence[FieldPlan], members: Sequence[_Member]) -> int:
    return len(fields) * (len(members) - 1)


def _may_hold(fields: Sequence[FieldPlan], members: Sequence[_Member]) -> bool:
    """Whether a base class may have these fields."""
    return len(fields) >= FEWEST and not any(one.written.has_options for one in members)


def _may_move(methods: Sequence[MethodPlan]) -> bool:
    """Whether methods would be the same below a class that has none of their fields."""
    return bool(methods) and not any(each.fields or "self" in each.text for each in methods)


def _names(plan: SchemaPlan) -> set[str]:
    """What is called by a name in the module of a schema, because of it."""
    own = {plan.load_name, plan.dump_name, plan.patch_name} | ({base_name(plan)} if plan.is_split else set())
    return own | {*plan.uses} | {one.local for one in plan.needs}


def _class_name(qualified: str) -> str:
    return qualified.rpartition(".")[2]
