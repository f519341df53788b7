"""Names, chains of names and calls: what stands in the place of everything that a function takes from outside."""

import libcst as cst

from codemods.vocabulary import of_flask

from . import error_object, own_attributes, response_headers, response_object, streamed_json, upload_object
from . import patterns as m
from .conditions import Conditions
from .context import is_flask_family, needs_application, needs_request, needs_request_of_application
from .diagnostics import CONSTRUCT, ELSEWHERE, NEEDS_CONTEXT, NOT_FOLLOWED
from .formatted import requoted
from .response_parts import METHODS, PARTS
from .rule import chain, code
from .rules.errors import FOREIGN_EXCEPTION, RAISING
from .rules.responses import CLASSES as RESPONSE_CLASSES
from .rules.responses import REDIRECTS
from .search import findall
from .tables import naming_arguments

READS_NAMESPACE = frozenset(f"builtins.{name}" for name in ("globals", "locals", "vars", "eval", "exec", "dir"))
"""Builtins whose result depends on where the code stands."""

ITERATING = frozenset(
    f"builtins.{name}" for name in ("bool", "dict", "frozenset", "len", "list", "max", "min", "set", "sorted", "tuple")
)
"""Builtins that take no more of a mapping than its keys, its values by key and its length."""

COUNTING = frozenset({"builtins.bool", "builtins.len"})
OF_RESPONSES = response_object.TELLING.union(PARTS.keys() - {"status_code"}, METHODS)
"""Attributes of responses that Starlette's have not, or with another meaning."""
ALIASES = "flask.typing."
"""What Flask's names for the types of answers and functions start with: only annotations have them."""
REFLECTING = frozenset({"builtins.getattr", "builtins.hasattr", "builtins.setattr"})


