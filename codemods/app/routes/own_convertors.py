"""An application's own URL converters as Starlette's convertors.

class ListConverter(BaseConverter):               class ListConverter(Convertor[Any]):
    def to_python(self, value):           →           regex = "[^/]+"
        return value.split("+")
                                                      def convert(self, value: str) -> Any:
                                                          return value.split("+")
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import libcst as cst

from codemods.app.decorators.arguments import Placed
from codemods.carry import Carrier, FileReferences
from codemods.findings import Location
from codemods.literals import as_literal
from codemods.model import Module, Rule, Variable
from codemods.view import patterns as m
from codemods.view.imports import Need
from codemods.view.names import Names, split
from codemods.view.refusal import Refused, refuse
from codemods.view.rule import code, string
from codemods.view.search import findall
from codemods.view.signature import Signature
from codemods.view.translator import Translator
from codemods.view.visiting import Visitor

from .paths import CONVERTORS, RULE_FEATURE, Registration, convertor_name

HOME = ".converters"
KINDS = {"Base": "str", "Unicode": "str", "Path": "str", "Integer": "int", "Float": "float", "UUID": "UUID"}
BASES = {
    f"{home}.{name}Converter": kind
    for home in ("werkzeug.routing", "werkzeug.routing.converters")
    for name, kind in KINDS.items()
}
"""Werkzeug's converters that others are made of, with what they make of a text."""
VALIDATION = frozenset({"werkzeug.routing.ValidationError", "werkzeug.routing.converters.ValidationError"})
CONSTANTS = ("weight", "part_isolating")
"""Attributes that count for Werkzeug's order and its look at slashes, which are known by now."""

METHODS = {
    "to_python": ("convert", "str", "Any"),
    "to_url": ("to_string", "Any", "str"),
}
NUMBER_LIMITS = {"fixed_digits": "fixed_digits", "min": "minimum", "max": "maximum"}
"""The arguments of Werkzeug's converters of numbers, as `compat.convertors` calls them."""
OTHERS_GROUPS = re.compile(r"\(\?(?![:=!])|\\[1-9]|\(\?<")
"""What of a pattern would mean something else among the groups of a whole path."""


def own_convertors(carrier: Carrier, rules: Sequence[Rule], location: Location | None) -> tuple["OwnConvertor", ...]:
    """The convertors for the variables of rules that have a converter of the application's own; raises `Refused`."""
    own = {one: None for rule in rules for one in rule.variables if one.converter_class}
    return tuple(_Class(carrier, one, location).converted() for one in own)


