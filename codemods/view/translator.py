"""One function of Flask's in, one function body for FastAPI out: the only place where rules are applied.

The translator walks a `def` once. Every chain of names that stands for something outside the function is either an idiom
that a rule owns, or a reference that the `References` resolve (imported, carried, shared state); what is neither is a
refusal, and the whole function stays on Flask.
"""

from collections.abc import Collection
from typing import Literal, Protocol

import libcst as cst
import libcst.matchers as m

from codemods.findings import Diagnostic, Finding, Location
from codemods.schemas.views import SchemaUse
from codemods.vocabulary import of_flask

from . import error_object, response_object
from .context import is_flask_family, needs_application, needs_request, needs_request_of_application
from .imports import Need
from .kinds import local_kinds
from .names import Names
from .reference import Reference
from .refusal import Refused, refuse
from .rule import code
from .rules import RULES
from .rules.errors import ABORT_IN_EXPRESSION, FOREIGN_EXCEPTION
from .signature import Parameter, Signature

NEEDS_CONTEXT = Diagnostic(
    "FM601",
    "blocked",
    "something that needs Flask's request context has no counterpart yet",
    "FastAPI has no request context; what code takes from it must become a parameter, and for this name the tool knows none.",
    "Pass the value in from the view, or keep the route on Flask for now.",
)
NOT_FOLLOWED = Diagnostic(
    "FM602",
    "blocked",
    "a name whose meaning the tool cannot tell",
    "It is neither a local, an import, a definition of the module, nor a builtin (perhaps a star import or a name bound "
    "in an enclosing function).",
    "Import or define the name at module level.",
)
CONSTRUCT = Diagnostic(
    "FM603",
    "blocked",
    "a construct that a converted function cannot have",
    "Its meaning depends on where the code runs.",
    "Rewrite it in a plainer way, or keep the route on Flask.",
)

ELSEWHERE = Diagnostic(
    "FM605",
    "blocked",
    "an inner function that uses a context local is handed to other code",
    "Whoever gets it may call it in another thread or after the request, where Flask's context local says something else.",
    "Read the value in the view and let the inner function use that.",
)

CALLS = {name: rule for one in RULES for name, rule in one.calls.items()}
ATTRIBUTES = {name: rule for one in RULES for name, rule in one.attributes.items()}
SUBSCRIPTS = {name: rule for one in RULES for name, rule in one.subscripts.items()}
CONTAINERS = {name: rule for one in RULES for name, rule in one.containers.items()}
ITERABLES = frozenset().union(*(one.iterables for one in RULES))
KINDS = {name: kind for one in RULES for name, kind in one.kinds.items()}
PROXIES = frozenset(name for one in RULES for name in one.proxies)

Role = Literal["view", "helper", "before", "after", "teardown", "processor", "handler"]


class References(Protocol):
    """Resolves names of the project's own definitions for one file of output."""

    def to(self, qualified: str, names: Names, node: cst.BaseExpression) -> tuple[Reference | None, str]:
        """How to refer to the definition that `qualified` starts with, and the attributes after it; None where it is
        not one of the project's definitions. Raises `Refused`."""

    def is_callable(self, qualified: str) -> bool:
        """Whether a name is a function or class of the project."""

    def template_finding(self) -> Finding | None:
        """What keeps pages on Flask, if anything does."""

    def is_application(self, qualified: str) -> bool:
        """Whether a name starts with a definition that holds a Flask application."""

    def schemas(self, function: cst.FunctionDef, names: Names) -> SchemaUse:
        """What the function does with schemas that become classes of the target."""

    def imports(self, root: str, names: Names, qualified: str) -> Collection[Need]:
        """The imports that bind the local name `root` as in the module it comes from."""


