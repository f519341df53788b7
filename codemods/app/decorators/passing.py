"""What decorators hand from one to the next, down to the view: variables of the rule, its defaults, loaded values.

Flask calls the outermost with the rule's variables as keywords. A decorator may take some, add some, or hand some on by
position; in the end every parameter of the view stands for one of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import libcst as cst

from codemods.view.imports import Need
from codemods.view.signature import Parameter, Signature


@dataclass(frozen=True, slots=True)
class Value:
    """One thing handed on: a variable of the rule, a constant as source text, or what a guard gives.

    A guard that gives several gives a tuple: `place` is that of this one among `places`.
    """

    parameter: Parameter
    place: int = 0
    places: int = 1

    @property
    def kind(self) -> str:
        """`path`, `constant`, `guard`, or `input` for what the endpoint loads itself."""
        return self.parameter.source[0]


def variable(name: str, annotation: str, needs: frozenset[Need] = frozenset()) -> Value:
    """A variable of the rule."""
    return Value(Parameter(name, annotation, None, ("path", name), needs))


def constant(name: str, text: str) -> Value:
    """A default of the rule."""
    return Value(Parameter(name, "Any", None, ("constant", text)))


def loaded(guard: str, expression: str, needs: frozenset[Need], count: int) -> tuple[Value, ...]:
    """What a guard gives, to be asked for by `Depends`."""
    annotation = f"Annotated[Any, Depends({expression})]"
    wanted = needs | {Need("typing", "Annotated"), Need("typing", "Any"), Need("fastapi", "Depends")}
    given = Parameter(f"{guard}_values", annotation, None, ("guard", expression), wanted)
    return tuple(Value(given, place, count) for place in range(count))


@dataclass(frozen=True, slots=True)
class Passed:
    """The arguments of a call on its way to the view."""

    positional: tuple[Value, ...] = ()
    keywords: Mapping[str, Value] = field(default_factory=dict)

    def with_input(self, name: str, place: int) -> "Passed":
        """With a part of the request that the endpoint loads, the one of that place among these."""
        loaded_here = Value(Parameter(name, "Any", None, ("input", str(place))))
        return replace(self, keywords={**self.keywords, name: loaded_here})

    def without(self, names: set[str]) -> "Passed":
        """Without these keywords."""
        return replace(self, keywords={name: one for name, one in self.keywords.items() if name not in names})

    def bind(self, params: cst.Parameters) -> tuple[dict[str, Value], "Passed"]:
        """What a function's parameters stand for (those with a value), and what remains for its `*args` and `**kwargs`.

        A value by position comes first, as in any call of Python's.
        """
        positional, keywords = list(self.positional), dict(self.keywords)
        bound: dict[str, Value] = {}
        for param in (*params.posonly_params, *params.params):
            name = param.name.value
            if positional:
                bound[name] = positional.pop(0)
            elif name in keywords and param not in params.posonly_params:
                bound[name] = keywords.pop(name)
        for param in params.kwonly_params:
            if param.name.value in keywords:
                bound[param.name.value] = keywords.pop(param.name.value)
        return bound, Passed(tuple(positional), keywords)


@dataclass(slots=True)
class Taking:
    """The values that a function takes, as parameters that FastAPI fills and statements at its start."""

    signature: Signature
    constants: list[str] = field(default_factory=list)
    parts: dict[Parameter, list[str]] = field(default_factory=dict)
    needs: set[Need] = field(default_factory=set)
    inputs: dict[int, str] = field(default_factory=dict)

    def take(self, name: str, value: Value) -> bool:
        """Have `name` stand for a value. False where the name already stands for something else."""
        parameter = value.parameter
        if value.kind == "constant":
            self.constants.append(f"{name} = {parameter.source[1]}\n")
            return True
        if value.kind == "input":
            self.inputs[int(parameter.source[1])] = name
            return True
        if value.places > 1:
            self.parts.setdefault(parameter, ["_"] * value.places)[value.place] = name
            return True
        wanted = parameter if value.kind == "path" else replace(parameter, name=name)
        known = self.signature.find(parameter.source)
        self.needs |= wanted.needs
        if known is None and not self.signature.ask(wanted):
            return False
        shown = known or wanted
        if shown.name != name:
            self.constants.append(f"{name} = {shown.name}\n")
        return True

    def statements(self) -> list[cst.BaseStatement]:
        """What the function starts with."""
        unpacked = []
        for parameter, names in self.parts.items():
            own = replace(parameter, name=self.signature.free_name(parameter.name, "guard"))
            self.signature.ask(own)
            self.needs |= own.needs
            unpacked.append(f"{', '.join(names)} = {own.name}\n")
        return [cst.parse_statement(one) for one in (*unpacked, *self.constants)]
