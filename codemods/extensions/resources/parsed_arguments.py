"""Request parsers of Flask-RESTful and Flask-RESTX in the target, and where views parse with them.

parser.parse_args(strict=True)    →    parser.parse_args(request, body, strict=True)
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import libcst as cst

from codemods.extensions.basis.settings import constant_setting
from codemods.model import Module, Project
from codemods.view.imports import Need
from codemods.view.refusal import refuse
from codemods.view.rule import Rule, Translation, bind, code
from codemods.view.source import Piece, Sources

from .request_parsers import HELPERS, PARSER_UNREADABLE, PARSES, Parsers

BUNDLE = "BUNDLE_ERRORS"


@dataclass(frozen=True, slots=True)
class ParserText:
    """The statement that makes a parser of the target.

    `needs` is what it takes from the helpers, `taken` are the names that it takes from its module, `files` those under
    which uploaded files are found among what is parsed, with the kind of each.
    """

    text: str
    needs: frozenset[Need]
    taken: frozenset[str]
    files: Mapping[str, str] = field(default_factory=dict)


def bundles(project: Project, sources: Sources) -> bool:
    """Whether a setting bundles the errors of every parser; raises `Refused` where its value is not known."""
    if BUNDLE not in project.application.config:
        return False
    value = constant_setting(sources, BUNDLE)
    if value is None:
        raise refuse(PARSER_UNREADABLE, None, f"the setting {BUNDLE}")
    return bool(ast.literal_eval(value))


def parser_text(
    project: Project, sources: Sources, module: Module, name: str, inner: Sequence[ast.stmt] = ()
) -> ParserText:
    """The statement that makes a parser of the target; raises `Refused`.

    `inner` are statements of a function that make it.
    """
    reading = Parsers(project, sources, module)
    if inner:
        reading.follow(one for one in sources.tree(module.file).body if not isinstance(one, Piece))
    parser = reading.read(ast.Module(list(inner), []) if inner else sources.tree(module.file), name)
    lines = "".join(f"        {ast.unparse(one)},\n" for one in parser.arguments)
    last = "    bundle_errors=True,\n" if parser.bundle_errors or bundles(project, sources) else ""
    helper = HELPERS[parser.library]
    named = [
        node
        for argument in parser.arguments
        for node in ast.walk(argument)
        if isinstance(node, ast.Name) and node is not argument.func
    ]
    needs = {Need(reading.inputs[one], one.id) for one in named if one in reading.inputs}
    needs |= {Need(helper, "RequestParser"), *([Need(helper, "Argument")] if parser.arguments else [])}
    taken = frozenset(one.id for one in named if one not in reading.inputs)
    if clash := sorted(taken & {one.name for one in needs}):
        raise refuse(PARSER_UNREADABLE, None, f"the name '{clash[0]}' in '{module.name}.{name}'")
    text = f"{name} = RequestParser(\n    [\n{lines}    ],\n{last})\n"
    return ParserText(text, frozenset(needs), taken, reading.files_of(parser))


def files_of(
    project: Project, sources: Sources, module: Module, name: str, inner: Sequence[ast.stmt] = ()
) -> Mapping[str, str]:
    """The names under which a parser finds uploaded files, with the kind of each; raises `Refused`."""
    return parser_text(project, sources, module, name, inner).files


def parse_args(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`parser.parse_args()` → `parser.parse_args(request, body)`."""
    bound = bind(written, "req", "strict", "http_error_code")
    req = bound.get("req") if bound is not None else None
    if bound is None or (req is not None and translation.names.qualified(req) != "flask.request"):
        raise translation.refuse(PARSER_UNREADABLE, written, code(written))
    func = cst.ensure_type(written.func, cst.Attribute)
    parser = translation.parser(func.value)
    handed = [cst.Arg(translation.request()), cst.Arg(translation.body())]
    words = [one for one in call.args if one.keyword is not None and one.keyword.value != "req"]
    if len(words) + (req is not None) != len(call.args):
        raise translation.refuse(PARSER_UNREADABLE, written, code(written))
    return cst.Call(cst.Attribute(parser, cst.Name("parse_args")), [*handed, *words])


RULE = Rule(
    calls=dict.fromkeys(PARSES, parse_args),
    made=PARSES,
    kinds=dict.fromkeys(PARSES, "json"),
    naming=dict.fromkeys(PARSES, (0, "req")),
    diagnostics=(PARSER_UNREADABLE,),
)
