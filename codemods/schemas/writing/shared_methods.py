"""Base classes for the methods that several classes of one schema would have alike, its parts above all.

class UserSummary(Schema):                       class UserBase(Schema):
    name: Str                                        @classmethod
                                                     def get_attribute(...): ...
    @classmethod                            →
    def get_attribute(...): ...                  class UserSummary(UserBase):
                                                     name: Str
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..basis.plan import FORMS, Form, MethodPlan, SchemaPlan
from ..families.naming import base_name
from ..families.variants import stem
from .written_classes import WrittenClass, written_classes

ENDINGS = ("Base", "Methods")


@dataclass(frozen=True, slots=True)
class SharedMethods:
    """The base class that a schema's class inherits its methods from; it `is_first` of those that do."""

    name: str
    is_first: bool

    def applied(self, plan: SchemaPlan, one: WrittenClass) -> list[WrittenClass]:
        """The class without its methods, behind the base class where that has to be written."""
        rest = replace(one, bases=(self.name,), methods=())
        about = f'"""What classes of `{_class_name(plan.origin)}` have in common."""'
        base = WrittenClass(self.name, one.bases, (), one.methods, one.side, about, False)
        return [base, rest] if self.is_first else [rest]


def shared_methods(
    plans: Mapping[str, SchemaPlan], chosen: Sequence[SchemaPlan], wanted: Mapping[str, frozenset[Form]]
) -> Mapping[str, SharedMethods]:
    """Which of the `chosen` plans of one module, in their order, have a base class for their methods."""
    alike: dict[tuple[str, tuple[str, ...], tuple[MethodPlan, ...]], list[str]] = {}
    for plan in chosen:
        classes = written_classes(plan, plans, wanted.get(plan.qualified, FORMS))
        if len(classes) == 1 and _may_inherit(plan, classes[0]):
            alike.setdefault((plan.origin, classes[0].bases, classes[0].methods), []).append(plan.qualified)
    taken = {name for plan in chosen for name in _names(plan)}
    found: dict[str, SharedMethods] = {}
    for (origin, *_), names in alike.items():
        wished = [f"{stem(_class_name(origin))}{ending}" for ending in ENDINGS]
        free = next((one for one in wished if one not in taken), None)
        if len(names) > 1 and free is not None:
            taken.add(free)
            found |= {name: SharedMethods(free, name == names[0]) for name in names}
    return found


def _names(plan: SchemaPlan) -> set[str]:
    """What is called by a name in the module of a schema, because of it."""
    own = {plan.load_name, plan.dump_name, plan.patch_name} | ({base_name(plan)} if plan.is_split else set())
    return own | {*plan.uses} | {one.local for one in plan.needs}


def _may_inherit(plan: SchemaPlan, one: WrittenClass) -> bool:
    """Whether the methods of a class would be the same below another one, which has none of its fields."""
    is_plain = not (plan.bases or plan.key_maker or plan.is_idiomatic or plan.patch_name)
    return is_plain and bool(one.methods) and not any(each.fields or "self" in each.text for each in one.methods)


def _class_name(qualified: str) -> str:
    return qualified.rpartition(".")[2]
