"""webargs: `use_args` and `use_kwargs` of Flask's parser → dependencies that load what was sent, of `compat.arguments`.

    @use_args(user_args, location="json")      →      def create(body: Annotated[UserArgs, Depends(user_args)]):
    def create(args): ...                                 args = body.to_dict()

What is said here is how such a call is read; `app/decorators/request_arguments.py` writes the dependency.
"""

import ast
from collections.abc import Collection, Mapping
from dataclasses import replace

import libcst as cst

from codemods.extensions.basis.extension import ParsingCall, Refusing
from codemods.findings import Diagnostic, Finding, Location
from codemods.literals import as_literal
from codemods.model import Module, Project
from codemods.schemas.basis.unknown_keys import UNKNOWN
from codemods.schemas.fields.argument_parsers import (
    CLASS,
    METHODS,
    REGISTERING,
    ArgumentParser,
    UnreadError,
    argument_parser,
    own_locations,
    parsing,
)
from codemods.view.names import Names, canonical
from codemods.view.refusal import refuse
from codemods.view.rule import Rule, Translation, arguments, code, string
from codemods.view.rules.errors import NAMES as STATUSES
from codemods.view.source import Sources

PACKAGE = "webargs"

ARGUMENTS = Diagnostic(
    "FM781",
    "blocked",
    "arguments of webargs that are read in a way that has no counterpart",
    "Where they come from, what becomes of them or what checks them is not spelled out, or is webargs' own.",
    "Give use_args or use_kwargs a schema or a dictionary of fields, and constants for its options.",
)
PARSER_OF_ONE = Diagnostic(
    "FM782",
    "blocked",
    "webargs is told to parse, or to answer errors, in another way than by itself",
    "A parser with methods of its own, or with defaults or locations that are changed while the application runs, "
    "decides for every use of it.",
    "Set a parser's defaults in its class or where it is made, and give it functions for errors and locations at the "
    "top of a module.",
)
ARGUMENTS_VERSION = Diagnostic(
    "FM783",
    "blocked",
    "a version of webargs that is not known",
    "What is copied is the behaviour of version 8.",
    "Update the library to version 8 first.",
)

FACTORIES: Mapping[str, tuple[str, str]] = {
    "json": ("json_arguments", "body"), "json_or_form": ("json_or_form_arguments", "body"),
    "query": ("query_arguments", "query"), "querystring": ("query_arguments", "query"),
    "form": ("form_arguments", "form"), "headers": ("header_arguments", "headers"),
    "cookies": ("cookie_arguments", "cookies"), "files": ("file_arguments", "files"),
    "view_args": ("path_arguments", "path"), "path": ("path_arguments", "path"),
    "form_and_files": ("form_and_files_arguments", "form"),
}  # fmt: skip
"""By location: the function that makes the dependency, and what a parameter for its value is called."""

BY_ITSELF = ArgumentParser()
"""What a parser does of whom nothing is said."""

OPTIONS = (
    "argmap", "req", "location", "unknown", "as_kwargs", "arg_name", "error_status_code", "error_headers", "validate",
)  # fmt: skip
ABORT = f"{PACKAGE}.flaskparser.abort"
KNOWN = (
    f"{PACKAGE}.fields", f"{PACKAGE}.validate", f"{PACKAGE}.ValidationError", CLASS, ABORT,
    *(f"{PACKAGE}.flaskparser.{name}" for name in METHODS),
    *(f"{PACKAGE}.flaskparser.parser.{name}" for name in (*METHODS, "error_handler", REGISTERING)),
)  # fmt: skip
"""What of the library a project may use without changing how it works: what it makes of its class, too."""


def parsing_call(sources: Sources, names: Names, node: cst.BaseExpression, place: Location) -> ParsingCall | None:
    """What a decorator, or an expression, parses; None where it is not of webargs. Raises `Refused`."""
    if not isinstance(node, cst.Call):
        return None
    found = parsing(names.project, sources, names.qualified(node.func) or "")
    if found is None:
        return None
    try:
        parser = argument_parser(names.project, sources, found.parser)
    except UnreadError as error:
        raise refuse(PARSER_OF_ONE, error.location, f"'{error}'") from None
    return parsed_by(names, node, place, is_kwargs=found.method == "use_kwargs", parser=parser)