class Translator(cst.CSTTransformer):
    """Applies all rules to one function."""

    def __init__(
        self,
        function: cst.FunctionDef,
        names: Names,
        references: References,
        signature: Signature,
        *,
        role: Role,
        location: Location,
        blueprint: str = "",
        endpoint: str | None = None,
        http_error: str | None = None,
        response: str | None = None,
        kept_return: cst.Return | None = None,
        any_error: str | None = None,
    ) -> None:
        super().__init__()
        self.names, self.references, self.signature = names, references, signature
        self.role, self.location = role, location
        self.blueprint, self.endpoint = blueprint, endpoint
        self.needs: set[Need] = set()
        self.application = False
        self.schemas = references.schemas(function, names)
        self.claimed: set[cst.CSTNode] = set(self.schemas.claimed)
        self.replaced: dict[cst.CSTNode, cst.BaseExpression] = {}
        self.carried_calls: dict[cst.Call, Reference] = {}
        self.depth = 0
        self.http_error = http_error
        self.kept_return = kept_return
        self.any_error = any_error
        self.handed_on = _handed_on_functions(function)
        self.nested: list[str | None] = []
        self.local_kinds: dict[str, str] = {}
        self.local_kinds.update(local_kinds(function, names, self.kind))
        if response is not None and self.local_kinds.get(response, "unknown") in ("unknown", "response"):
            self.local_kinds[response] = "response"

    # What rules ask for.

    def need(self, module: str, name: str) -> str:
        local = name
        while local in self.names.local or local in self.signature.parameters or self._means_something_else(local):
            local = f"{local}_"
        need = Need(module, name, None if local == name else local)
        self.needs.add(need)
        return local

    def _means_something_else(self, name: str) -> bool:
        qualified = self.names.of_name(name)
        return (
            qualified is not None
            and not qualified.startswith("builtins.")
            and not needs_request(qualified)
            and (qualified not in ("flask.abort", "json.dumps"))
        )

    def ask(self, parameter: Parameter) -> cst.Name:
        if not self.signature.ask(parameter):
            raise refuse(CONSTRUCT, self.location, f"two meanings of the parameter '{parameter.name}'")
        self.needs.update(parameter.needs)
        return cst.Name(parameter.name)

    def request(self) -> cst.Name:
        need = Need("fastapi", "Request")
        known = self.signature.find(("request", ""))
        name = known.name if known else self.signature.free_name("request", "http")
        return self.ask(Parameter(name, "Request", None, ("request", ""), frozenset({need})))

    def needs_templates(self) -> None:
        self.application = True
        if finding := self.references.template_finding():
            raise Refused(finding)

    def needs_application(self) -> None:
        self.application = True

    def refuse(self, diagnostic: Diagnostic, node: cst.CSTNode, detail: str) -> Refused:
        first = detail.strip().splitlines()[0] if detail.strip() else type(node).__name__
        return refuse(diagnostic, self.location, f"'{first[:100]}'")

    def kind(self, node: cst.BaseExpression) -> str:
        match node:
            case cst.Dict() | cst.List() | cst.ListComp() | cst.DictComp():
                return "json"
            case cst.SimpleString(prefix=prefix):
                return "text" if "b" not in prefix.lower() else "bytes"
            case cst.FormattedString() | cst.ConcatenatedString():
                return "text"
            case cst.BinaryOperation(left=left, operator=cst.Add() | cst.Modulo()) if self.kind(left) == "text":
                return "text"
            case cst.Tuple():
                return "tuple"
            case cst.Name(value="None"):
                return "none"
            case cst.Name(value=name):
                return self.local_kinds.get(name, "unknown")
            case cst.Await(expression=inner):
                return self.kind(inner)
            case cst.Call(
                func=cst.Attribute(value=value, attr=cst.Name(value="join" | "format" | "strip" | "upper"))
            ) if self.kind(value) == "text":
                return "text"
            case cst.Call(func=func):
                return KINDS.get(self.names.qualified(func) or "") or self.schemas.kind(node)
            case _:
                return "unknown"

    # Names and chains of names.

    def visit_Call(self, node: cst.Call) -> bool:
        qualified = self.names.qualified(node.func)
        if node in self.schemas.calls:
            return True
        if self._is_text_of_error(node):
            self.claimed.update((node.func, node.args[0].value))
        elif qualified in CALLS:
            self._stays_in_request(node.func, qualified or "")
            self.claimed.add(node.func)
        elif qualified is None and response_object.is_call(self, node):
            self.claimed.add(node.func)
            if response_object.is_request_argument(self, node):
                self.claimed.add(node.args[0].value)
        elif qualified is not None:
            reference, rest = self.references.to(qualified, self.names, node.func)
            if reference is not None and not rest and reference.parameters:
                self.carried_calls[node] = reference
        return True

    def visit_Subscript(self, node: cst.Subscript) -> bool:
        qualified = self.names.qualified(node.value)
        if qualified in SUBSCRIPTS:
            self._stays_in_request(node.value, qualified or "")
            self.claimed.add(node.value)
        return True

    def visit_Comparison(self, node: cst.Comparison) -> bool:
        for target in node.comparisons:
            qualified = self.names.qualified(target.comparator)
            if isinstance(target.operator, cst.In | cst.NotIn) and qualified in CONTAINERS:
                self.replaced[target.comparator] = CONTAINERS[qualified](self, target.comparator)
            if isinstance(target.operator, cst.Is | cst.IsNot):
                for side in (node.left, target.comparator):
                    if self.names.qualified(side) in PROXIES:
                        raise self.refuse(CONSTRUCT, node, code(node))
        return True

    def visit_CompFor(self, node: cst.CompFor) -> bool:
        self._iterated(node.iter)
        return True

    def visit_For(self, node: cst.For) -> bool:
        self._iterated(node.iter)
        return True

    def _iterated(self, node: cst.BaseExpression) -> None:
        qualified = self.names.qualified(node)
        if qualified in ITERABLES:
            self.replaced[node] = CONTAINERS[qualified](self, node)

    def visit_Arg(self, node: cst.Arg) -> bool:
        if node.keyword is not None:
            self.claimed.add(node.keyword)
        return True

    def visit_Param(self, node: cst.Param) -> bool:
        self.claimed.add(node.name)
        return True

    def visit_NameItem(self, node: cst.NameItem) -> bool:
        self.claimed.add(node.name)
        return True

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        if node in self.claimed or node in self.replaced:
            return False
        self.claimed.add(node.attr)
        qualified = self.names.qualified(node)
        if qualified is not None:
            if qualified not in ATTRIBUTES and self._continues(node.value):
                return True
            self.settle(node, qualified)
            return False
        if isinstance(node.value, cst.Name) and node.value.value == self.http_error:
            self.replaced[node] = error_object.attribute(self, node)
            return False
        if self.kind(node.value) == "response":
            response_object.check(self, node)
        elif node.attr.value in response_object.TELLING and self.kind(node.value) == "unknown":
            raise self.refuse(response_object.RESPONSE_ATTRIBUTE, node, code(node))
        return True

    def visit_Name(self, node: cst.Name) -> bool:
        if node not in self.claimed and node not in self.replaced:
            if node.value in (self.http_error, self.any_error):
                raise self.refuse(error_object.ERROR_ATTRIBUTE, node, node.value)
            qualified = self.names.of_name(node.value)
            if qualified is not None:
                self.settle(node, qualified)
            elif node.value in self.names.outer or node.value not in self.names.local:
                raise self.refuse(NOT_FOLLOWED, node, node.value)
        return True

    def _stays_in_request(self, node: cst.BaseExpression, qualified: str) -> None:
        """Raise `Refused` for a name of Flask in an inner function that other code is given."""
        if self.nested and of_flask(qualified) and any(name is None or name in self.handed_on for name in self.nested):
            raise self.refuse(ELSEWHERE, node, code(node))

    def _continues(self, node: cst.BaseExpression) -> bool:
        """Whether a chain goes on behind something that a rule replaces: `request.path` of `request.path.startswith`."""
        while isinstance(node, cst.Attribute):
            if self.names.qualified(node) in ATTRIBUTES:
                return True
            node = node.value
        return self.names.qualified(node) in ATTRIBUTES

    def settle(self, node: cst.BaseExpression, qualified: str) -> None:
        """Decide what stands in the place of a chain of names that means `qualified`."""
        if qualified.startswith("builtins."):
            if qualified in READS_NAMESPACE:
                raise self.refuse(CONSTRUCT, node, code(node))
            return
        self._stays_in_request(node, qualified)
        if qualified.startswith("werkzeug.exceptions"):
            raise self.refuse(FOREIGN_EXCEPTION, node, code(node))
        if qualified in ATTRIBUTES:
            self.replaced[node] = ATTRIBUTES[qualified](self, node)
            return
        if self.schemas.is_error(qualified):
            self.replaced[node] = cst.Name(self.need(".compat.schema_errors", "InvalidError"))
            return
        reference, rest = self.references.to(qualified, self.names, node)
        on_application = rest if self.references.is_application(qualified) else ""
        if qualified.startswith("flask.current_app."):
            on_application = qualified.removeprefix("flask.current_app.")
        if needs_request_of_application(on_application):
            raise self.refuse(NEEDS_CONTEXT, node, code(node))
        if reference is not None:
            if reference.parameters and node not in {call.func for call in self.carried_calls}:
                raise self.refuse(NEEDS_CONTEXT, node, code(node))
            self.application |= reference.application
            if reference.need is not None:
                self.needs.add(reference.need)
                self.replaced[node] = cst.parse_expression(f"{reference.text}.{rest}" if rest else reference.text)
                return
        elif needs_request(qualified):
            raise self.refuse(NEEDS_CONTEXT, node, code(node))
        elif needs_application(qualified) or is_flask_family(qualified):
            self.application = True
        self.needs.update(self.references.imports(_root(node), self.names, qualified))

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        return self.replaced.get(original_node, updated_node)

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        return self.replaced.get(original_node, updated_node)

    def leave_Subscript(self, original_node: cst.Subscript, updated_node: cst.Subscript) -> cst.BaseExpression:
        rule = SUBSCRIPTS.get(self.names.qualified(original_node.value) or "")
        return rule(self, original_node, updated_node) if rule else updated_node

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        if original_node in self.schemas.calls:
            return self.schemas.rewrite(self, original_node, updated_node)
        rule = CALLS.get(self.names.qualified(original_node.func) or "")
        if rule:
            return rule(self, original_node, updated_node)
        if self._is_text_of_error(original_node):
            return error_object.as_text(self, cst.ensure_type(original_node.args[0].value, cst.Name))
        reference = self.carried_calls.get(original_node)
        if reference is None:
            if original_node.func in self.claimed and response_object.is_call(self, original_node):
                return response_object.call(self, original_node, updated_node)
            return updated_node
        if any(one.star for one in original_node.args):
            raise self.refuse(NEEDS_CONTEXT, original_node, code(original_node))
        extra = []
        for parameter in reference.parameters:
            value = self.request() if parameter.source == ("request", "") else self._handed_on(parameter, original_node)
            extra.append(cst.Arg(value, keyword=cst.Name(parameter.name), equal=TIGHT))
        return updated_node.with_changes(args=[*updated_node.args, *extra])

    def _handed_on(self, parameter: Parameter, call: cst.Call) -> cst.Name:
        """The parameter of our own that brings what a carried function asks for."""
        known = self.signature.find(parameter.source)
        if known is not None:
            if known.renamed(parameter.name) != parameter:
                raise self.refuse(NEEDS_CONTEXT, call, code(call))
            return cst.Name(known.name)
        if not self.signature.injected:
            raise self.refuse(NEEDS_CONTEXT, call, code(call))
        return self.ask(parameter.renamed(self.signature.free_name(parameter.name, parameter.source[0])))

    def _is_text_of_error(self, node: cst.Call) -> bool:
        return (
            self.http_error is not None
            and self.names.qualified(node.func) == "builtins.str"
            and len(node.args) == 1
            and m.matches(node.args[0].value, m.Name(self.http_error))
        )

    def visit_FormattedStringExpression(self, node: cst.FormattedStringExpression) -> bool:
        if self.http_error is not None and m.matches(node.expression, m.Name(self.http_error)):
            self.replaced[node.expression] = error_object.as_text(self, cst.ensure_type(node.expression, cst.Name))
        return True

    # Statements.

    def visit_AssignTarget(self, node: cst.AssignTarget) -> bool:
        self._written(node.target)
        return True

    def visit_AugAssign(self, node: cst.AugAssign) -> bool:
        self._written(node.target)
        return True

    def visit_Del(self, node: cst.Del) -> bool:
        self._written(node.target)
        return True

    def _written(self, target: cst.BaseExpression) -> None:
        """What a request brought cannot be changed, in Flask as in FastAPI; only the session is written to."""
        if isinstance(target, cst.Subscript | cst.Attribute):
            qualified = self.names.qualified(target.value) or ""
            if qualified.startswith("flask.request"):
                raise self.refuse(CONSTRUCT, target, code(target))

    def visit_Assign(self, node: cst.Assign) -> bool:
        parts = [response_object.assigned(self, one.target) for one in node.targets]
        if len(parts) == 1 and parts[0] not in (None, "header", "status_code"):
            self.claimed.add(node.targets[0].target)
        return True

    def leave_Assign(
        self, original_node: cst.Assign, updated_node: cst.Assign
    ) -> cst.BaseSmallStatement | cst.RemovalSentinel:
        if original_node in self.schemas.dropped:
            return cst.RemoveFromParent()
        parts = [response_object.assigned(self, one.target) for one in original_node.targets]
        if any(parts):
            if len(parts) != 1 or parts[0] is None:
                raise self.refuse(response_object.RESPONSE_ATTRIBUTE, original_node, code(original_node))
            return response_object.assign(self, parts[0], original_node, updated_node)
        return updated_node

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        self.depth += 1
        if self.depth > 1:
            self.nested.append(node.name.value)
        self.claimed.add(node.name)
        return True

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        if self.depth > 1:
            self.nested.pop()
        self.depth -= 1
        return updated_node

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        self.depth += 1
        self.nested.append(None)
        return True

    def leave_Lambda(self, original_node: cst.Lambda, updated_node: cst.Lambda) -> cst.Lambda:
        self.depth -= 1
        self.nested.pop()
        return updated_node

    def visit_Import(self, node: cst.Import) -> bool:
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        if isinstance(node.names, cst.ImportStar):
            raise self.refuse(CONSTRUCT, node, code(node))
        return False

    def leave_Import(self, original_node: cst.Import, updated_node: cst.Import) -> cst.RemovalSentinel:
        return cst.RemoveFromParent()

    def leave_ImportFrom(self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom) -> cst.RemovalSentinel:
        return cst.RemoveFromParent()

    def visit_Yield(self, node: cst.Yield) -> bool:
        if self.depth == 1 and self.role != "helper":
            raise self.refuse(CONSTRUCT, node, code(node))
        return True

    def visit_Global(self, node: cst.Global) -> bool:
        raise self.refuse(CONSTRUCT, node, code(node))

    def visit_ExceptHandler(self, node: cst.ExceptHandler) -> bool:
        caught = m.findall(node.type, m.Name() | m.Attribute()) if node.type else ()
        for name in caught:
            assert isinstance(name, cst.Name | cst.Attribute)
            if (self.names.qualified(name) or "").startswith("werkzeug."):
                raise self.refuse(CONSTRUCT, node, f"except {code(name)}")
        return True

    def leave_Expr(self, original_node: cst.Expr, updated_node: cst.Expr) -> cst.BaseSmallStatement:
        if m.matches(original_node.value, m.Call()) and self._is_abort(original_node.value):
            return cst.Raise(updated_node.value)
        return updated_node

    def visit_Return(self, node: cst.Return) -> bool:
        if self.http_error is not None and self.depth == 1 and m.matches(node, m.Return(m.Name(self.http_error))):
            assert node.value is not None
            self.claimed.add(node.value)
        return True

    def leave_If(
        self, original_node: cst.If, updated_node: cst.If
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement]:
        became_true = m.matches(updated_node.test, m.Name("True")) and not m.matches(original_node.test, m.Name("True"))
        if became_true and isinstance(updated_node.body, cst.IndentedBlock) and updated_node.orelse is None:
            return cst.FlattenSentinel([one for one in updated_node.body.body if isinstance(one, cst.BaseStatement)])
        return updated_node

    def leave_Return(self, original_node: cst.Return, updated_node: cst.Return) -> cst.BaseSmallStatement:
        if self.depth != 1 or original_node is self.kept_return:
            return updated_node
        if self.http_error is not None and m.matches(original_node, m.Return(m.Name(self.http_error))):
            return cst.Return(error_object.page(self, cst.Name(self.http_error)))
        if original_node.value is not None and self._is_abort(original_node.value):
            assert updated_node.value is not None
            return cst.Raise(updated_node.value)
        match self.role:
            case "view" | "handler":
                return cst.Return(self.answer(original_node.value, updated_node.value))
            case "before":
                if original_node.value is None or code(original_node.value) == "None":
                    return cst.Return()
                answer = cst.Name(self.need(".compat.routing", "Answer"))
                return cst.Raise(cst.Call(answer, [cst.Arg(self.answer(original_node.value, updated_node.value))]))
            case _:
                return updated_node

    def _is_abort(self, node: cst.BaseExpression) -> bool:
        return isinstance(node, cst.Call) and self.names.qualified(node.func) in ABORTS

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> bool:
        for statement in node.body:
            value = getattr(statement, "value", None)
            top = value if isinstance(statement, cst.Expr | cst.Return) else None
            for call in m.findall(statement, m.Call()):
                if isinstance(call, cst.Call) and call is not top and self._is_abort(call):
                    raise self.refuse(ABORT_IN_EXPRESSION, call, code(call))
        return True

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.RemovalSentinel:
        kept = [one for one in updated_node.body if not _assigns_itself(one)]
        if kept and len(kept) == len(updated_node.body):
            return updated_node
        return updated_node.with_changes(body=kept) if kept else cst.RemoveFromParent()

    # What a view answers with.

    def answer(self, written: cst.BaseExpression | None, value: cst.BaseExpression | None) -> cst.BaseExpression:
        """The response for a view's return value, by Flask's rules (`Flask.make_response`)."""
        if written is None or value is None:
            return cst.Call(cst.Name(self.need(".compat.responses", "make_response")), [cst.Arg(cst.Name("None"))])
        if isinstance(written, cst.Tuple) and isinstance(value, cst.Tuple):
            direct = self._direct(written, value)
            if direct is not None:
                return direct
        match self.kind(written):
            case "response":
                return value
            case "json":
                return cst.Call(cst.Name(self.need(".compat.responses", "FlaskJSONResponse")), [cst.Arg(value)])
            case "text":
                return cst.Call(cst.Name(self.need("fastapi.responses", "HTMLResponse")), [cst.Arg(value)])
            case "exception":
                raise self.refuse(FOREIGN_EXCEPTION, written, code(written))
            case _:
                if self._is_definition(written):
                    raise self.refuse(CONSTRUCT, written, code(written))
                if isinstance(value, cst.Tuple) and not value.lpar:
                    value = value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
                return cst.Call(cst.Name(self.need(".compat.responses", "make_response")), [cst.Arg(value)])

    def _is_definition(self, node: cst.BaseExpression) -> bool:
        """Whether a function or class itself is returned: Flask would call it as a WSGI application."""
        qualified = self.names.qualified(node)
        return qualified is not None and not isinstance(node, cst.Call) and self.references.is_callable(qualified)

    def _direct(self, written: cst.Tuple, value: cst.Tuple) -> cst.BaseExpression | None:
        """A `(body, status)` pair whose body is known and whose status is a number, as one call."""
        if len(written.elements) != 2 or any(isinstance(one, cst.StarredElement) for one in written.elements):
            return None
        body, status = (one.value for one in written.elements)
        new_body, new_status = (one.value for one in value.elements)
        if not isinstance(status, cst.Integer) or status.evaluated_value in (204, 304):
            return None
        kind = self.kind(body)
        if kind in ("json", "text"):
            module, name = (
                (".compat.responses", "FlaskJSONResponse") if kind == "json" else ("fastapi.responses", "HTMLResponse")
            )
            return cst.Call(cst.Name(self.need(module, name)), [cst.Arg(new_body), cst.Arg(new_status)])
        if (
            isinstance(body, cst.Call)
            and self.names.qualified(body.func) == "flask.jsonify"
            and isinstance(new_body, cst.Call)
            and len(new_body.args) == 1
            and isinstance(new_body.func, cst.Name)
            and new_body.func.value.startswith("FlaskJSONResponse")
        ):
            return new_body.with_changes(args=[new_body.args[0], cst.Arg(new_status)])
        return None


