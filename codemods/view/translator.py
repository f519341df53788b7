"""One function of Flask's in, one function body for FastAPI out: the only place where rules are applied.

The translator walks a `def` once. Every chain of names that stands for something outside the function is either an
idiom that a rule owns, or a reference that the `References` resolve (imported, carried, shared state); what is neither
is a refusal, and the whole function stays on Flask.
"""

from typing import Any

import libcst as cst

from . import caught, own_attributes, response_object
from . import patterns as m
from .answers import Answering, answer
from .comments import comments_of
from .diagnostics import CONSTRUCT
from .expressions import Expressions
from .inner import WITH_REQUEST
from .plain_json import with_plain_json
from .rule import code
from .rules.environ import says_that_input_ends
from .rules.late import DECORATORS as LATE_DECORATORS
from .rules.late import check_with_request, typed
from .rules.late import decorator as late_decorator
from .rules.routing import CHANGE_VIEW_ARGS, VIEW_ARGS

TRUE = m.Name("True")
ABORTS = frozenset(
    f"{one}.abort"
    for one in (
        "flask", "werkzeug.exceptions", "apiflask", "flask_restful", "flask_smorest", "flask_restx",
        "flask_restx.Api", "flask_restx.Namespace", "webargs.flaskparser",
    )
)  # fmt: skip


