"""Inputs for a schema, drawn from the description of its fields: valid ones, nearly valid ones, and hostile ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from migrator.verify.schemas import values
from migrator.verify.schemas.bounds import hinted, near

Side = Literal["load", "dump"]
Strategy = SearchStrategy[Any]
Described = Mapping[str, Any]

DEEPEST = 3
LARGE = 10
"""A nested schema with so many values in and below it is drawn for itself, a few times."""
DRAWN_AHEAD = 24
"""So many times. What nests it has one of these objects in seven cases of eight, a new one in the eighth: to draw all
anew would take minutes for schemas that nest many others."""
LONG = 1200
"""Characters of a value that is written out: longer ones are nested where there is nothing shorter."""
GENERIC = 200
"""So many values are drawn ahead for attributes that a schema's own code asks for."""
ROW, MEMBER = "<row>", "<member>"
"""Keys of dictionaries that the application's process makes into objects, see `migrate_schemas.rows`."""
UNKNOWN_KEYS = ("other", "id", "_schema", "", "__class__", "self", "é", "model_fields", "\ud800")
CONTAINERS = frozenset({"Nested", "Pluck", "List", "DelimitedList", "Tuple", "Dict", "Mapping"})

NASTY: Strategy = st.sampled_from(values.HOSTILE) | st.recursive(
    st.sampled_from(values.HOSTILE) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)


MOODS = st.sampled_from(("sparse", "sparse", "good", "flawed", "flawed", "wild"))
"""What an object is like: little more than what is required, anything that fits, that with one flaw, or anything."""
SELDOM = st.sampled_from((False, False, False, False, True))
UNHURRIED = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck), report_multiple_bugs=False)


