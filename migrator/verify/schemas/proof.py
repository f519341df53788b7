"""Compares a schema with the classes it became: draws inputs, asks both sides, and shrinks what they disagree on."""

import pickle
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from hypothesis.strategies import DrawFn, SearchStrategy

from migrator.errors import MigrateError
from migrator.manifest.model import SchemaEntry
from migrator.verify.schemas.conversation import PROTOCOL, Conversation
from migrator.verify.schemas.drawing import MEMBER, ROW, UNHURRIED, Strategies
from migrator.verify.schemas.kinds import Example, Kinds
from migrator.verify.schemas.report import Compared, Disagreement, call_of
from migrator.verify.schemas.shrinking import Case, reduced

LOADED_OF_TEN = 6
"""How many of ten inputs are loaded; the others are dumped."""
LOOKED_AROUND = 40
"""Inputs that find out what attributes a schema's own code asks for."""
TRIED = 200
"""Inputs that find out what data a schema takes."""
LONGEST = 600
MOST_TRIED = 400
"""Inputs that are tried to make what the sides disagree on smaller."""
MOST_WANTED = 8
"""So many attributes are made up for objects; code that asks for more looks up values."""


class _DisagreedError(Exception):
    """Tells Hypothesis that it has found something."""


@dataclass(slots=True)
class _Run:
    """Inputs of one kind for one schema. Where there are `kinds` to be found, no difference ends the run."""

    conversation: Conversation
    schema: str
    tally: Counter[str] = field(default_factory=Counter)
    wanted: set[str] = field(default_factory=set)
    taken: list[Mapping[Any, Any]] = field(default_factory=list)
    last: tuple[Mapping[str, Any], Mapping[str, Any]] | None = None
    kinds: Kinds | None = None
    ended: MigrateError | None = None

    def ask(self, case: Mapping[str, Any]) -> Mapping[str, Any]:
        """What comes of an input."""
        sent = {**case, "input": pickle.dumps(case["input"], PROTOCOL)}
        verdict = self.conversation.ask({"schema": self.schema, "case": sent})
        if verdict["wanted"]:
            self.wanted.add(verdict["wanted"])
        if verdict["kind"] == "value" and isinstance(case["input"], dict) and not case["partial"]:
            self.taken.append(case["input"])
        return verdict

    def compare(self, cases: SearchStrategy[Any], count: int, number: int) -> Disagreement | None:
        """Compare so many inputs. What the sides disagree on is made as small as can be."""

        @seed(number)
        @settings(UNHURRIED, max_examples=count, phases=(Phase.generate, Phase.shrink))
        @given(case=cases)
        def alike(case: Mapping[str, Any]) -> None:
            try:
                verdict = self.ask(case)
            except MigrateError as error:
                self.ended = self.ended or error
                raise
            if self.last is None:
                self.tally["inputs"] += 1
                self.tally[verdict["kind"]] += 1
            if self.kinds is not None:
                self.kinds.note(case, verdict)
            elif not verdict["same"]:
                self.last = (case, verdict)
                raise _DisagreedError

        try:
            alike()
        except (_DisagreedError, MigrateError, HypothesisException):  # the latter where it is not the same each time
            if self.ended is not None:
                raise self.ended from None
            if self.last is None:
                raise
        return None if self.last is None else self._smallest(*self.last)

    def _smallest(self, case: Case, verdict: Mapping[str, Any]) -> Disagreement:
        """Without the parts that Hypothesis leaves in: what it drew ahead it takes as a whole."""
        shown = [(case, verdict)]

        def shows(smaller: Case) -> bool:
            found = self.ask(smaller)
            if not found["same"]:
                shown.append((smaller, found))
            return not found["same"]

        reduced(case, shows, MOST_TRIED)
        return _shown(*shown[-1])