@dataclass(frozen=True, slots=True)
class OwnConvertor:
    """A convertor's class, and the statement that registers an instance of it."""

    placed: Placed
    registration: Registration


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a converter has of the one that it is made of: how that reads and writes a value, as expressions of it.

    `kind` is what it makes of a text.
    """

    kind: str
    reading: str
    writing: str
    needs: frozenset[Need]


class _Class:
    """The class of one variable's converter."""

    def __init__(self, carrier: Carrier, variable: Variable, location: Location | None) -> None:
        self.carrier, self.variable, self.location = carrier, variable, location
        self.takes_arguments = False
        self.needs = {Need("starlette.convertors", "Convertor"), Need("typing", "Any")}
        self.inherited = Inherited("str", "{}", "quoted({})", frozenset({Need(CONVERTORS, "quoted")}))

    def refuse(self, detail: str) -> Refused:
        """The exception for a class that is not converted."""
        return refuse(RULE_FEATURE, self.location, f"the converter of '{self.variable.name}' {detail}")

    def converted(self) -> OwnConvertor:
        """The convertor; raises `Refused`."""
        module, name = split(self.carrier.project, self.variable.converter_class or "")
        definition = module.definitions.get(name) if module else None
        if module is None or definition is None or definition.kind != "class" or definition.decorators:
            raise self.refuse("is not a class of one of the project's modules")
        pattern = self.variable.regex or "[^/]+"
        if OTHERS_GROUPS.search(pattern) or (may_match_slash(pattern) and "/" not in pattern):
            raise self.refuse(f"has the pattern '{pattern}'")
        piece = self.carrier.sources.piece(definition.location, name)
        text = self.carrier.sources.text(module.file, piece)
        written = cst.ensure_type(cst.parse_module(text).body[0], cst.ClassDef)
        body = self.members(module, written)
        placed = Placed.of(self.carrier, HOME, name, f"class {name}(Convertor[Any]):\n{body}", frozenset(self.needs))
        declared = placed.text.replace(f"class {name}(", f"class {placed.name}(", 1)
        placed = replace(placed, text=declared)
        registered = convertor_name(self.variable)
        arguments = self.arguments() if self.takes_arguments else ""
        made = f'register_url_convertor("{registered}", {placed.name}({arguments}))'
        needs = frozenset({Need("starlette.convertors", "register_url_convertor"), Need(HOME, placed.name)})
        return OwnConvertor(placed, Registration(made, needs))

    def arguments(self) -> str:
        """The arguments of the rule, as text."""
        shown = [
            as_literal(value) if name.isdecimal() else f"{name}={as_literal(value)}"
            for name, value in self.variable.arguments
        ]
        return ", ".join(shown)

    def members(self, module: Module, written: cst.ClassDef) -> str:
        """The members of the class as an indented text; raises `Refused`."""
        names = Names(self.carrier.project, module, frozenset(), {})
        bases = [names.qualified(one.value) for one in written.bases]
        if len(bases) != 1 or bases[0] not in BASES or written.keywords:
            raise self.refuse("has other bases than Werkzeug's converters")
        self.inherited = self.of_base(bases[0])
        parts: dict[str, str] = {}
        for member in written.body.body:
            match member:
                case cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString())]):
                    parts["docstring"] = code(member).strip()
                case cst.SimpleStatementLine(
                    body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value)]
                ) if name in CONSTANTS or (name == "regex" and string(value) is not None):
                    # A string's converter has an instance's pattern of its own (`UnicodeConverter.__init__`).
                    if name == "regex" and self.variable.regex in (None, string(value)):
                        parts[name] = f"regex = {code(value)}"
                case cst.FunctionDef(name=cst.Name(value=name)) if name in METHODS or name == "__init__":
                    parts[name] = self.method(module, member)
                case _:
                    raise self.refuse(f"has '{code(member).strip().splitlines()[0]}'")
        if "__init__" in parts and not bases[0].endswith(".BaseConverter"):
            raise self.refuse("has an '__init__' of its own")
        if "__init__" not in parts and "regex" not in parts:
            parts["regex"] = f"regex = {raw_text(self.variable.regex or '[^/]+')}"
        self.needs |= self.inherited.needs
        own = self.inherited
        read, written_as = own.reading.format("value"), own.writing.format("value")
        parts.setdefault("to_python", f"def convert(self, value: str) -> {own.kind}:\n    return {read}\n")
        parts.setdefault("to_url", f"def to_string(self, value: Any) -> str:\n    return {written_as}\n")
        self.takes_arguments = "__init__" in parts
        ordered = [parts.get(name) for name in ("docstring", "regex", "__init__", *METHODS)]
        text = "\n\n".join(one.strip("\n") for one in ordered if one)
        return "\n".join(f"    {line}" if line else "" for line in text.splitlines()) + "\n"

    def of_base(self, base: str) -> Inherited:
        """What a converter of Werkzeug's does by itself with the rule's arguments; raises `Refused`."""
        kind = BASES[base]
        found = dict(self.variable.arguments)
        if kind in ("int", "float"):
            if found.keys() - {*NUMBER_LIMITS, "signed"} or any(isinstance(one, str) for one in found.values()):
                raise self.refuse("has arguments by their place")
            limits = [f", {shown}={found[name]}" for name, shown in NUMBER_LIMITS.items() if name in found]
            writing = f"digits({found['fixed_digits']})({{}})" if "fixed_digits" in found else f"str({kind}({{}}))"
            needs = frozenset(Need(CONVERTORS, name) for name in ("number", "digits"))
            return Inherited(kind, f"number({kind}{''.join(limits)})({{}})", writing, needs)
        if kind == "UUID":
            return Inherited(kind, "UUID({})", "str({})", frozenset({Need("uuid", "UUID")}))
        return self.inherited

    def method(self, module: Module, function: cst.FunctionDef) -> str:
        """A method under its new name and with its types; raises `Refused`."""
        name, params = function.name.value, function.params
        if function.decorators or params.star_kwarg or params.kwonly_params or function.asynchronous:
            raise self.refuse(f"has another form of '{name}'")
        if name == "__init__":
            function = self.initialiser(function)
        elif len(params.params) != 2 or isinstance(params.star_arg, cst.Param):
            raise self.refuse(f"has another form of '{name}'")
        names = Names.of(self.carrier.project, module, function)
        signature = Signature(False, names.local)
        references = FileReferences(self.carrier, "native", False, HOME)
        bare = function.with_changes(returns=None, params=_WithoutAnnotations().rewrite(function.params))
        translator = Translator(
            bare, names, references, signature, role="helper", location=self.location or Location(module.file, 1)
        )
        translated = translator.rewrite(bare)
        if translator.application or signature.parameters:
            raise self.refuse(f"needs the application in '{name}'")
        translated = _OfWerkzeug(names, self.inherited).rewrite(translated)
        left = [need for need in translator.needs if need.module.startswith("werkzeug.routing")]
        if any(findall(translated, m.Name(need.local)) for need in left) or findall(translated, m.Name("super")):
            raise self.refuse(f"uses more of Werkzeug in '{name}'")
        self.needs |= translator.needs - set(left) | {Need(".compat.routing", "NotThisRouteError")}
        translated = translated.with_changes(leading_lines=(), lines_after_decorators=())
        return code(self.typed(name, translated)).strip("\n")

    def typed(self, name: str, function: cst.FunctionDef) -> cst.FunctionDef:
        """The function with the types of its parameters and result."""
        new, taken, given = METHODS.get(name, (name, "Any", "None"))
        params = [
            one if index == 0 else one.with_changes(annotation=cst.Annotation(cst.Name(taken)))
            for index, one in enumerate(function.params.params)
        ]
        star = function.params.star_arg
        if isinstance(star, cst.Param):
            star = star.with_changes(annotation=cst.Annotation(cst.Name("Any")))
        return function.with_changes(
            name=cst.Name(new),
            params=function.params.with_changes(params=params, star_arg=star),
            returns=cst.Annotation(cst.Name(given)),
        )

    def initialiser(self, function: cst.FunctionDef) -> cst.FunctionDef:
        """`__init__` without the URL map, which Starlette's convertors know nothing of; raises `Refused`."""
        params = function.params.params
        own = params[1].name.value if len(params) > 1 else ""
        kept = [one for one in function.body.body if isinstance(one, cst.BaseStatement) and not _passes_on(one, own)]
        changed = function.with_changes(
            params=function.params.with_changes(params=[params[0], *params[2:]]), body=cst.IndentedBlock(kept)
        )
        if not own or len(kept) != len(function.body.body) - 1 or any(findall(one, m.Name(own)) for one in kept):
            raise self.refuse("does more with the URL map")
        return changed if kept else changed.with_changes(body=cst.IndentedBlock([cst.parse_statement("pass")]))