@dataclass(frozen=True, slots=True)
class Strategies:
    """Strategies for one schema. `schemas` is its description, the schema itself first and then all that it nests;
    `wanted` are attributes that its own code has asked for: objects get them; `taken` is data that it has loaded;
    `number` is the seed of what is drawn ahead."""

    schemas: Sequence[Described]
    wanted: Sequence[str] = ()
    taken: Sequence[Mapping[Any, Any]] = ()
    number: int = 0
    known: dict[tuple[int, Side, int], Strategy] = field(default_factory=dict)
    ahead: dict[str, Strategy] = field(default_factory=dict)

    def load_data(self, many: bool) -> Strategy:
        """What a client could send."""
        one = self.objects(0, "load", 0)
        if self.taken:
            one = st.one_of(one, self._varied())
        return st.lists(one, max_size=3) | NASTY if many else _mostly(one, NASTY)

    def dump_sources(self, many: bool) -> Strategy:
        """What an application could dump."""
        one = self.objects(0, "dump", 0)
        return st.lists(one, max_size=3) if many else _mostly(one, st.none() | st.builds(dict))

    def objects(self, index: int, side: Side, depth: int) -> Strategy:
        """An object of the schema of that index."""
        key = (index, side, depth)
        if key not in self.known:
            if depth and self._size(index, side, depth) >= LARGE:
                self.known[key] = self._ahead(self._made(index, side, depth))
            else:
                self.known[key] = self._made(index, side, depth)
        return self.known[key]

    def _made(self, index: int, side: Side, depth: int) -> Strategy:
        if "kinds" in self.schemas[index]:
            return st.none() if depth >= DEEPEST else self._of_kinds(index, side, depth)
        parts = [(one, self.value(one, side, depth)) for one in self._fields(index, side)]
        return self._loaded(index, parts) if side == "load" else self._dumped(parts, depth)

    def _fields(self, index: int, side: Side) -> list[Described]:
        return [one for one in self.schemas[index]["fields"] if one[f"{side}s"]]

    def _size(self, index: int, side: Side, depth: int) -> int:
        """How many values an object has, with all that it nests."""
        inner = [one["schema"] for one in self.schemas[index].get("kinds", ())]
        inner += [one["schema"] for one in self._fields(index, side) if "schema" in one]
        deeper = sum(self._size(one, side, depth + 1) for one in inner) if depth < DEEPEST else 0
        return len(self._fields(index, side)) + len(self.wanted) + deeper

    def _ahead(self, made: Strategy) -> Strategy:
        """Values of which most were drawn before."""
        known = _drawn_ahead(made, DRAWN_AHEAD, self.number)
        return st.integers(0, 7).flatmap(lambda number: made if number == 0 else known)

    def _of_kinds(self, index: int, side: Side, depth: int) -> Strategy:
        """An object of one of the schemas that a schema stands for, mostly with what tells which it is."""
        kinds, key = self.schemas[index]["kinds"], self.schemas[index]["kind_key"]
        inner = {place: self.objects(one["schema"], side, depth + 1) for place, one in enumerate(kinds)}
        told_by = [one["value"] for one in kinds]

        @st.composite
        def made(draw: DrawFn) -> Any:
            place = draw(st.integers(0, len(kinds) - 1))
            found = draw(inner[place])
            if not isinstance(found, dict):
                return found
            mood = draw(st.integers(0, 11))
            told = told_by[place] if mood < 10 else draw(NASTY | st.sampled_from(told_by))
            if side == "dump" and ROW in found:
                own = {one["attribute"] for one in self.schemas[kinds[place]["schema"]]["fields"]}
                named = {name: told for name in sorted(self.wanted) if name not in own and mood % 2 == 0}
                return {**found, **named, key: told, ROW: told if isinstance(told, str) else True}
            return found if mood == 11 else {key: told, **found}

        return made()

    def _loaded(self, index: int, parts: Sequence[tuple[Described, Strategy]]) -> Strategy:
        every = self.schemas[index]["fields"]
        hints = [hint for hint in self.schemas[index].get("hints", ()) if isinstance(hint, str)]
        names = sorted({*UNKNOWN_KEYS, *hints, *(one["key"] for one in every), *(one["attribute"] for one in every)})
        unknown = st.dictionaries(st.sampled_from(names), NASTY, min_size=1, max_size=2)

        @st.composite
        def made(draw: DrawFn) -> dict[Any, Any]:
            mood = draw(MOODS)
            flaw = draw(st.integers(0, len(parts) - 1)) if parts and mood == "flawed" else -1
            found = {}
            for position, (one, value) in enumerate(parts):
                if mood == "wild" or position == flaw:
                    choice = draw(st.sampled_from(("absent", "null", "nasty", "good")))
                else:
                    is_there = one["required"] or draw(st.booleans() if mood != "sparse" else SELDOM)
                    choice = "good" if is_there else "absent"
                if choice != "absent":
                    found[one["key"]] = draw(value) if choice == "good" else draw(NASTY) if choice == "nasty" else None
            if draw(st.integers(0, 7)) == 7:
                found = {**draw(unknown), **found}
            return found

        return made()

    def _varied(self) -> Strategy:
        """Data that was loaded before, with a few of its keys drawn anew, often those that the schema's own code
        names. Its checks run behind the fields: they seldom see anything where every field is drawn for itself."""
        fields = [one for one in self.schemas[0]["fields"] if one["loads"]]
        hints = [hint for hint in self.schemas[0]["hints"] if isinstance(hint, str)]
        named = [one for one in fields if one["key"] in hints or one["attribute"] in hints]
        usual = [(one["key"], self.value(one, "load", 0)) for one in fields]
        told = [(one["key"], self._told(one, self.schemas[0]["hints"])) for one in named]
        pools = [some for some in (usual, told) if some]
        if not pools:
            return st.sampled_from(self.taken)

        @st.composite
        def made(draw: DrawFn) -> dict[Any, Any]:
            found = dict(draw(st.sampled_from(self.taken)))
            for key, value in draw(st.lists(st.sampled_from(draw(st.sampled_from(pools))), min_size=1, max_size=3)):
                if draw(st.integers(0, 2)) == 2:
                    found.pop(key, None)
                else:
                    found[key] = draw(value)
            return found

        return made()

    def _told(self, one: Described, hints: Sequence[Any]) -> Strategy:
        """What a field takes, every other time one of the constants that the schema's own code may compare it with."""
        constants = hinted(one, hints)
        value = self.value(one, "load", 0)
        if not constants:
            return value
        return st.booleans().flatmap(lambda is_told: st.sampled_from(constants) if is_told else value)

    def _dumped(self, parts: Sequence[tuple[Described, Strategy]], depth: int) -> Strategy:
        wanted, generic = sorted(self.wanted), self._generic(depth)

        @st.composite
        def made(draw: DrawFn) -> dict[Any, Any]:
            flaw = draw(st.integers(0, 2 * len(parts)))
            found: dict[str, Any] = {ROW: True}
            for position, (one, value) in enumerate(parts):
                if position == flaw:
                    if draw(st.booleans()):
                        _put(found, one["attribute"], draw(st.none() | NASTY))
                else:
                    _put(found, one["attribute"], draw(value))
            for name in wanted:
                found.setdefault(name, draw(generic))
            return found

        return made()

    def _generic(self, depth: int) -> Strategy:
        """A value for an attribute of which nothing is known but its name."""
        plain = st.sampled_from((*values.WORDS, *values.INTEGERS, None, True, *values.MOMENTS, 1.5))
        if depth >= DEEPEST or not self.wanted:
            return plain
        inner = st.fixed_dictionaries({ROW: st.just(True), **dict.fromkeys(sorted(self.wanted), plain)})
        if "generic" not in self.ahead:
            self.ahead["generic"] = _drawn_ahead(plain | inner | st.lists(inner, max_size=2), GENERIC, self.number)
        return self.ahead["generic"]

    def value(self, one: Described, side: Side, depth: int) -> Strategy:
        """What a field takes, or what an object has for it; mostly valid."""
        kind = one["kind"]
        if "schema" in one:
            return self._nested(one, side, depth)
        if kind in CONTAINERS:
            made = self._container(one, side, depth)
            return made if side == "load" else self._ahead(made)
        if kind == "Enum":
            return self._enum(one, side)
        pool = (values.LOADED if side == "load" else values.DUMPED).get(kind)
        if pool is None:
            return NASTY if side == "load" else self._generic(depth) | NASTY
        found: list[Strategy] = [st.sampled_from(pool)]
        if kind == "String":
            found += [st.text(max_size=12), st.sampled_from(values.PADDED)]
        if kind in ("Integer", "Float", "Decimal") and side == "load":
            found.append(st.integers(-1000, 1000) | st.floats())
        hints = [hint for schema in self.schemas for hint in schema["hints"]]
        return near(one, side, st.one_of(found), hints)

    def _nested(self, one: Described, side: Side, depth: int) -> Strategy:
        if depth >= DEEPEST:
            inner: Strategy = st.none()
        elif one["kind"] == "Pluck":
            fields = self.schemas[one["schema"]]["fields"]
            plucked = next((each for each in fields if one["field_name"] in (each["key"], each["attribute"])), None)
            inner = self.value(plucked, side, depth + 1) if plucked else NASTY
            if side == "dump" and plucked:
                inner = inner.map(lambda value: {ROW: True, plucked["attribute"]: value})
        else:
            inner = self.objects(one["schema"], side, depth + 1)
        if not one["many"]:
            return inner
        made = near(one, side, st.lists(inner, max_size=3))
        return made if side == "load" else self._ahead(made)

    def _container(self, one: Described, side: Side, depth: int) -> Strategy:
        items = [self.value(each, side, depth + 1) for each in one.get("items", ())]
        match one["kind"]:
            case "Tuple":
                return st.tuples(*items).map(list) | st.lists(st.one_of(items), max_size=3)
            case "Dict" | "Mapping":
                keys, inner = items or (NASTY, NASTY)
                names = keys.filter(_is_hashable) if items else st.text(max_size=3)
                return near(one, side, st.dictionaries(names.map(_as_key(side)), inner, max_size=3))
        found = near(one, side, st.lists(items[0], max_size=4))
        if "delimiter" in one and side == "load":
            return found.map(lambda parts: one["delimiter"].join(map(str, parts)))
        return found

    def _enum(self, one: Described, side: Side) -> Strategy:
        if side == "dump":
            return st.sampled_from([{MEMBER: [*one["enum"], name]} for name in one["members"]])
        named = [*one["members"], *one["values"]]
        return st.sampled_from([*named, *(str(each).swapcase() for each in named), *map(str, one["values"])])


