"""What the classes for parts of schemas are called.

UserSchema(only=("id", "name"))                     →    UserIdName
lead = fields.Nested(UserSchema, only=…)            →    TeamLead, of `TeamSchema`
def search_users(): … UserSchema(only=…).dump(…)    →    UserSearch

Few fields tell most; then the place that such a part is made for. Of several places the first names what they share.
Names depend on nothing but what the code says, so that they are the same when it is converted again.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..basis.plan import SchemaPlan
from ..fields.argument_maps import camel
from .part_places import Place
from .variants import nameable_fields, stem

LISTED = 3
"""Fields that the name of a class may list."""
LONGEST = 40
"""Characters of a name that is still read at a glance."""
UNTELLING = frozenset({"schema", "view", "resource", "api", "controller", "handler", "endpoint", "method"})
METHODS = frozenset({"get", "post", "put", "patch", "delete"})
WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")


def name_parts(plans: dict[str, SchemaPlan], places: Mapping[str, Sequence[Place]]) -> None:
    """Give every part among the plans its name; `places` are where code makes them."""
    namer = _Namer(plans, {key: min(found) for key, found in places.items() if is_part(key) and key in plans})
    for key in sorted(namer.places, key=namer.places.__getitem__):
        namer.name(key, "")
    waiting = [key for key in plans if not is_part(key)] + list(namer.named)
    for owner in waiting:
        for key, where in namer.held_by(owner):
            if key not in namer.named:
                namer.name(key, where)
                waiting.append(key)
    for key in [one for one in plans if is_part(one) and one not in namer.named]:  # of schemas that stay
        namer.name(key, "")


def is_part(key: str) -> bool:
    """Whether the key of a plan is that of a part of a schema."""
    return key.endswith(")")


@dataclass(slots=True)
class _Namer:
    """Names parts one after the other; `named` are those that have theirs, `shared` those that several fields nest,
    `kinds` those that other schemas stand for."""

    plans: dict[str, SchemaPlan]
    places: Mapping[str, Place]
    named: dict[str, None] = field(default_factory=dict)
    taken: set[str] = field(init=False)
    shared: frozenset[str] = field(init=False)
    kinds: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.taken = {stem(plan.name) for key, plan in self.plans.items() if not is_part(key)}
        held = {
            (key, plan.origin, one.name) for plan in self.plans.values() for one in plan.fields for key in one.nested
        }
        count = Counter(key for key, _, _ in held)
        self.shared = frozenset(key for key in count if count[key] > 1)
        self.kinds = frozenset(kind.schema.qualified for plan in self.plans.values() for kind in plan.kinds)

    def name(self, key: str, held_as: str) -> None:
        """Give a part its name; it is `held_as` this by a field, or made by a call."""
        plan = self.plans[key]
        place, listed, summary = self.places.get(key), [*self._by_fields(key, plan)], f"{stem(plan.name)}Summary"
        if place:
            telling = [*listed, *by_place(stem(plan.name), place)]
        elif key in self.kinds:
            telling = [*listed, held_as, summary]
        else:
            telling = [*listed, summary, held_as] if key in self.shared or not held_as else [held_as, *listed, summary]
        short = [one for one in telling if one and len(one) <= LONGEST]
        free = [one for one in (*short, *telling) if one and one not in self.taken]
        found = free[0] if free else self._numbered((short or telling)[0])
        self.taken.add(found)
        self.named[key] = None
        self.plans[key] = replace(plan, name=found)

    def held_by(self, owner: str) -> Iterator[tuple[str, str]]:
        """The parts that a schema's fields nest, or that it stands for, and what they are there."""
        plan = self.plans[owner]
        for one in plan.fields:
            for key in sorted(one.nested):
                if is_part(key):
                    yield key, f"{stem(plan.name)}{camel(one.name)}"
        for kind in plan.kinds:
            if is_part(kind.schema.qualified):
                yield kind.schema.qualified, f"{stem(plan.name)}{stem(self.plans[kind.schema.qualified].name)}"

    def _by_fields(self, key: str, plan: SchemaPlan) -> Iterator[str]:
        """`UserIdName`, `UserWithoutPosts`; nothing where too many fields are to be said, or parts of them."""
        all_fields, fields = nameable_fields(self.plans, plan.origin), nameable_fields(self.plans, key)
        if any(one.nested != all_fields[name].nested for name, one in fields.items()):
            return
        missing = [name for name in all_fields if name not in fields]
        if fields and len(fields) <= LISTED:
            yield f"{stem(plan.name)}{''.join(map(camel, fields))}"
        elif missing and len(missing) <= LISTED:
            yield f"{stem(plan.name)}Without{''.join(map(camel, missing))}"

    def _numbered(self, name: str) -> str:
        number = 2
        while f"{name}{number}" in self.taken:
            number += 1
        return f"{name}{number}"


def by_place(name: str, place: Place) -> Iterator[str]:
    """What a part of `name` may be called that is made there, what is said shortest first."""
    own = {_singular(one) for one in _words(name)}

    def telling(text: str) -> list[str]:
        return [one for one in _words(text) if _singular(one) not in own | UNTELLING and len(one) > 1]

    around = [*telling(place.owner), *(one for one in telling(place.function) if one not in telling(place.owner))]
    for words in (telling(place.variable), [one for one in around if one not in METHODS]):
        if words:
            yield _joined(name, words)
    if set(around) <= METHODS:
        yield f"{name}{'Input' if place.sides == ('load',) else 'Summary' if place.many or place.narrows else 'Detail'}"
    yield _joined(name, telling(place.function))
    yield _joined(name, around)
    yield _joined(name, [one for one in _words(f"{place.owner}_{place.function}") if one not in UNTELLING])


def _joined(name: str, words: Sequence[str]) -> str:
    last = ["list", "item"] if words[-1:] == ["list"] else words[-1:]
    return f"{name}{''.join(map(str.capitalize, [*words[:-1], *last]))}"


def _words(text: str) -> list[str]:
    return [one.lower() for one in WORD.findall(text)]


def _singular(word: str) -> str:
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s") or word
