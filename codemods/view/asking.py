"""What a translation knows and what rules may ask of it: imports, parameters, the request, the kind of a value."""

import ast
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import libcst as cst

from codemods.findings import Diagnostic, Finding, Location
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from . import patterns as m
from .body_reads import body_reads
from .caught import caught_errors
from .certain_responses import certain_responses, possible_responses
from .context import needs_request
from .diagnostics import BODY_OUT_OF_REACH, CONSTRUCT, TEMPLATE_READS, TWO_BODIES
from .error_object import RENDERED, ErrorObject, renders
from .handed_items import handed_item
from .imports import Need
from .inner import called_at_once, called_later, called_with_request, handed_on
from .kinds import declared_kinds, kind_of_either, local_kinds
from .meanings import named_outside, two_meanings
from .names import Names, bound_otherwise, split
from .reference import Login, Reference
from .references import Handed, References
from .refusal import Refused, refuse
from .rule import NAMESAKES, Role, code, expression, string
from .search import findall
from .signature import BODY_MODULE, SENT, Parameter, Signature
from .streamed_json import StreamedJson, streamed_json
from .tables import BRIDGED, KINDS, NATIVE
from .texts import text_of
from .upload_object import find_uploads
from .visiting import Updated, Visitor

REGISTERED = "flask.current_app.view_functions"
REQUEST = "flask.request"
CURRENT = "flask.current_app"
MADE_NAMES = frozenset(name.rpartition(".")[2] for name in NATIVE.made)

DISPLAYS = MappingProxyType(
    {
        cst.Dict: "json", cst.List: "json", cst.ListComp: "json", cst.DictComp: "json", cst.Tuple: "tuple",
        cst.FormattedString: "text", cst.ConcatenatedString: "text",
    }
)  # fmt: skip
"""The kinds of values that are written out."""

BEHIND_THE_BODY = frozenset({"before", "after", "teardown", "handler", "reader"})
"""Roles of functions that run behind a hook, or a dependency, which has read the body."""


