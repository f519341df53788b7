r"""Werkzeug's way of matching in terms that any engine has: parts of a path, anchored regular expressions, an order.

A rule is cut at its slashes. A part is a literal or a regular expression; from a converter that takes slashes on, the
rest is one part. Rules whose parts differ in nothing but literals have the same *shape*: one expression finds the
shape of a path and the literals in it, one look-up in a table the rule. Shapes are tried in Werkzeug's order.

The expressions match bytes and are only right for paths of plain ASCII without dot segments or encoded slashes:
Werkzeug's `\d` takes every Unicode digit and it counts characters. An engine leaves other paths to Flask.
"""

import re
from dataclasses import dataclass

from .model import Rule, Variable

# As Werkzeug's `werkzeug.routing.rules._part_re`.
PIECE = re.compile(
    r"(?P<slash>/)|(?P<literal>[^</]+)"
    r"|<(?:[a-zA-Z_]\w*(?:\(.*?\))?:)?(?P<variable>[a-zA-Z_]\w*)>",
    re.ASCII,
)

SEGMENT = "[^/]+"
SLASH = ""
"""The last part of a rule that ends with a slash."""

LONGEST_REPEAT = 1000
"""How often an expression may repeat something in RE2 and in Go (`regexp/syntax`): a longer text is Flask's."""

