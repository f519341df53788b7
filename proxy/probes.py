"""Requests drawn from the rules of a table and from around them, to see who takes them.

Around a rule are values of other converters, other encodings, slashes and dots too many, other letters and cases, parts
of other rules, and other methods: what two readers of a request may read in two ways.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from .match import PIECE
from .model import ANY_METHOD, RouteTable, Rule, Variable

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
UNUSUAL_METHODS = ("BREW", "TRACE", "PROPFIND", "QUERY")
VALUES = (
    "0", "7", "-7", "007", "+7", "1e3", "99999999999999999999", "1.5", "-1.5", "1.", ".5", "٥", "７",
    "a", "A", "ab", "abc", "me", "new", "a b", "a-b", "a.b", "x.json", "a;b=c", "a,b", "a+b", "a@b", "a:b", "a*b", "~a",
    "'", '"', "`", "\\", "|", "^", "{a}", "<a>", "[a]", "$1", "%", "%41", "%2F", "#", "?", "&", "=", "!", "(a)",
    "é", "e\u0301", "ß", "İ", "日本", "\U0001f600", "\u202e", "\x00", "\n", "\r\n", "\t", "\x7f", "\xa0",
    "00000000-0000-4000-8000-00000000000A", "00000000-0000-4000-8000-00000000000g", "a" * 300,
    "..", ".", "...", "..;", "a..", ".a", "",
)  # fmt: skip
"""What may stand where a rule has a variable, or a literal."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A request without a body: its method, its host and the target as it is sent."""

    method: str
    host: str
    target: str

    def __str__(self) -> str:
        """As one would say it."""
        return f"{self.method} {self.host}{self.target}"


def draw(table: RouteTable, count: int, seed: int = 0) -> Iterator[Probe]:
    """As many requests, the same ones for the same table and seed; each rule is drawn from in its turn."""
    chance = random.Random(f"{seed}")
    rules = list(table.rules) or [Rule("GET", "/", "none")]
    for number in range(count):
        if number % len(rules) == 0:
            chance.shuffle(rules)
        rule = rules[number % len(rules)]
        path = encoded(chance, [value(chance, part, rule, rules) for part in PIECE.finditer(rule.rule)])
        while chance.random() < 0.35:
            path = chance.choice(CHANGES)(chance, path)
        query = chance.choice(("", "", "", "?a=/b", "?//", "?a=%2F..%2F"))
        yield Probe(method(chance, rule), host(chance, rule, rules), path + query)


def value(chance: random.Random, piece: re.Match[str], rule: Rule, rules: list[Rule]) -> str:
    """What stands in a path for a part of a rule."""
    text, name = piece[0], piece["variable"]
    if text == "/" or (name is None and chance.random() < 0.95):
        return text
    if name is None or chance.random() < 0.25:
        return chance.choice((*VALUES, *chance.choice(rules).rule.split("/")))
    if chance.random() < 0.05:
        return ""
    variable = next((one for one in rule.variables if one.name == name), Variable(name))
    return fitting(chance, variable)


def fitting(chance: random.Random, variable: Variable) -> str:
    """A value that a variable takes, or nearly does."""
    arguments = dict(variable.arguments)
    match variable.converter:
        case "int":
            return f"{'-' if chance.random() < 0.1 else ''}{chance.randint(0, 10 ** chance.randint(0, 12))}"
        case "float":
            return f"{'-' if chance.random() < 0.1 else ''}{chance.randint(0, 99)}.{chance.randint(0, 99)}"
        case "uuid":
            digits = f"{chance.getrandbits(128):032x}"
            return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        case "any":
            return str(chance.choice([*arguments.values(), "other"]))
        case "path":
            return "/".join(
                chance.choice(("a", "b.txt", "meta", "..x", "0", "A", "é")) for _ in range(chance.randint(1, 4))
            )
    length = arguments.get("length", arguments.get("maxlength", arguments.get("minlength")))
    if isinstance(length, int):
        return "abcdefgh"[: length + chance.choice((-1, 0, 0, 0, 1))]
    return chance.choice(("a", "bob", "x.y", "a-b", "5", "A b", "ü", "me"))


def encoded(chance: random.Random, parts: list[str]) -> str:
    """A path as a client sends it: mostly what must be is encoded, now and then more or less."""
    text = "".join(parts)
    if chance.random() < 0.05:
        return "".join(
            character if " " < character < "\x7f" and character not in "?#" else quote(character, safe="")
            for character in text
        )
    path = "/".join(quote(segment, safe="!$&'()*+,;=:@~") for segment in text.split("/"))
    if chance.random() < 0.1 and len(path) > 1:
        position = chance.randrange(1, len(path))
        if "%" not in path[max(0, position - 2) : position + 1]:
            path = f"{path[:position]}%{ord(path[position]):02{chance.choice('xX')}}{path[position + 1 :]}"
    return path


def method(chance: random.Random, rule: Rule) -> str:
    """The rule's own method, or another."""
    if chance.random() < 0.6 and rule.method != ANY_METHOD:
        return rule.method
    return chance.choice(METHODS if chance.random() < 0.9 else UNUSUAL_METHODS)


def host(chance: random.Random, rule: Rule, rules: list[Rule]) -> str:
    """The rule's own host, or another."""
    named = sorted({one.host for one in rules if one.host and "<" not in one.host})
    if rule.host in named and chance.random() < 0.7:
        return str(rule.host)
    others = [*named, *(one.upper() for one in named), *(f"{one}:81" for one in named), *(f"x.{one}" for one in named)]
    return chance.choice(others) if others and chance.random() < 0.5 else "localhost"


def at_a_slash(text: str) -> Callable[[random.Random, str], str]:
    """A change that puts something at one of a path's slashes."""

    def change(chance: random.Random, path: str) -> str:
        first = 0 if text.startswith("/") else 1
        places = [place for place, character in enumerate(path) if character == "/" and place >= first]
        position = chance.choice(places or [len(path)])
        return path[:position] + text + path[position + 1 :]

    return change


def swap_case(chance: random.Random, path: str) -> str:
    """A letter of the other case, or all of them."""
    if chance.random() < 0.3:
        return path.swapcase() if "%" not in path else path
    position = chance.randrange(len(path))
    return path[:position] + path[position].swapcase() + path[position + 1 :]


CHANGES: tuple[Callable[[random.Random, str], str], ...] = (
    lambda chance, path: path + "/",
    lambda chance, path: path.rstrip("/") or "/",
    lambda chance, path: path[: path.rfind("/") + 1],
    lambda chance, path: path + chance.choice(("x", "%20", ".", "%2e", ";", ";x=1", "%00", "%0A", "*", "%3F")),
    at_a_slash("//"),
    at_a_slash("/./"),
    at_a_slash("/../"),
    at_a_slash("/x/../"),
    at_a_slash("/%2e%2e/"),
    at_a_slash("/x/%2E./"),
    at_a_slash("%2F"),
    at_a_slash("/%2f"),
    at_a_slash("/;/"),
    at_a_slash("%5C"),
    swap_case,
)
"""What is done to a path now and then."""