class Asking(Visitor):
    """What the parts of a translation share: the function's names, what was asked for, what is known of values."""

    def __init__(
        self,
        function: cst.FunctionDef,
        names: Names,
        references: References,
        signature: Signature,
        *,
        role: Role,
        location: Location,
        any_url: bool = True,
        blueprint: str = "",
        endpoint: str | None = None,
        error: ErrorObject | None = None,
        response: str | None = None,
        kept_returns: frozenset[cst.Return] = frozenset(),
        call_kinds: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.function, self.names, self.references, self.signature = function, names, references, signature
        self.role, self.location, self.any_url = role, location, any_url
        self.blueprint, self.endpoint = blueprint, endpoint
        self.adopted = references.adopted
        self.rules = NATIVE if references.is_native else BRIDGED
        self.needs: set[Need] = set()
        self.reads = body_reads(function, names)
        self.application: Finding | None = None
        self.schemas = references.schemas(function, names)
        self.claimed: set[cst.CSTNode] = set(self.schemas.claimed)
        self.replaced: dict[cst.CSTNode, cst.BaseExpression] = {}
        for node, stand in self.schemas.stands.items():
            replaced = stand.origin if stand.origin in self.schemas.replaced else ""
            local = self.need(stand.need.module, stand.need.name, replaced)
            self.replaced[node] = cst.parse_expression(stand.text.replace(stand.need.name, local))
        self.of_response: set[cst.CSTNode] = set(self.schemas.pairs)
        self.response_reads: set[cst.CSTNode] = set()
        self.carried_calls: dict[cst.Call, Reference] = {}
        self.method_calls: dict[cst.Call, Reference] = {}
        self.handed: set[cst.Arg] = set()
        self.kept_calls: set[cst.Call] = set()
        self.raised: set[cst.CSTNode] = set()
        self.operation, self.depth, self.generators = "", 0, 0
        self.error = error
        self.caught = caught_errors(function, names)
        self.kept_returns = kept_returns
        self.call_kinds = call_kinds or {}
        signature.taken |= named_outside(function, names)
        for name in two_meanings(function, names):
            raise refuse(CONSTRUCT, location, f"two meanings of the name '{name}'")
        self.called_later = called_later(function, names)
        self.called_at_once = called_at_once(function, names)
        known = self.called_later | called_with_request(function, names)
        self.handed_on = handed_on(function, self.called_at_once) - known
        self.nested: list[str | None] = []
        self.bound_otherwise = bound_otherwise(function)
        self.local_kinds: dict[str, str] = {}
        self.certain_responses: frozenset[cst.Name] = frozenset()
        self._find_kinds(function, response)
        self.uploads = find_uploads(self, function)
        self.saving: set[cst.CSTNode] = set()
        self.streamed = streamed_json(function, names, self.called) if role == "view" else StreamedJson()

    def _find_kinds(self, function: cst.FunctionDef, response: str | None) -> None:
        """What is known of the function's locals, where they are something for sure."""
        declared = declared_kinds(function, self.names, response, self.called_later)
        for _ in range(3):  # a kind may follow from another
            known = self.local_kinds
            found = {**declared, **local_kinds(function, self.names, self.kind), **self.names.handed}
            self.local_kinds = {
                name: kind for name, kind in found.items() if kind != "unknown" and name in self.names.local
            }
            self.certain_responses = certain_responses(function, self.kind)
            if self.local_kinds == known:
                break
        self.possible_responses = possible_responses(function, self.kind)

    def need(self, module: str, name: str, replaced: str = "") -> str:
        local = name
        while (
            local in self.names.local
            or local in self.signature.parameters
            or self._means_something_else(local, {replaced, f"{module}.{name}"})
        ):
            local = f"{local}_"
        self.signature.taken |= {local}
        need = Need(module, name, None if local == name else local)
        self.needs.add(need)
        return local

    def _means_something_else(self, name: str, known: Collection[str]) -> bool:
        qualified = self.names.of_name(name)
        return (
            qualified is not None
            and qualified not in known
            and not qualified.startswith("builtins.")
            and not needs_request(qualified)
            and qualified not in NAMESAKES
            and not qualified.startswith("werkzeug.exceptions.")
        )

    @property
    def catches_errors(self) -> bool:
        return self.references.catches_errors()

    @property
    def beside_flask(self) -> bool:
        return self.references.beside_flask()

    def left(self, node: cst.CSTNode, updated: Updated) -> Updated:
        if not self.uploads.uses or not isinstance(updated, cst.BaseExpression):
            return updated
        return self.uploads.applied(node, updated)

    def ask(self, parameter: Parameter) -> cst.Name:
        if self.signature.has_two_bodies(parameter):
            raise refuse(TWO_BODIES, self.location, f"'{parameter.name}' beside another kind of body")
        if not self.signature.ask(parameter):
            raise refuse(CONSTRUCT, self.location, f"two meanings of the parameter '{parameter.name}'")
        self.needs.update(parameter.needs)
        return cst.Name(parameter.name)

    def request(self) -> cst.Name:
        need = Need("fastapi", "Request")
        known = self.signature.find(("request", ""))
        name = known.name if known else self.signature.free_name("request", "http")
        return self.ask(Parameter(name, "Request", None, ("request", ""), frozenset({need})))

    def schema_of_query(self, node: cst.CSTNode) -> tuple[str, frozenset[str], frozenset[Need]] | None:
        read = self.schemas.queries.get(node)
        if read is None:
            return None
        replaced = read.origin if read.origin in self.schemas.replaced else ""
        is_named = all(self.need(one.module, one.name, replaced) == one.local for one in sorted(read.needs))
        return (read.schema, read.keys, read.needs) if is_named else None

    def body(self) -> cst.BaseExpression:
        if self.signature.injected or self.role == "helper":
            known = self.signature.find(SENT)
            name = known.name if known else self.signature.free_name("body", "sent")
            return self.ask(Parameter(name, "AnyBody", None, SENT, frozenset({Need(BODY_MODULE, "AnyBody")})))
        if self.role not in BEHIND_THE_BODY:
            raise refuse(BODY_OUT_OF_REACH, self.location, "the request's body")
        return expression(self.need(BODY_MODULE, "sent_body") + "({request})", request=self.request())

    def ends_early(self) -> bool:
        return not self.references.is_native or self.references.tears_down()

    def text(self, node: cst.BaseExpression) -> str | None:
        return text_of(node, self.function, self.names, self.references.text)

    def renders(self, node: cst.CSTNode, templates: Sequence[str | None], source: str | None = None) -> bool:
        if unknown := self.references.unknown_to_templates(templates, source):
            raise refuse(TEMPLATE_READS, self.location, unknown)
        around = None
        if self.role == "view":
            parts = self.blueprint.split(".") if self.blueprint else []
            around = ["", *(".".join(parts[: index + 1]) for index in range(len(parts)))]
        why = self.references.page_obstacle(around, templates, source)
        if why is None:
            return True
        if finding := self.references.template_finding():
            raise Refused(finding)
        self.application = self.application or Finding(NEEDS_APPLICATION, self.location, why)
        return False

    def parser(self, node: cst.BaseExpression) -> cst.BaseExpression:
        reference = self.references.parser(self.names.qualified(node) or "", self.names)
        assert reference.need is not None
        own = isinstance(node, cst.Name) and node.value == reference.need.name
        local = reference.need.name if own else self.need(reference.need.module, reference.need.name)
        self.needs.add(Need(reference.need.module, reference.need.name, None if own else local))
        self.operation = self.operation or f"{local}.openapi()"
        return cst.Name(local)

    def shown_fields(self, node: cst.BaseExpression) -> tuple[cst.Name, bool] | None:
        fields: str | ast.Dict | None = self.names.qualified(node)
        if isinstance(node, cst.Dict) and not any(code(one) in self.names.local for one in findall(node, m.Name())):
            written = ast.parse(code(node), mode="eval").body
            assert isinstance(written, ast.Dict)
            fields = written
        if fields is None:
            return None
        reference, links = self.references.shown_fields(fields, self.names.module, self.location)
        assert reference.need is not None
        return cst.Name(self.need(reference.need.module, reference.need.name)), links

    def login_manager(self, node: cst.BaseExpression) -> cst.Name:
        found = self.references.login_manager()
        if isinstance(found, Login):
            if found.name in self.names.local or self.names.of_name(found.name) not in (None, found.qualified):
                return cst.Name(self.need(found.home, found.name))
            self.needs.add(Need(found.home, found.name))
            return cst.Name(found.name)
        if found is None:
            raise self.refuse(CONSTRUCT, node, code(node))
        if found.diagnostic is not NEEDS_APPLICATION or not self.references.is_native:
            raise Refused(found)
        self.application = self.application or found
        return cst.Name("login_manager")

    def endpoint_of(self, node: cst.BaseExpression) -> str | None:
        qualified = self.names.qualified(node)
        found = self.references.endpoints_of(qualified) if qualified is not None else ()
        return next(iter(found)) if len(found) == 1 else None

    def setting(self, key: str) -> str | None:
        return self.references.setting(key)

    def needs_application(self, node: cst.CSTNode, reason: str = "") -> None:
        detail = f"'{_first_line(code(node))}'" + (f": {reason}" if reason else "")
        self.application = self.application or Finding(NEEDS_APPLICATION, self.location, detail)

    def refuse(self, diagnostic: Diagnostic, node: cst.CSTNode, detail: str) -> Refused:
        return refuse(diagnostic, self.location, f"'{_first_line(detail) or type(node).__name__}'")

    def called(self, node: cst.BaseExpression) -> str | None:
        """What a chain of names stands for, where an attribute of the application is one of `current_app`."""
        found = self.names.qualified(node)
        application = self.references.application_name()
        if found is not None and application is not None and found.startswith(f"{application}."):
            return f"flask.current_app{found.removeprefix(application)}"
        return self.made(found)

    def made(self, qualified: str | None) -> str | None:
        """What a name stands for, where a rule speaks for an attribute of an extension's object by its class."""
        if qualified is not None and qualified.rpartition(".")[2] in MADE_NAMES:
            made = self.references.made_by(qualified)
            return made if made in self.rules.made else qualified
        return qualified

    def registered(self, node: cst.BaseExpression) -> str | None:
        """The function behind `app.view_functions["name"]`."""
        match node:
            case cst.Subscript(value=value, slice=[cst.SubscriptElement(slice=cst.Index(value=index))]):
                name = string(index) if self.called(value) == REGISTERED else None
                return self.references.registered(name) if name is not None else None
            case _:
                return None

    def may_lack_context(self, node: cst.Call) -> bool:
        """Whether code may run when Flask has no context any more, or not yet, and it is not known which."""
        is_known = node in self.streamed.without or node in self.streamed.within
        return not is_known and bool(self.nested or self.generators or self.role == "helper")

    def is_sent_later(self, node: cst.Call) -> bool:
        """Whether a call runs when the answer is sent, where Flask has no context any more."""
        return node in self.streamed.without

    def kind(self, node: cst.BaseExpression) -> str:
        found, own = DISPLAYS.get(type(node)), KIND_OF.get(type(node))
        return found or handed_item(node, self.names.handed) or (own(self, node) if own else "unknown")

    def _kind_of_name(self, node: cst.Name) -> str:
        name = node.value
        if name == "None":
            return "none"
        if node in self.caught.certain or (self.error and self.error.is_only_http(name)):
            return "error"
        return "response" if node in self.certain_responses else self.local_kinds.get(name, "unknown")

    def _kind_of_attribute(self, node: cst.Attribute) -> str:
        if node.attr.value == "headers" and self.kind(node.value) == "response":
            return "headers"
        if node.attr.value == "endpoint" and self.names.qualified(node) == "flask.request.endpoint":
            return "endpoint"
        return self.schemas.kind(node)

    def _kind_of_string(self, node: cst.SimpleString) -> str:
        return "text" if "b" not in node.prefix.lower() else "bytes"

    def _kind_of_operation(self, node: cst.BinaryOperation) -> str:
        is_text = isinstance(node.operator, cst.Add | cst.Modulo) and self.kind(node.left) == "text"
        return "text" if is_text else "unknown"

    def _kind_of_choice(self, node: cst.IfExp) -> str:
        kinds = {self.kind(node.body), self.kind(node.orelse)}
        if len(kinds) == 1:
            return kinds.pop()
        texts = [string(one) for one in (node.body, node.orelse) if self.kind(one) == "text"]
        is_absolute = all(one is not None and not one.startswith(".") for one in texts)
        return "endpoint" if kinds == {"endpoint", "text"} and is_absolute else "unknown"

    def _kind_of_call(self, node: cst.Call) -> str:
        func = node.func
        if renders(node, self.error, self.caught.possible):
            return RENDERED[cst.ensure_type(func, cst.Attribute).attr.value]
        match func:
            case cst.Attribute(value=value, attr=cst.Name(value="join" | "format" | "strip" | "upper")) if (
                self.kind(value) == "text"
            ):
                return "text"
            case cst.Name(value=name) if name in self.call_kinds:
                return self.call_kinds[name]
            case cst.Attribute(value=value, attr=cst.Name(value="make_conditional")) if self.kind(value) == "response":
                return "response"
            case _:
                return KINDS.get(self.called(func) or "") or self._returned(node) or self.schemas.kind(node)

    def _kind_of_item(self, node: cst.Subscript) -> str:
        value = node.value
        kind = self.kind(value)
        if kind == "headers":
            return "text"
        return "upload" if kind == "uploads" else KINDS.get(f"{self.names.qualified(value)}[]", "unknown")

    def _returned(self, call: cst.Call) -> str | None:
        """The kind of what a function of the project returns; None where that is not known."""
        qualified = self.names.qualified(call.func)
        if qualified is None or split(self.names.project, qualified)[0] is None:
            return None
        found = self.references.returns(qualified, self.handed_by(call))
        return None if found == "unknown" else found

    def handed_by(self, call: cst.Call) -> Handed:
        """The arguments of a call that are Flask's request or application."""
        known = ((place, one, self.handed_object(one.value)) for place, one in enumerate(call.args) if not one.star)
        return tuple((one.keyword.value if one.keyword else place, found) for place, one, found in known if found)

    def handed_object(self, node: cst.BaseExpression) -> str | None:
        """What an argument is of Flask's: its request, or in native code its application; None for another."""
        found = self.names.qualified(node)
        if self.references.is_native and found in (CURRENT, self.references.application_name() or CURRENT):
            return CURRENT
        return found if found == REQUEST else None


KIND_OF: Mapping[type[cst.CSTNode], Callable[[Asking, Any], str]] = MappingProxyType(
    {
        cst.Attribute: Asking._kind_of_attribute,
        cst.Await: lambda asking, node: asking.kind(node.expression),
        cst.BinaryOperation: Asking._kind_of_operation,
        cst.BooleanOperation: lambda asking, node: kind_of_either(node, asking.kind),
        cst.Call: Asking._kind_of_call,
        cst.IfExp: Asking._kind_of_choice,
        cst.Name: Asking._kind_of_name,
        cst.SimpleString: Asking._kind_of_string,
        cst.Subscript: Asking._kind_of_item,
    }
)
"""How the kind of a value is told, by the class of its expression."""


def _first_line(text: str) -> str:
    return next(iter(text.strip().splitlines()), "")[:100]