def _passes_on(statement: cst.BaseStatement, name: str) -> bool:
    """Whether a statement hands a name on to another `__init__`, as its last argument."""
    match statement:
        case cst.SimpleStatementLine(
            body=[cst.Expr(value=cst.Call(func=cst.Attribute(attr=cst.Name(value="__init__")), args=[*_, last]))]
        ):
            return m.matches(last, m.Arg(m.Name(name)))
        case _:
            return False


class _WithoutAnnotations(Visitor):
    def leave_Param(self, original_node: cst.Param, updated_node: cst.Param) -> cst.Param:
        return updated_node.with_changes(annotation=None)


class _OfWerkzeug(Visitor):
    """What methods take from Werkzeug: the base class's own methods, and the error for a value that is refused."""

    def __init__(self, names: Names, inherited: Inherited) -> None:
        super().__init__()
        self.names, self.inherited = names, inherited

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        match updated_node.func:
            case cst.Attribute(value=cst.Call(func=cst.Name(value="super")), attr=cst.Name(value=method)):
                arguments = updated_node.args
            case cst.Attribute(value=base, attr=cst.Name(value=method)) if self.names.qualified(base) in BASES:
                arguments = updated_node.args[1:]
            case func if self.names.qualified(func) in VALIDATION:
                return updated_node.with_changes(func=cst.Name("NotThisRouteError"))
            case _:
                return updated_node
        match method, arguments:
            case "to_url", [argument]:
                return cst.parse_expression(self.inherited.writing.format(code(argument.value)))
            case "to_python", [argument]:
                if self.inherited.kind == "str":
                    return argument.value
                return cst.parse_expression(self.inherited.reading.format(code(argument.value)))
        return updated_node

    def leave_Raise(self, original_node: cst.Raise, updated_node: cst.Raise) -> cst.Raise:
        if original_node.exc is not None and self.names.qualified(original_node.exc) in VALIDATION:
            return updated_node.with_changes(exc=cst.Name("NotThisRouteError"))
        return updated_node


def raw_text(pattern: str) -> str:
    """A pattern as source text, raw where that shows it better."""
    is_plain = not set(pattern) & {'"', "\n"} and not pattern.endswith("\\")
    return f'r"{pattern}"' if "\\" in pattern and is_plain else as_literal(pattern)


def may_match_slash(pattern: str) -> bool:
    """Whether a pattern without a slash of its own could match one. Errs on the side of yes."""
    without_classes = re.sub(r"\[[^\]^][^\]]*\]|\[\^[^\]]*/[^\]]*\]", "", pattern)
    return bool(re.search(r"\.|\[\^|\\[SWD]", re.sub(r"\\\.", "", without_classes)))