class Expressions(Conditions):
    """Applies the rules to expressions, innermost first."""

    def visit_Call(self, node: cst.Call) -> bool:
        if node in self.replaced:
            return False
        self.check_names(node)
        self.starts_thread(node)
        self.check_responses(node)
        qualified = self.qualified(node.func)
        if node in self.schemas.calls:
            if node in self.schemas.wholes:
                whole = node.args[0].value
                self.replaced[whole] = self.rules.containers[self.qualified(whole) or ""](self, whole)
            return True
        if qualified == "builtins.isinstance" and len(node.args) == 2:
            self._response_classes(node.args[1].value)
        if qualified in REDIRECTS:
            self.claimed.update(one.value for one in node.args if one.keyword and one.keyword.value == "Response")
        if qualified in ITERATING and node.args and not node.args[0].star:
            if qualified == "builtins.dict":
                self.check_files(node.args[0].value)
            self.iterated(node.args[0].value, qualified in COUNTING)
        elif qualified in REFLECTING and node.args and self.qualified(node.args[0].value) in self.rules.members:
            self.iterated(node.args[0].value)
        if (plain := own_attributes.spelled_out(self.names, node)) is not None:
            self.settle(plain, self.qualified(plain) or "")
            self.replaced[node] = self.replaced[plain]
            return False
        if (holder := own_attributes.reflected(self, node)) is not None:
            self.replaced[node.args[0].value] = holder
        if isinstance(node.func, cst.Attribute) and node.func.attr.value == "save":
            self.saving |= {node.func} if node.func.value in self.uploads.uses else set()
        if error_object.renders(node, self.error, self.caught.possible):
            self.claimed.update(error_object.environment(self, node))
        elif qualified == streamed_json.DUMPS and self.may_lack_context(node):
            self.kept_calls.add(node)  # without a context, as in a stream, Flask writes JSON by other rules
        elif self.called(node.func) in self.rules.calls:
            self._stays_in_request(node.func, qualified or "")
            self.claimed |= {node.func, *naming_arguments(node, self.called(node.func) or "")}
            self.headers_stay(one.value for one in node.args)
        elif qualified is None and response_object.is_call(self, node):
            func = cst.ensure_type(node.func, cst.Attribute)
            self.of_response.update((func, func.value))
            if response_object.is_request_argument(self, node):
                self.claimed.add(node.args[0].value)
        elif not self.calls_bound_method(node) and qualified is not None:
            self.calls_reference(node, qualified)
        return True

    def visit_GeneratorExp(self, node: cst.GeneratorExp) -> bool:
        self.generators += 1
        return True

    def leave_GeneratorExp(self, original_node: cst.GeneratorExp, updated_node: cst.GeneratorExp) -> cst.BaseExpression:
        self.generators -= 1
        return updated_node

    def visit_Annotation(self, node: cst.Annotation) -> bool:
        self._response_classes(node.annotation)
        for one in findall(node.annotation, m.Name() | m.Attribute()):
            if isinstance(one, cst.Name | cst.Attribute) and (self.names.qualified(one) or "").startswith(ALIASES):
                self.replaced[one] = cst.Name(self.need("typing", "Any"))
        return True

    def _response_classes(self, node: cst.BaseExpression) -> None:
        """Put FastAPI's class where Flask's stands in an annotation or in `isinstance`."""
        for one in findall(node, m.Name() | m.Attribute()):
            assert isinstance(one, cst.Name | cst.Attribute)
            if self.names.qualified(one) in RESPONSE_CLASSES:
                self.replaced[one] = cst.Name(self.need("fastapi", "Response"))

    def visit_Tuple(self, node: cst.Tuple) -> bool:
        self.headers_stay(one.value for one in node.elements)
        return True

    def visit_Subscript(self, node: cst.Subscript) -> bool:
        if (view := self.registered(node)) is not None:
            self.settle(node, view)
            return False
        self.headers_stay([node.value])
        qualified = self.qualified(node.value)
        if qualified is not None and qualified in self.rules.subscripts:
            self._stays_in_request(node.value, qualified)
            self.claimed.add(node.value)
        return True

    def visit_Arg(self, node: cst.Arg) -> bool:
        if node.star == "**":
            self.unpacked(node.value)
        if node.keyword is not None:
            self.claimed.add(node.keyword)
        return True

    def visit_Param(self, node: cst.Param) -> bool:
        self.claimed.add(node.name)
        return True

    def visit_NameItem(self, node: cst.NameItem) -> bool:
        self.claimed.add(node.name)
        return True

    def visit_Dict(self, node: cst.Dict) -> bool:
        """Leave alone what a rule reads as a whole."""
        return node not in self.claimed

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        if node in self.claimed or node in self.replaced:
            return False
        if node.attr in self.claimed:
            return True  # a method that a function stands for
        if self.method_name(node) is not None:
            raise self.refuse(NEEDS_CONTEXT, node, code(node))
        self.claimed.add(node.attr)
        qualified = self.qualified(node)
        member = self.rules.members.get(self.qualified(node.value) or "")
        replaced = member(self, node) if member else own_attributes.attribute(self, node)
        if replaced is not None:
            self._stays_in_request(node, self.qualified(node) or "")
            self.replaced[node] = replaced
            return False
        if qualified is not None:
            if qualified not in self.rules.attributes and self._continues(node.value):
                return True
            self.settle(node, qualified)
            return False
        if self.error is not None and isinstance(node.value, cst.Name) and node.value.value == self.error.name:
            self.replaced[node] = error_object.attribute(self, self.error, node)
            return False
        if node in self.of_response:
            return True
        owner_part = response_object.part_of_response(self, node.value)
        if owner_part == "cache_control":
            self.of_response.update((node, node.value))
            self.response_reads.add(node)
        elif self.kind(node.value) == "response":
            response_object.check(self, node)
            self.response_reads.add(node)
        elif self._tells_of_response(node) and self.kind(node.value) == "unknown" and not self._is_error(node):
            raise self.refuse(response_object.RESPONSE_ATTRIBUTE, node, code(node))
        return True

    def _tells_of_response(self, node: cst.Attribute) -> bool:
        """Whether an attribute is one that only Flask's responses have, or one of what may be a response."""
        match node.value:
            case cst.Name(value=name) if name in self.possible_responses:
                return node.attr.value in OF_RESPONSES
            case cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value="headers")):
                is_native = node.attr.value in response_headers.NATIVE
                return name in self.possible_responses and not is_native
            case _:
                return node.attr.value in response_object.TELLING

    def visit_Name(self, node: cst.Name) -> bool:
        if node not in self.claimed and node not in self.replaced:
            if node.value == "__name__" and node.value not in self.names.local:
                self.replaced[node] = cst.SimpleString(f'"{self.names.module.name}"')
                return True
            if self.error is not None and node.value == self.error.name:
                self.error.uses.add("")
            if self.local_kinds.get(node.value) == "headers" and node not in self.of_response:
                raise self.refuse(response_object.RESPONSE_ATTRIBUTE, node, node.value)
            qualified = self.names.of_name(node.value)
            if qualified is not None:
                self.settle(node, qualified)
            elif node.value in self.names.outer or node.value not in self.names.local:
                raise self.refuse(NOT_FOLLOWED, node, node.value)
        return True

    def _stays_in_request(self, node: cst.BaseExpression, qualified: str) -> None:
        """Raise `Refused` for a name of Flask in an inner function that other code is given.

        What a context processor gives is called while its request's template renders.
        """
        if self.role == "processor" or qualified.startswith(RAISING) or not (self.nested and of_flask(qualified)):
            return
        if any(name is None or name in self.handed_on for name in self.nested):
            raise self.refuse(ELSEWHERE, node, code(node))

    def _continues(self, node: cst.BaseExpression) -> bool:
        """Whether a chain goes on behind something that a rule replaces, as `request.path.startswith` does."""
        if own_attributes.is_own(self.names, node):
            return True
        while isinstance(node, cst.Attribute):
            if self.qualified(node) in self.rules.attributes:
                return True
            node = node.value
            if self.qualified(node) in self.rules.members:
                return True
        return self.qualified(node) in self.rules.attributes

    def settle(self, node: cst.BaseExpression, qualified: str) -> None:
        """Decide what stands in the place of a chain of names that means `qualified`."""
        if qualified.startswith("builtins."):
            if qualified in READS_NAMESPACE:
                raise self.refuse(CONSTRUCT, node, code(node))
            return
        self._stays_in_request(node, qualified)
        if qualified in self.rules.attributes:
            self.replaced[node] = self.rules.attributes[qualified](self, node)
            return
        if qualified.startswith("werkzeug.exceptions"):
            raise self.refuse(FOREIGN_EXCEPTION, node, code(node))
        if self.schemas.is_error(qualified):
            self.replaced[node] = cst.Name(self.need(".compat.schema_errors", "InvalidError"))
            return
        if (proxied := self.references.proxied(qualified)) is not None:
            self.replaced[node] = self.called_through(node, *proxied)
            return
        reference, rest = self.references.to(qualified, self.names, node)
        on_application = rest if self.references.is_application(qualified) else ""
        if qualified.startswith("flask.current_app."):
            on_application = qualified.removeprefix("flask.current_app.")
        if needs_request_of_application(on_application):
            raise self.refuse(NEEDS_CONTEXT, node, code(node))
        if reference is not None and reference.asked is not None:
            if not self.signature.injected:
                raise self.refuse(NEEDS_CONTEXT, node, code(node))
            name = self.ask(reference.asked).value
            self.replaced[node] = chain(f"{name}.{rest}" if rest else name)
            return
        if reference is not None:
            is_called = node in {call.func for call in self.carried_calls}
            if (reference.parameters or reference.is_form) and not is_called:
                raise self.refuse(NEEDS_CONTEXT, node, code(node))
            self.application = self.application or reference.application
            if reference.need is not None:
                self.needs.add(reference.need)
                self.replaced[node] = chain(f"{reference.text}.{rest}" if rest else reference.text)
                return
        elif needs_request(qualified):
            raise self.refuse(NEEDS_CONTEXT, node, code(node))
        elif needs_application(qualified) or is_flask_family(qualified):
            self.needs_application(node)
        self.needs.update(self.references.imports(_root(node), self.names, qualified))

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        return self.replaced.get(original_node, updated_node)

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        if original_node.value in self.uploads.uses and original_node not in self.saving:
            return upload_object.attribute(self, original_node, updated_node)
        if original_node in self.response_reads:
            return response_object.read(self, original_node, updated_node)
        return self.replaced.get(original_node, self.schemas.attribute(original_node, updated_node))

    def leave_Comparison(self, original_node: cst.Comparison, updated_node: cst.Comparison) -> cst.BaseExpression:
        if original_node in self.replaced:
            return self.replaced[original_node]
        return response_object.is_in_set(self, original_node, updated_node) or updated_node

    def leave_Subscript(self, original_node: cst.Subscript, updated_node: cst.Subscript) -> cst.BaseExpression:
        if original_node in self.replaced:
            return self.replaced[original_node]
        rule = self.rules.subscripts.get(self.qualified(original_node.value) or "")
        return rule(self, original_node, updated_node) if rule else updated_node

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        if original_node in self.replaced:
            return self.replaced[original_node]
        if original_node.func in self.saving:
            return upload_object.save(self, updated_node)
        if original_node in self.method_calls:
            return self.with_object(self.method_calls[original_node], updated_node)
        if original_node in self.schemas.calls:
            return self.schemas.rewrite(self, original_node, updated_node)
        called = self.called(original_node.func) if original_node not in self.kept_calls else None
        rule = self.rules.calls.get(called or "")
        if rule:
            return rule(self, original_node, updated_node)
        if error_object.renders(original_node, self.error, self.caught.possible):
            return updated_node.with_changes(args=())
        reference = self.carried_calls.get(original_node)
        if reference is None:
            if original_node.func in self.of_response and response_object.is_call(self, original_node):
                return response_object.call(self, original_node, updated_node)
            return updated_node
        return self.with_what_it_takes(reference, original_node, updated_node)

    def _is_error(self, node: cst.Attribute) -> bool:
        """Whether this is an attribute of the error that a handler is given, which is no response."""
        given = {one.name for one in self.signature.parameters.values() if one.source[0] == "given"}
        is_given = isinstance(node.value, cst.Name) and node.value.value in given
        return self.role in ("handler", "teardown") and is_given

    def leave_FormattedString(
        self, original_node: cst.FormattedString, updated_node: cst.FormattedString
    ) -> cst.BaseExpression:
        return requoted(updated_node)


def _root(node: cst.BaseExpression) -> str:
    while isinstance(node, cst.Attribute):
        node = node.value
    assert isinstance(node, cst.Name)
    return node.value
