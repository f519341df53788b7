"""URL rules as text: their variables, and the order in which Werkzeug tries them."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from codemods.model import Variable

#: Werkzeug's `_part_re`: a slash, static text, or `<converter(arguments):variable>`
PART = re.compile(
    r"(?P<slash>/)|(?P<static>[^</]+)"
    r"|<(?:(?P<converter>[a-zA-Z_][a-zA-Z0-9_]*)(?:\((?P<arguments>.*?)\))?:)?(?P<variable>[a-zA-Z_][a-zA-Z0-9_]*)>"
)
#: Werkzeug's `_converter_args_re`: `name=value` or `value`, separated by commas
ARGUMENT = re.compile(
    r"\s*((?P<name>\w+)\s*=\s*)?"
    r"(?P<value>True|False|\d+\.\d+|\d+\.|\d+|[\w\d_.]+|[urUR]?(?P<quoted>\"[^\"]*?\"|'[^']*'))\s*,"
)
#: `weight` of Werkzeug's converters; smaller is tried first
WEIGHTS = {"int": 50, "float": 50, "path": 200}
#: converters that may span slashes (`part_isolating = False`)
SPANNING = frozenset({"path"})


class MalformedRuleError(ValueError):
    """A rule that Werkzeug would refuse."""


def converter_arguments(text: str) -> tuple[tuple[str, object], ...]:
    """`min=1, max=5` → `(("min", 1), ("max", 5))`; positional ones are named by their place: `("0", "a")`."""
    found: list[tuple[str, object]] = []
    for place, match in enumerate(ARGUMENT.finditer(text + ",")):
        name = match["name"] or str(place)
        found.append((name, _argument(match["value"])))
    return tuple(found)


def _argument(text: str) -> object:
    """A value as Werkzeug's `_pythonize` reads it: literals, quoted text, bare words as text."""
    if text in ("True", "False"):
        return text == "True"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    if text[:1] == text[-1:] and text[:1] in "\"'":
        return str(ast.literal_eval(text))
    return text


def variables(rule: str) -> tuple[Variable, ...]:
    """The variable parts of a rule. Raises MalformedRuleError."""
    found = []
    for match in parts(rule):
        if match["variable"]:
            arguments = converter_arguments(match["arguments"] or "")
            found.append(Variable(match["variable"], match["converter"] or "default", arguments))
    return tuple(found)


def parts(rule: str) -> Iterator[re.Match[str]]:
    """The pieces of a rule. Raises MalformedRuleError."""
    place = 0
    while place < len(rule):
        match = PART.match(rule, place)
        if match is None:
            raise MalformedRuleError(rule)
        yield match
        place = match.end()


Weight = tuple[int, tuple[tuple[int, int], ...], int, tuple[int, ...]]


@dataclass(slots=True)
class Step:
    """One part of a rule between slashes: static text, or a pattern with Werkzeug's weight."""

    content: str
    static: bool
    weight: Weight


@dataclass(slots=True)
class State:
    """A node of the tree in which Werkzeug looks for a rule."""

    rules: list[int] = field(default_factory=list)
    static: dict[str, "State"] = field(default_factory=dict)
    dynamic: list[tuple[Step, "State"]] = field(default_factory=list)


def steps(rule: str) -> list[Step]:
    """The parts as `werkzeug.routing.rules.Rule._parse_rule` makes them. Raises MalformedRuleError."""
    found: list[Step] = []
    content, static, final = "", True, False
    static_weights: list[tuple[int, int]] = []
    argument_weights: list[int] = []
    for match in parts(rule):
        if match["static"]:
            static_weights.append((len(static_weights), -len(match["static"])))
            content += match["static"]
        elif match["variable"]:
            converter = match["converter"] or "default"
            static = False
            final = final or converter in SPANNING
            argument_weights.append(WEIGHTS.get(converter, 100))
            content += _pattern(converter, match["arguments"] or "")
        elif final:
            content += "/"
        else:
            found.append(_step(content, static, static_weights, argument_weights))
            content, static, static_weights, argument_weights = "", True, [], []
    suffixed = final and content.endswith("/")
    found.append(_step(content, static, static_weights, argument_weights))
    return [*found, _step("", True, (), ())] if suffixed else found


def _pattern(converter: str, arguments: str) -> str:
    """What tells two converters' patterns apart: an `int`'s or `float`'s bounds are no part of its pattern."""
    if converter in ("int", "float"):
        arguments = str([pair for pair in converter_arguments(arguments) if pair[0] == "signed"])
    return f"<{'string' if converter == 'default' else converter}({arguments})>"


def _step(content: str, static: bool, statics: Sequence[tuple[int, int]], arguments: Sequence[int]) -> Step:
    return Step(content, static, (-len(statics), tuple(statics), -len(arguments), tuple(arguments)))


def ranks(rules: Sequence[str]) -> list[int]:
    """The place of each rule in the order in which Werkzeug tries them (host parts are left out)."""
    root = State()
    for number, rule in enumerate(rules):
        state = root
        try:
            path = steps(rule)
        except MalformedRuleError:
            path = [Step(rule, True, (0, (), 0, ()))]
        for step in path:
            state = _next(state, step)
        state.rules.append(number)
    order = list(_walk(root))
    places = {number: place for place, number in enumerate(order)}
    return [places[number] for number in range(len(rules))]


def _next(state: State, step: Step) -> State:
    if step.static:
        return state.static.setdefault(step.content, State())
    for known, following in state.dynamic:
        if known == step:
            return following
    following = State()
    state.dynamic.append((step, following))
    return following


def _walk(state: State) -> Iterator[int]:
    yield from state.rules
    for following in state.static.values():
        yield from _walk(following)
    for _, following in sorted(state.dynamic, key=lambda entry: entry[0].weight):
        yield from _walk(following)