def drawn(strategy: Strategy, count: int, number: int) -> list[Any]:
    """So many values, or all where there are fewer; the same ones for the same `number`."""
    found: list[Any] = []

    @seed(number)
    @settings(UNHURRIED, max_examples=count, phases=(Phase.generate,))
    @given(value=strategy)
    def note(value: Any) -> None:
        found.append(value)

    note()
    return found


def _drawn_ahead(strategy: Strategy, count: int, number: int) -> Strategy:
    """One of so many values, the smallest first: Hypothesis shrinks towards these. Few of them are long."""
    pool = sorted(drawn(strategy, count, number), key=lambda one: len(repr(one)))
    short = [one for one in pool if len(repr(one)) <= LONG]
    return st.sampled_from(short if len(short) > count // 4 else pool[: count // 4 + 1])


def _mostly(often: Strategy, rarely: Strategy) -> Strategy:
    return st.integers(0, 14).flatmap(lambda number: rarely if number == 14 else often)


def _put(found: dict[str, Any], path: str, value: Any) -> None:
    """Set an attribute, also one inside another: `author.name`."""
    *owners, name = path.split(".")
    for owner in owners:
        inner = found.get(owner)
        # A copy: what was drawn ahead is in other objects as well.
        found[owner] = {**inner} if isinstance(inner, dict) else {ROW: True}
        found = found[owner]
    found[name] = value


def _as_key(side: Side) -> Callable[[Any], Any]:
    """What a key can be: in JSON always a text."""
    return str if side == "load" else lambda value: value


def _is_hashable(value: Any) -> bool:
    try:
        hash(value)
        str(value)
    except (TypeError, ValueError):
        return False
    return True
