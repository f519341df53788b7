"""Calls of the project's own definitions: what they are handed of Flask's, and what their carried forms ask for."""

import libcst as cst

from codemods.extensions.wtf import filled
from codemods.vocabulary import of_flask

from . import patterns as m
from .asking import Asking
from .diagnostics import ELSEWHERE, NEEDS_CONTEXT
from .inner import AFTER_THIS_REQUEST
from .names import split
from .reference import Reference
from .response_object import RESPONSE_ATTRIBUTE
from .rule import TIGHT, chain, code, string
from .search import findall
from .signature import SENT, Parameter

LOOKING_UP = frozenset({"Function", "Method", "attrgetter", "getattr", "methodcaller"})
"""Functions that find a method by its name."""


class Calls(Asking):
    """Applies what is known of the project's own functions to calls of them."""

    def qualified(self, node: cst.BaseExpression) -> str | None:
        """What a chain of names stands for; for native code an attribute of the application is one of `current_app`."""
        found = self.called(node) if self.references.is_native else self.made(self.names.qualified(node))
        return found or self.registered(node)

    def calls_reference(self, node: cst.Call, qualified: str) -> None:
        """A call of a definition of the project's, which may be handed Flask's request or application."""
        if self.references.proxied(qualified) is not None:
            return
        handed = {one for one in node.args if not one.star and self.handed_object(one.value)}
        places = self.handed_by(node)
        if places and any(one.star for one in node.args):
            raise self.refuse(NEEDS_CONTEXT, node, code(node))
        reference, rest = self.references.to(qualified, self.names, node.func, places)
        if reference is None or rest:
            return
        if reference.parameters and any(name in self.handed_on for name in self.nested):
            raise self.refuse(ELSEWHERE, node, code(node))
        if reference.parameters or reference.is_handed or reference.is_form:
            self.carried_calls[node] = reference
        if reference.is_handed and reference.need is not None:
            self.handed.update(handed)
            self.claimed.update(one.value for one in handed)
            self.application = self.application or reference.application
            self.needs.add(reference.need)
            self.replaced[node.func] = chain(reference.text)

    def check_responses(self, node: cst.Call) -> None:
        """Raise `Refused` where code that stays as it is would be handed a response of the target's."""
        if self.names.qualified(node.func) == AFTER_THIS_REQUEST and node.args:
            called = self.names.qualified(node.args[0].value) or ""
            if self.references.misses_attributes(called, 0):
                raise self.refuse(RESPONSE_ATTRIBUTE, node, code(node))
        called = self.names.qualified(node.func) or ""
        method = f".{node.func.attr.value}" if isinstance(node.func, cst.Attribute) else ""
        for place, one in enumerate(node.args):
            at = one.keyword.value if one.keyword else place
            fails = any(self.references.misses_attributes(name, at) for name in (called, method))
            if fails and not one.star and self.kind(one.value) == "response":
                raise self.refuse(RESPONSE_ATTRIBUTE, node, code(node))

    def method_name(self, node: cst.BaseExpression) -> str | None:
        """The name of an attribute that may be a method which needs Flask's request; None for another."""
        if not isinstance(node, cst.Attribute) or not self.references.is_request_method(node.attr.value):
            return None
        qualified = self.names.qualified(node)
        is_of_library = qualified is not None and not of_flask(qualified)
        if is_of_library and split(self.names.project, qualified or "")[0] is None:
            return None
        return node.attr.value

    def calls_bound_method(self, node: cst.Call) -> bool:
        """Note a call of a method that needs Flask's request; whether it is one."""
        direct = self.direct_method(node.func)
        method = self.method_name(node.func) if direct is None else None
        if direct is not None:
            self.method_calls[node] = direct
        elif method is not None:
            self.calls_method(node, method)
        return direct is not None or method is not None

    def direct_method(self, node: cst.BaseExpression) -> Reference | None:
        """What is called for `Order(item).execute` where that needs Flask's request; None for another function."""
        match node:
            case cst.Attribute(value=cst.Call(func=kind), attr=cst.Name(value=method)):
                owner = self.names.qualified(kind)
                reference = self.references.direct(f"{owner}.{method}") if owner is not None else None
                if reference is not None:
                    self.application = self.application or reference.application
                return reference
            case _:
                return None

    def check_names(self, node: cst.Call) -> None:
        """Raise `Refused` where a call finds a method that needs Flask's request by its name."""
        called = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
        looked_up = node.args if isinstance(called, cst.Name) and called.value in LOOKING_UP else ()
        if any(self.references.is_request_method(string(one.value) or "") for one in looked_up):
            raise self.refuse(NEEDS_CONTEXT, node, code(node))

    def starts_thread(self, node: cst.Call) -> None:
        """What a new thread runs: Flask's contexts are not there, so that it may be Flask's own function."""
        for one in node.args if self.names.qualified(node.func) == "threading.Thread" else ():
            if one.keyword is None or one.keyword.value != "target":
                continue
            for call in findall(one.value, m.Call()) if isinstance(one.value, cst.Lambda) else ():
                called = cst.ensure_type(call, cst.Call).func
                if self.references.in_thread(self.names.qualified(called) or "") or self.method_name(called):
                    raise self.refuse(ELSEWHERE, node, code(node))
            reference = self.references.in_thread(self.names.qualified(one.value) or "")
            if reference is not None and reference.need is not None:
                self.application = self.application or reference.application
                is_named = m.matches(one.value, m.Name(reference.text))
                self.needs |= {reference.need} if is_named else set()
                self.replaced[one.value] = (
                    one.value if is_named else cst.Name(self.need(reference.need.module, reference.need.name))
                )

    def calls_method(self, node: cst.Call, name: str) -> None:
        """A call of a method that needs Flask's request, of whatever object: of a function that is handed it."""
        func = cst.ensure_type(node.func, cst.Attribute)
        qualified = self.names.qualified(func.value)
        if qualified is not None and self.references.is_callable(qualified):
            raise self.refuse(NEEDS_CONTEXT, node, code(node))
        reference = self.references.generic(name)
        self.application = self.application or reference.application
        self.method_calls[node] = reference
        self.claimed.add(func.attr)

    def with_object(self, reference: Reference, call: cst.Call) -> cst.BaseExpression:
        """The call of a function instead of a method, which is handed the object and the request."""
        if reference.need is None:
            return call
        if any(one.keyword is not None and one.keyword.value == "request" for one in call.args):
            raise self.refuse(NEEDS_CONTEXT, call, code(call))
        owner = cst.ensure_type(call.func, cst.Attribute).value
        request = cst.Arg(self.request(), cst.Name("request"), equal=TIGHT)
        called = cst.Name(self.need(reference.need.module, reference.need.name))
        return call.with_changes(func=called, args=[cst.Arg(owner), *call.args, request])

    def with_what_it_takes(
        self, reference: Reference, original_node: cst.Call, updated_node: cst.Call
    ) -> cst.BaseExpression:
        """A call that hands on what the carried function asks for, in the place of Flask's objects."""
        if reference.form_takes is not None:
            return filled(self, original_node, updated_node, reference.form_takes)
        if any(one.star for one in original_node.args):
            raise self.refuse(NEEDS_CONTEXT, original_node, code(original_node))
        extra = []
        given = {one.keyword.value for one in original_node.args if one.keyword is not None}
        for parameter in reference.parameters:
            if parameter.name in given:
                raise self.refuse(NEEDS_CONTEXT, original_node, code(original_node))
            value = self._handed_on(parameter, original_node)
            extra.append(cst.Arg(value, keyword=cst.Name(parameter.name), equal=TIGHT))
        kept = [
            after
            for before, after in zip(original_node.args, updated_node.args, strict=True)
            if before not in self.handed
        ]
        return updated_node.with_changes(args=[*kept, *extra])

    def called_through(self, node: cst.BaseExpression, function: str, rest: str) -> cst.BaseExpression:
        """What a proxy stands for: the call of its function, which Werkzeug makes wherever the proxy is used."""
        reference, more = self.references.to(function, self.names, node)
        if reference is None or reference.need is None or more or rest.startswith("_"):
            raise self.refuse(NEEDS_CONTEXT, node, code(node))
        self.application = self.application or reference.application
        self.needs.add(reference.need)
        bare = cst.Call(cst.parse_expression(reference.text))
        made = self.with_what_it_takes(reference, bare, bare)
        for name in rest.split(".") if rest else ():
            made = cst.Attribute(made, cst.Name(name))
        return made

    def _handed_on(self, parameter: Parameter, call: cst.Call) -> cst.BaseExpression:
        """What brings what a carried function asks for: the request, its body, a parameter of our own."""
        if parameter.source == ("request", ""):
            return self.request()
        if parameter.source == SENT:
            return self.body()
        known = self.signature.find(parameter.source)
        if known is not None:
            if known.renamed(parameter.name) != parameter:
                raise self.refuse(NEEDS_CONTEXT, call, code(call))
            return cst.Name(known.name)
        if not self.signature.injected:
            raise self.refuse(NEEDS_CONTEXT, call, code(call))
        kind = parameter.source[0].partition("-")[0]
        return self.ask(parameter.renamed(self.signature.free_name(parameter.name, kind)))