Weight = tuple[int, tuple[tuple[int, int], ...], int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Converter:
    """What a converter's values look like, its weight among others, and whether that is all it checks."""

    regex: str
    weight: int = 100
    takes_slashes: bool = False
    is_exact: bool = True


UNKNOWN = Converter(".*?", -1_000_000, takes_slashes=True, is_exact=False)
"""A converter of the application's own: it may match anything, and come before any other."""


@dataclass(frozen=True, slots=True)
class Part:
    """What stands between two slashes of a rule: `literal`, or a regular expression and Werkzeug's weight of it."""

    literal: str | None = None
    regex: str = ""
    weight: Weight = (0, (), 0, ())
    takes_slashes: bool = False

    def matches(self, text: str) -> bool:
        """Whether the part takes this text."""
        return text == self.literal if self.literal is not None else re.fullmatch(self.regex, text) is not None

    @property
    def order(self) -> tuple[int, Weight, bool]:
        """Literals first, then by weight, as the states of Werkzeug's matcher have it; any text after some text."""
        return (0 if self.literal is not None else 1, self.weight, self.regex == SEGMENT)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rule's parts; `is_exact` when a path that they match is one that Werkzeug gives to the rule."""

    parts: tuple[Part, ...]
    is_exact: bool

    @property
    def regex(self) -> str:
        """An anchored expression for exactly this pattern, without captures."""
        return (
            "^"
            + "".join(f"/{part.regex if part.literal is None else quote(part.literal)}" for part in self.parts)
            + "$"
        )


def quote(text: str) -> str:
    """A literal in a regular expression; what an engine or its configuration gives a meaning is a number in it.

    What is beyond ASCII stays as it is: no path with it is matched.
    """
    return "".join(
        character if not character.isascii() or character.isalnum() or character in "_/~=@:-" else number(character)
        for character in text
    )


def number(character: str) -> str:
    """A character of ASCII by its number, but for the most frequent one."""
    return r"\." if character == "." else f"\\x{ord(character):02x}"


def pattern(rule: Rule) -> Pattern:
    """The pattern of a rule. Raises ValueError on text that is no rule."""
    variables = {variable.name: variable for variable in rule.variables}
    builder = Builder(variables)
    # Werkzeug merges slashes of rules where it merges those of requests, which is its default.
    text = re.sub("/{2,}", "/", rule.rule)
    position = 1
    while position < len(text):
        piece = PIECE.match(text, position)
        if piece is None:
            raise ValueError(f"{rule.key}: {text[position:]!r} is not a part of a rule")
        builder.add(piece)
        position = piece.end()
    parts = builder.finish()
    is_ascii = all((part.literal or part.regex).isascii() for part in parts)
    is_decidable = rule.method not in ("OPTIONS", "HEAD", "*") and "<" not in (rule.host or "")
    return Pattern(parts, builder.is_exact and is_ascii and is_decidable and not rule.always_legacy)


class Builder:
    """Collects the parts of a rule, as Werkzeug's `Rule._parse_rule` does."""

    def __init__(self, variables: dict[str, Variable]) -> None:
        self.is_exact = True
        self._variables = variables
        self._parts: list[Part] = []
        self._start()

    def _start(self) -> None:
        self._literal = ""
        self._regex = ""
        self._literal_weights: list[tuple[int, int]] = []
        self._variable_weights: list[int] = []
        self._takes_slashes = False

    def add(self, piece: re.Match[str]) -> None:
        """Add a slash, a literal or a variable."""
        if piece["slash"] and self._takes_slashes:
            self._regex += "/"
        elif piece["slash"]:
            self._end_part()
        elif piece["literal"]:
            self._literal += piece["literal"]
            self._regex += quote(piece["literal"])
            self._literal_weights.append((len(self._literal_weights), -len(piece["literal"])))
        else:
            found = converter(self._variables.get(piece["variable"], Variable(piece["variable"])))
            self.is_exact = self.is_exact and found.is_exact
            self._regex += found.regex
            self._variable_weights.append(found.weight)
            self._takes_slashes = self._takes_slashes or found.takes_slashes

    def finish(self) -> tuple[Part, ...]:
        """All parts."""
        ends_with_slash = self._takes_slashes and self._regex.endswith("/")
        if ends_with_slash:
            self._regex = self._regex[:-1]
        self._end_part()
        if ends_with_slash:
            self._end_part()
        return tuple(self._parts)

    def _end_part(self) -> None:
        if self._variable_weights:
            is_unknown = UNKNOWN.weight in self._variable_weights
            weight = (
                UNKNOWN.weight if is_unknown else -len(self._literal_weights),
                tuple(self._literal_weights),
                -len(self._variable_weights),
                tuple(self._variable_weights),
            )
            self._parts.append(Part(None, self._regex, weight, self._takes_slashes))
        else:
            self._parts.append(Part(self._literal))
        self._start()


def converter(variable: Variable) -> Converter:
    """What the values of a variable look like. Of a converter that Werkzeug does not have, anything can be expected."""
    arguments = dict(variable.arguments)
    if not variable.is_builtin:
        return UNKNOWN
    match variable.converter:
        case "default" | "string":
            return string_converter(arguments)
        case "path":
            return Converter("[^/].*?", 200, takes_slashes=True)
        case "any":
            items = [str(value) for name, value in variable.arguments]
            return Converter(f"(?:{'|'.join(quote(item) for item in items)})", is_exact=bool(items))
        case "int":
            return number_converter(arguments, "[0-9]+")
        case "float":
            return number_converter(arguments, r"[0-9]+\.[0-9]+")
        case "uuid":
            hexadecimal = "[A-Fa-f0-9]"
            groups = (f"{hexadecimal}{{{count}}}" for count in (8, 4, 4, 4, 12))
            return Converter("-".join(groups))
    return UNKNOWN


def string_converter(arguments: dict[str, object]) -> Converter:
    """Text without slashes, of some length."""
    if any(isinstance(length, int) and length > LONGEST_REPEAT for length in arguments.values()):
        return Converter(SEGMENT, is_exact=False)
    match arguments:
        case {} if not arguments:
            return Converter(SEGMENT)
        case {"length": int(length)}:
            return Converter(f"[^/]{{{length}}}")
        case {"minlength": int(least), "maxlength": int(most)}:
            return Converter(f"[^/]{{{least},{most}}}")
        case {"minlength": int(least)}:
            return Converter(f"[^/]{{{least},}}")
        case {"maxlength": int(most)}:
            return Converter(f"[^/]{{1,{most}}}")
    return Converter(SEGMENT, is_exact=False)


def number_converter(arguments: dict[str, object], regex: str) -> Converter:
    """A number. Its bounds are checked by Werkzeug after the match, and a number beyond them is Flask's to refuse."""
    sign = "-?" if arguments.get("signed") is True else ""
    return Converter(sign + regex, 50, is_exact=not arguments.keys() - {"signed"})