def compare(conversation: Conversation, name: str, entry: SchemaEntry, count: int, number: int) -> Compared:
    """Compare a schema on so many inputs; `number` is the seed that they are drawn from.

    Raises MigrateError when the application's process ends.
    """
    module = entry.output.file.rpartition("/")[2].removesuffix(".py")
    classes = {"module": f"schemas.{module}", "load": entry.load, "dump": entry.dump, "patch": entry.patch}
    described = conversation.ask({"schema": name, "entry": {**classes, "finish": entry.finish}})
    if "error" in described:
        return Compared(name, problem=described["error"])
    if "nameless" in described:
        return Compared(name, is_nameless=True)
    loaded = max(1, count * LOADED_OF_TEN // 10)
    schemas, has_patch = described["schemas"], described["patch"]
    kinds = Kinds() if entry.style == "idiomatic" else None
    trying, loading, around, dumping = (_Run(conversation, name, kinds=kinds) for _ in range(4))
    found = []
    if entry.load:
        trying.compare(load_cases(Strategies(schemas, number=number), has_patch), min(TRIED, count), number)
        cases = load_cases(Strategies(schemas, taken=tuple(trying.taken), number=number), has_patch)
        found.append(loading.compare(cases, loaded if entry.dump else count, number))
    if entry.dump:
        around.compare(dump_cases(Strategies(schemas, number=number)), min(LOOKED_AROUND, count), number)
        wanted = tuple(sorted(around.wanted)[:MOST_WANTED])
        cases = dump_cases(Strategies(schemas, wanted, number=number))
        found.append(dumping.compare(cases, max(1, count - loaded) if entry.load else count, number))
    tally = loading.tally + dumping.tally
    return Compared(
        name,
        tally["inputs"],
        tally["value"],
        tally["refused"],
        tally["raised"],
        tuple(one for one in found if one is not None),
        kinds=tuple(map(_kind, kinds.smallest(loading.ask))) if kinds else (),
        is_idiomatic=kinds is not None,
    )


def load_cases(strategies: Strategies, has_patch: bool) -> SearchStrategy[Any]:
    """Data to load or to validate, alone or as a list, with the options that a call can have."""
    data = {many: strategies.load_data(many) for many in (False, True)}

    @st.composite
    def cases(draw: DrawFn) -> dict[str, Any]:
        way = draw(st.sampled_from(("load", "load", "load", "validate")))
        many = draw(st.integers(0, 5)) == 5
        partial = has_patch and draw(st.booleans())
        unknown = draw(st.sampled_from((None, None, None, None, "forbid", "ignore", "allow")))
        unknown = unknown if way == "load" else None
        case = {"way": way, "many": many, "partial": partial, "unknown": unknown, "objects": False}
        return {**case, "input": draw(data[many])}

    return cases()


def dump_cases(strategies: Strategies) -> SearchStrategy[Any]:
    """Objects and dictionaries to dump, alone or as a list."""
    sources = {many: strategies.dump_sources(many) for many in (False, True)}

    @st.composite
    def cases(draw: DrawFn) -> dict[str, Any]:
        many, objects = draw(st.integers(0, 5)) == 5, draw(st.booleans())
        case = {"way": "dump", "many": many, "partial": False, "unknown": None, "objects": objects}
        return {**case, "input": draw(sources[many])}

    return cases()


def _kind(example: Example) -> Disagreement:
    text = written(example.case["input"], example.case["objects"])
    shown = map(_printable, (text, example.marshmallow, example.pydantic, example.place))
    return Disagreement(call_of(example.case), *shown)


def _shown(case: Case, verdict: Mapping[str, Any]) -> Disagreement:
    text = _printable(written(case["input"], case["objects"]))
    return Disagreement(call_of(case), text, verdict["marshmallow"], verdict["pydantic"])


def _printable(text: str) -> str:
    """The text, not too long, and without what no file can hold."""
    shortened = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return shortened.encode("utf-8", "backslashreplace").decode()


def written(value: Any, objects: bool) -> str:
    """An input as Python would write it, with its objects as such."""
    match value:
        case dict() if MEMBER in value:
            _, owner, name = value[MEMBER]
            return f"{owner}.{name}"
        case dict() if objects and ROW in value:
            inner = (f"{name}={written(one, objects)}" for name, one in value.items() if name != ROW)
            return f"object({', '.join(inner)})"
        case dict():
            inner = (f"{key!r}: {written(one, objects)}" for key, one in value.items() if key != ROW)
            return f"{{{', '.join(inner)}}}"
        case list():
            return f"[{', '.join(written(one, objects) for one in value)}]"
        case int() if not isinstance(value, bool) and abs(value) > 10**40:
            return f"an integer of {value.bit_length()} bits"
    return repr(value)