TIGHT = cst.AssignEqual(whitespace_before=cst.SimpleWhitespace(""), whitespace_after=cst.SimpleWhitespace(""))
READS_NAMESPACE = frozenset(f"builtins.{name}" for name in ("globals", "locals", "vars", "eval", "exec", "dir"))
"""Builtins whose result depends on where the code stands."""
ABORTS = frozenset({"flask.abort", "werkzeug.exceptions.abort"})


def _handed_on_functions(function: cst.FunctionDef) -> frozenset[str]:
    """Inner functions that are used in another way than by calling them."""
    inner = {one.name.value for one in m.findall(function.body, m.FunctionDef()) if isinstance(one, cst.FunctionDef)}
    called = {call.func for call in m.findall(function.body, m.Call()) if isinstance(call, cst.Call)}
    own = {one.name for one in m.findall(function.body, m.FunctionDef()) if isinstance(one, cst.FunctionDef)}
    return frozenset(
        name.value
        for name in m.findall(function.body, m.Name())
        if isinstance(name, cst.Name) and name.value in inner and name not in called and name not in own
    )


def _root(node: cst.BaseExpression) -> str:
    while isinstance(node, cst.Attribute):
        node = node.value
    assert isinstance(node, cst.Name)
    return node.value


def _assigns_itself(statement: cst.BaseSmallStatement) -> bool:
    """`page = page`, which remains where a local took what is a parameter now."""
    match statement:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=target))], value=cst.Name(value=value)):
            return target == value
        case _:
            return False
