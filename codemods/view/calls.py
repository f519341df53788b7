"""Calls of the project's own definitions: what they are handed of Flask's, and what their carried forms ask for."""

import libcst as cst

from .asking import Asking
from .diagnostics import NEEDS_CONTEXT
from .reference import Reference
from .rule import TIGHT, chain, code
from .signature import SENT, Parameter


class Calls(Asking):
    """Applies what is known of the project's own functions to calls of them."""

    def qualified(self, node: cst.BaseExpression) -> str | None:
        """What a chain of names stands for; for native code an attribute of the application is one of `current_app`."""
        found = self.called(node) if self.references.is_native else self.names.qualified(node)
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
        if reference.parameters or reference.is_handed:
            self.carried_calls[node] = reference
        if reference.is_handed and reference.need is not None:
            self.handed.update(handed)
            self.claimed.update(one.value for one in handed)
            self.application = self.application or reference.application
            self.needs.add(reference.need)
            self.replaced[node.func] = chain(reference.text)

    def with_what_it_takes(
        self, reference: Reference, original_node: cst.Call, updated_node: cst.Call
    ) -> cst.BaseExpression:
        """A call that hands on what the carried function asks for, in the place of Flask's objects."""
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
        return self.ask(parameter.renamed(self.signature.free_name(parameter.name, parameter.source[0])))