def parsed_by(
    names: Names,
    node: cst.Call,
    place: Location,
    *,
    is_kwargs: bool = False,
    told: Collection[str] = (),
    parser: ArgumentParser = BY_ITSELF,
) -> ParsingCall:
    """What a call with the arguments of `use_args` parses, beside those that are `told`; raises `Refused`."""
    node = node.with_changes(args=[one for one in node.args if one.keyword is None or one.keyword.value not in told])
    given = {one.keyword.value: one.value for one in node.args if one.keyword is not None and not one.star}
    positional = [one.value for one in node.args if one.keyword is None and not one.star]
    if len(given) + len(positional) != len(node.args) or not 0 < len(positional) <= 2 or given.keys() - set(OPTIONS):
        raise refuse(ARGUMENTS, place, f"'{code(node)}'")
    given |= dict(zip(OPTIONS, positional, strict=False))
    request = given.get("req")
    location = (string(given["location"]) or "") if "location" in given else parser.location
    flag = code(given["as_kwargs"]) if "as_kwargs" in given else "False"
    name = string(given["arg_name"]) if "arg_name" in given else ""
    is_request = request is None or code(request) == "None" or names.qualified(request) == "flask.request"
    is_known = location in BY_ITSELF.unknown or location in parser.readers
    if not is_request or not is_known or flag not in ("True", "False") or name is None:
        raise refuse(ARGUMENTS, place, f"'{code(node)}'")
    if location == "files" and _is_beside_apiflask(names.project):
        raise refuse(ARGUMENTS, place, f"'{code(node)}', where APIFlask has parsers take texts for files")
    unknown = _unknown(names, given.get("unknown"), place)
    if not unknown and (chosen := parser.unknown.get(location)) != BY_ITSELF.unknown.get(location):
        unknown = "None" if chosen is None else f'"{chosen}"'
    is_placed = location in ("querystring", "path") and location not in parser.readers
    options = [f'place="{location}"'] if is_placed else []
    options += _options(given, place)
    if (
        parser.status != BY_ITSELF.status
        and parser.handler is None
        and not any(one[:7] == "status=" for one in options)
    ):
        options.append(f"status={parser.status}")
    if "validate" in given and parser.message != BY_ITSELF.message:
        options.append(f"message={as_literal(parser.message)}")
    call = ParsingCall(given["argmap"], location, is_kwargs or flag == "True", name, unknown, tuple(options))
    checks = given.get("validate")
    refusing = Refusing(parser.handler, parser.status) if parser.handler is not None else None
    call = replace(call, prepare=parser.prepare, reader=parser.readers.get(location))
    return replace(call, refuse=refusing, validate=None if checks is None or code(checks) == "None" else checks)


def _is_beside_apiflask(project: Project) -> bool:
    """Whether APIFlask is imported: it registers another `files` with the locations that all parsers share."""
    imported = (one for module in project.modules.values() for one in module.imports.values())
    return any(one.partition(".")[0] == "apiflask" for one in imported)


def _unknown(names: Names, value: cst.BaseExpression | None, place: Location) -> str:
    if value is None or code(value) == "None":
        return "" if value is None else "None"
    qualified = names.qualified(value) or code(value).strip("'\"").upper()
    known = UNKNOWN.get(qualified.rpartition(".")[2])
    if known is None:
        raise refuse(ARGUMENTS, place, f"'unknown={code(value)}'")
    return f'"{known}"'


def _options(given: Mapping[str, cst.BaseExpression], place: Location) -> list[str]:
    found = []
    for name, option in (("error_status_code", "status"), ("error_headers", "headers")):
        text = code(given[name]) if name in given else "None"
        try:
            value = ast.literal_eval(text)
        except ValueError:
            raise refuse(ARGUMENTS, place, f"'{name}={text}'") from None
        if name == "error_status_code" and value and value not in STATUSES:
            raise refuse(ARGUMENTS, place, f"'{name}={text}'")
        if value:
            found.append(f"{option}={as_literal(value) if _is_plain(value) else text}")
    return found


def _is_plain(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for pair in value.items() for one in pair)


def abort(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`abort(422, errors=error.messages)`: an error with that as its `data`."""
    found = arguments(written)
    if found is None or len(found[0]) not in (1, 2):
        raise translation.refuse(ARGUMENTS, written, code(written))
    name = "arguments_error" if written in translation.raised else "abort"
    return call.with_changes(func=cst.Name(translation.need(".compat.arguments", name)))


def problem(project: Project, sources: Sources) -> Finding | None:
    """Why nothing that webargs parses can be parsed otherwise; None where it works as it does by itself."""
    version = project.application.versions.get(PACKAGE, "8")
    if version.partition(".")[0] != "8":
        return Finding(ARGUMENTS_VERSION, None, f"version {version}")
    try:
        own_locations(project, sources)
    except UnreadError as error:
        return Finding(PARSER_OF_ONE, error.location, f"'{error}'")
    for module in project.modules.values():
        if PACKAGE.encode() in sources.files.get(module.file, b""):
            for name, line in _used(project, sources, module):
                known = any(name == one or (name.startswith(f"{one}.") and one != CLASS) for one in KNOWN)
                if not known:
                    return Finding(PARSER_OF_ONE, Location(module.file, line), f"'{name}'")
    return None


def _used(project: Project, sources: Sources, module: Module) -> Collection[tuple[str, int]]:
    """The names of the library that a module uses, each as far as it is spelled out."""
    inner: set[ast.AST] = set()  # the parser's defaults with more in a dictionary of one's own are read with its class
    found = []
    for node in ast.walk(sources.tree(module.file)):
        if isinstance(node, ast.Dict):
            inner |= {value for key, value in zip(node.keys, node.values, strict=True) if key is None}
        if isinstance(node, ast.Attribute):
            inner.add(node.value)
        if isinstance(node, ast.Attribute | ast.Name) and node not in inner:
            root, dot, rest = ast.unparse(node).partition(".")
            name = canonical(project, module.imports.get(root, root) + dot + rest) if root.isidentifier() else ""
            if name.startswith(f"{PACKAGE}."):
                found.append((name, node.lineno))
    return found


RULE = Rule(calls={ABORT: abort}, diagnostics=(ARGUMENTS, PARSER_OF_ONE, ARGUMENTS_VERSION))
