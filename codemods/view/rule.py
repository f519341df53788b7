"""The shape of an expression rule: one idiom of Flask, what it becomes, one file in `rules/`.

A rule never edits a signature or an import; it *asks* the `Translation` for parameters and names and returns the
expression that stands where the idiom stood, or raises `Refused`.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, Protocol

import libcst as cst

from codemods.findings import Diagnostic

from .body_reads import BodyReads
from .imports import Need
from .names import Names
from .refusal import Refused
from .signature import Parameter, Signature

Role = Literal[
    "view",
    "helper",
    "guard",
    "preprocess",
    "before",
    "after",
    "teardown",
    "processor",
    "handler",
    "defaults",
    "value",
    "reader",
    "receiver",
]
"""What a function is to the application."""


class Translation(Protocol):
    """What a rule may ask of the translation that is under way.

    `role` is what the function is to the application; `any_url` tells that it also runs for URLs that no route takes.
    """

    names: Names
    signature: Signature
    reads: BodyReads
    role: Role
    any_url: bool
    blueprint: str
    endpoint: str | None
    adopted: frozenset[str]
    needs: set[Need]
    raised: set[cst.CSTNode]
    """What statements raise: exceptions, and calls of `abort` that are made into such statements."""

    @property
    def catches_errors(self) -> bool:
        """Whether the project catches HTTP errors by their classes, which must then be raised."""

    @property
    def beside_flask(self) -> bool:
        """Whether code of the Flask application's own modules may run below this."""

    def need(self, module: str, name: str, replaced: str = "") -> str:
        """Import `name` from `module` (a leading dot: of the target package); the local name to use.

        `replaced` is the qualified name of what it stands for wherever the old code names that.
        """

    def ask(self, parameter: Parameter) -> cst.Name:
        """A parameter of the function, as an expression."""

    def request(self) -> cst.Name:
        """FastAPI's request, as an expression."""

    def schema_of_query(self, node: cst.CSTNode) -> tuple[str, frozenset[str], frozenset[Need]] | None:
        """The class that loads the query which is taken here as a whole, its keys and its imports; None for any other
        read."""

    def body(self) -> cst.BaseExpression:
        """The request's body in whatever form it comes, as an expression (`compat.body`)."""

    def needs_application(self, node: cst.CSTNode, reason: str = "") -> None:
        """This code runs only where a Flask application is: the route is bridged, because of `node`."""

    def ends_early(self) -> bool:
        """Whether something that a view has open is closed before its answer is sent."""

    def login_manager(self, node: cst.BaseExpression) -> cst.Name:
        """The object that knows who is logged in, as an expression; raises `Refused`."""

    def parser(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """A request parser of Flask-RESTful's, as written, which OpenAPI tells of; raises `Refused`."""

    def shown_fields(self, node: cst.BaseExpression) -> tuple[cst.Name, bool] | None:
        """The class for a dictionary of Flask-RESTful's fields, as written, and whether it needs the request to write
        them; None for what has no name in a module, or is made of the function's own variables. Raises `Refused`."""

    def endpoint_of(self, node: cst.BaseExpression) -> str | None:
        """The endpoint that a function or class answers, as written; None where there is none, or more than one."""

    def setting(self, key: str) -> str | None:
        """Why a setting of the application cannot be read without Flask; None where it can."""

    def renders(self, node: cst.CSTNode, templates: Sequence[str | None], source: str | None = None) -> bool:
        """This code renders one of these templates (None: a computed name), or one from a string.

        True where the target's own environment does; else the Flask application's does, and this code runs beside it.
        Raises `Refused` where templates call what needs Flask's request.
        """

    def is_sent_later(self, node: cst.Call) -> bool:
        """Whether a call runs when the answer is sent, where Flask has no context any more."""

    def text(self, node: cst.BaseExpression) -> str | None:
        """The text of a literal, or of a constant of the project; None where it is computed."""

    def refuse(self, diagnostic: Diagnostic, node: cst.CSTNode, detail: str) -> Refused:
        """The exception for something here that cannot be converted."""

    def kind(self, node: cst.BaseExpression) -> str:
        """What is known of an original expression's value: `json`, `text`, `bytes`, `response`, `headers` (those of a
        response), `tuple`, `none` or `unknown`."""


CallRule = Callable[[Translation, cst.Call, cst.Call], cst.BaseExpression]
"""(translation, call as written, call with translated arguments) → replacement."""
NodeRule = Callable[[Translation, cst.BaseExpression], cst.BaseExpression]
MembershipRule = Callable[[Translation, str], cst.BaseExpression | None]
"""(translation, key) → what is None where the key is missing; None where there is no such thing."""
LookupRule = Callable[[Translation, cst.BaseExpression, cst.BaseExpression], cst.BaseExpression | None]
"""(translation, the container, the key) → what stands for the container; None where it stays."""
MemberRule = Callable[[Translation, cst.Attribute], cst.BaseExpression | None]
SubscriptRule = Callable[[Translation, cst.Subscript, cst.Subscript], cst.BaseExpression]
NAMESAKES = frozenset(
    {
        "flask.abort", "apiflask.abort", "flask_smorest.abort", "webargs.flaskparser.abort", "flask_restful.abort",
        "flask_restful.marshal", "flask_restx.abort", "flask_restx.marshal", "json.dumps",
        "marshmallow.experimental.context.Context",
    }
)  # fmt: skip
"""What names of helpers stand for in the old code, which no converted code refers to."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The idioms that one file converts, by qualified name.

    `calls` for `NAME(...)`, `attributes` for a bare NAME that is read, `subscripts` for `NAME[...]`; `containers` for
    what a bare NAME becomes where only membership is tested, `lookups` where it is that of one kind of key, told the
    key, `memberships` for that of a key that is spelled out and becomes a parameter, `iterations` for where it is
    looped over or only its truth counts;
    `kinds` tell what a converted call's value is (see `Translation.kind`); `proxies` are names that are objects of
    Werkzeug's and become what is behind them: `is None` never holds of them, so that identity is refused. `members`
    are for `NAME.attribute`, read or written, whatever the attribute is; None leaves it to the application.
    `made` are those of the `calls` that are methods of what the project keeps in its variables; `naming` those of which
    an argument, by place and keyword, only names something.
    `is_native` keeps a rule from code that runs beside Flask, which has what the names stand for.
    """

    calls: Mapping[str, CallRule] = field(default_factory=dict)
    attributes: Mapping[str, NodeRule] = field(default_factory=dict)
    subscripts: Mapping[str, SubscriptRule] = field(default_factory=dict)
    containers: Mapping[str, NodeRule] = field(default_factory=dict)
    lookups: Mapping[str, LookupRule] = field(default_factory=dict)
    iterations: Mapping[str, NodeRule] = field(default_factory=dict)
    memberships: Mapping[str, MembershipRule] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    proxies: frozenset[str] = frozenset()
    members: Mapping[str, MemberRule] = field(default_factory=dict)
    is_native: bool = False
    made: frozenset[str] = frozenset()
    naming: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def arguments(call: cst.Call) -> tuple[list[cst.BaseExpression], dict[str, cst.BaseExpression]] | None:
    """Positional and keyword arguments of a call; None where it spreads any."""
    if any(one.star for one in call.args):
        return None
    positional = [one.value for one in call.args if one.keyword is None]
    return positional, {one.keyword.value: one.value for one in call.args if one.keyword is not None}


def bind(call: cst.Call, *names: str) -> dict[str, cst.BaseExpression] | None:
    """Arguments by parameter name; None where the call spreads any or has others."""
    found = arguments(call)
    if found is None or len(found[0]) > len(names):
        return None
    bound = dict(zip(names, found[0], strict=False))
    if found[1].keys() - set(names) or found[1].keys() & bound.keys():
        return None
    return {**bound, **found[1]}


def string(node: cst.BaseExpression | None) -> str | None:
    """The text of a string literal."""
    value = _evaluated(node.value) if isinstance(node, cst.SimpleString) else None
    return value if isinstance(value, str) else None


def number(node: cst.Integer) -> int:
    """The number that a literal stands for."""
    return int(node.value, 0)


@lru_cache(maxsize=1024)
def _evaluated(literal: str) -> object:
    return ast.literal_eval(literal)


WORDS = frozenset({cst.Float, cst.Integer, cst.Name, cst.SimpleString})
"""The classes of the expressions that are their text, where no parentheses stand around them."""


def code(node: cst.CSTNode) -> str:
    """A node as source text."""
    if type(node) in WORDS and not getattr(node, "lpar", ()):
        return str(getattr(node, "value", ""))
    return cst.Module(body=[]).code_for_node(node)


def expression(template: str, **parts: cst.BaseExpression) -> cst.BaseExpression:
    """An expression from source text in which `{name}` stands for a node."""
    texts = {name: code(node) for name, node in parts.items()}
    return cst.parse_expression(template.format(**texts))


def chain(text: str) -> cst.BaseExpression:
    """A name, or a chain of attributes, from source text."""
    first, *rest = text.split(".")
    found: cst.BaseExpression = cst.Name(first)
    for name in rest:
        found = cst.Attribute(found, cst.Name(name))
    return found


TIGHT = cst.AssignEqual(whitespace_before=cst.SimpleWhitespace(""), whitespace_after=cst.SimpleWhitespace(""))
"""The sign of a keyword argument, without blanks."""