class Translator(Expressions):
    """Applies all rules to one function; `answering` makes responses of what it returns."""

    def __init__(self, *args: Any, answering: Answering = answer, **options: Any) -> None:
        super().__init__(*args, **options)
        self.answering = answering

    def visit_AssignTarget(self, node: cst.AssignTarget) -> bool:
        self._written(node.target)
        match node.target:
            case cst.Attribute(value=cst.Attribute(value=owner, attr=cst.Name(value="json"))):
                # Generated responses have settings of their own, which do not change while the application runs.
                qualified = self.qualified(owner) or ""
                if qualified == "flask.current_app" or self.references.is_application(qualified):
                    raise self.refuse(CONSTRUCT, node, code(node.target))
        return True

    def visit_AugAssign(self, node: cst.AugAssign) -> bool:
        self._written(node.target)
        if isinstance(node.target, cst.Attribute) and response_object.assigned(self, node.target):
            self.claimed.add(node.target)
        return True

    def leave_AugAssign(self, original_node: cst.AugAssign, updated_node: cst.AugAssign) -> cst.BaseSmallStatement:
        part = response_object.assigned(self, original_node.target)
        return (part and response_object.added(self, part, original_node, updated_node)) or updated_node

    def visit_Del(self, node: cst.Del) -> bool:
        self._written(node.target)
        if isinstance(node.target, cst.Attribute) and self.names.qualified(node.target.value) in self.rules.members:
            self.needs_application(node)  # another exception says that there is none
        return True

    def _written(self, target: cst.BaseExpression) -> None:
        """What a request brought cannot be changed, in Flask as in FastAPI; only the session is written to."""
        if isinstance(target, cst.Subscript | cst.Attribute):
            qualified = self.names.qualified(target.value) or ""
            if own_attributes.is_own(self.names, target):
                return
            if qualified.startswith("flask.request") and not (qualified == VIEW_ARGS and self.role in CHANGE_VIEW_ARGS):
                raise self.refuse(CONSTRUCT, target, code(target))

    def visit_Assign(self, node: cst.Assign) -> bool:
        if says_that_input_ends(self.names, node):
            return False
        parts = [response_object.assigned(self, one.target) for one in node.targets]
        if len(parts) == 1 and parts[0] not in (None, "header"):
            self.claimed.add(node.targets[0].target)
        self.of_response.update(one.target for one in node.targets)
        if len(node.targets) == 1 and isinstance(node.targets[0].target, cst.Name):
            self.headers_stay([node.value])
        return True

    def leave_Assign(
        self, original_node: cst.Assign, updated_node: cst.Assign
    ) -> cst.BaseSmallStatement | cst.RemovalSentinel:
        if original_node in self.schemas.dropped or says_that_input_ends(self.names, original_node):
            return cst.RemoveFromParent()
        parts = [response_object.assigned(self, one.target) for one in original_node.targets]
        if any(parts):
            if len(parts) != 1 or parts[0] is None:
                raise self.refuse(response_object.RESPONSE_ATTRIBUTE, original_node, code(original_node))
            return response_object.assign(self, parts[0], original_node.value, updated_node)
        return updated_node

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        self.depth += 1
        if self.depth > 1:
            self.nested.append(node.name.value)
            self.claimed.update(one.decorator for one in node.decorators if self._is_late(one))
            if any(self.names.qualified(one.decorator) == WITH_REQUEST for one in node.decorators):
                check_with_request(self, node)
        self.claimed.add(node.name)
        return True

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        self.depth -= 1
        if not self.depth:
            return with_plain_json(self, updated_node)
        self.nested.pop()
        return self._with_late_decorators(original_node, updated_node)

    def _is_late(self, decorator: cst.Decorator) -> bool:
        return self.names.qualified(decorator.decorator) in LATE_DECORATORS

    def _with_late_decorators(self, written: cst.FunctionDef, updated: cst.FunctionDef) -> cst.FunctionDef:
        """The inner function with what stands for its decorators that keep it for the end of the request."""
        kept = []
        for before, after in zip(written.decorators, updated.decorators, strict=True):
            if not self._is_late(before):
                kept.append(after)
            elif became := late_decorator(self, self.names.qualified(before.decorator) or ""):
                kept.append(after.with_changes(decorator=became))
        if written.name.value in self.called_later and updated.returns is None:
            updated = typed(updated, self.need("fastapi", "Response"))
        return updated.with_changes(decorators=kept)

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        self.depth += 1
        self.nested.append("" if node in self.called_at_once else None)
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
        for item in node.names:
            reference, rest = self.references.to(self.names.of_name(item.name.value) or "", self.names, item.name)
            is_held = reference is not None and "." in reference.text and not rest
            if not is_held or item.name.value in self.bound_otherwise:
                raise self.refuse(CONSTRUCT, node, code(node))
        return False

    def leave_Global(self, original_node: cst.Global, updated_node: cst.Global) -> cst.RemovalSentinel:
        return cst.RemoveFromParent()

    def visit_ExceptHandler(self, node: cst.ExceptHandler) -> bool:
        caught.check(self, node)
        return True

    def leave_ExceptHandler(
        self, original_node: cst.ExceptHandler, updated_node: cst.ExceptHandler
    ) -> cst.ExceptHandler:
        handler = caught.with_werkzeugs(self, original_node, updated_node)
        if original_node not in self.schemas.catching:
            return handler
        return caught.also_catching(handler, [self.need(".compat.schema_errors", "InvalidError")])

    def visit_Raise(self, node: cst.Raise) -> bool:
        if node.exc is not None:
            self.raised.add(node.exc)
        return True

    def visit_Expr(self, node: cst.Expr) -> bool:
        if self._is_abort(node.value):
            self.raised.add(node.value)
        return True

    def leave_Expr(self, original_node: cst.Expr, updated_node: cst.Expr) -> cst.BaseSmallStatement:
        if original_node.value in self.raised:
            return cst.Raise(updated_node.value)
        return response_object.removed(self, original_node, updated_node) or updated_node

    def visit_Return(self, node: cst.Return) -> bool:
        if node.value is not None and self.depth == 1 and node not in self.kept_returns and self._is_abort(node.value):
            self.raised.add(node.value)
        return True

    def leave_If(
        self, original_node: cst.If, updated_node: cst.If
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement]:
        became_true = m.matches(updated_node.test, TRUE) and not m.matches(original_node.test, TRUE)
        if became_true and isinstance(updated_node.body, cst.IndentedBlock):
            return cst.FlattenSentinel([one for one in updated_node.body.body if isinstance(one, cst.BaseStatement)])
        return updated_node

    def leave_Return(self, original_node: cst.Return, updated_node: cst.Return) -> cst.BaseSmallStatement:
        if self.depth != 1 or original_node in self.kept_returns:
            return updated_node
        if original_node.value in self.raised:
            return cst.Raise(updated_node.value)
        match self.role:
            case "view" | "handler":
                return cst.Return(self.answering(self, original_node.value, updated_node.value))
            case "guard" | "before":
                if original_node.value is None or updated_node.value is None or code(original_node.value) == "None":
                    if self.role == "guard":  # a view that returns None is a 500 in Flask; it must not run here
                        raise self.refuse(CONSTRUCT, original_node, "return None")
                    return cst.Return()
                if self.role == "before" and self.kind(original_node.value) in ("unknown", "none"):
                    maybe = cst.Name(self.need(".compat.before", "answer_unless_none"))
                    return cst.Return(cst.Call(maybe, [cst.Arg(updated_node.value)]))
                raised = cst.Name(self.need(".compat.routing", "Answer"))
                return cst.Raise(
                    cst.Call(raised, [cst.Arg(self.answering(self, original_node.value, updated_node.value))])
                )
            case "preprocess" | "defaults" | "receiver":
                if original_node.value is not None and code(original_node.value) != "None":
                    raise self.refuse(CONSTRUCT, original_node, code(original_node))
                return updated_node
            case _:
                return updated_node

    def _is_abort(self, node: cst.BaseExpression) -> bool:
        return isinstance(node, cst.Call) and self.called(node.func) in ABORTS

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.RemovalSentinel:
        kept = [one for one in updated_node.body if not _assigns_itself(one)]
        if kept and len(kept) == len(updated_node.body):
            return updated_node
        if (comments := comments_of(original_node)) and not kept:
            self._keep_comments(original_node, comments)
        return updated_node.with_changes(body=kept) if kept else cst.RemoveFromParent()

    def _keep_comments(self, line: cst.SimpleStatementLine, comments: tuple[str, ...]) -> None:
        """Have the comments on a local that became a parameter stand at that."""
        match line.body:
            case [cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))])]:
                if name in self.signature.parameters:
                    self.signature.remarks[name] = (*self.signature.remarks.get(name, ()), *comments)


def _assigns_itself(statement: cst.BaseSmallStatement) -> bool:
    """`page = page`, which remains where a local took what is a parameter now."""
    match statement:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=target))], value=cst.Name(value=value)):
            return target == value
        case _:
            return False
