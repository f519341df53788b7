"""Decorators of Flask-RESTful and Flask-RESTX that write what a method returns by fields.

@marshal_with(task_fields, envelope="tasks")    →    @marshalled(TaskFields, "tasks")
def get(self): ...                                   def get_tasks() -> Any: ...
"""

import ast
from dataclasses import replace

from codemods.carry import Carrier
from codemods.carry.shown_fields import ShownFields, shown_field, shown_fields
from codemods.extensions import Marshalled, Represented
from codemods.extensions.resources import restx
from codemods.literals import as_literal
from codemods.model import Decorator, Module
from codemods.view.imports import Need
from codemods.view.rule import code

from .diagnostics import unclear
from .wrappers import ToldAnswer, Wrapper


def marshal_wrapper(
    carrier: Carrier, decorator: Decorator, module: Module, layer: Marshalled, is_resource: bool
) -> Wrapper:
    """What stands around the endpoint; raises `Refused`."""
    if not is_resource:  # the view's value would be Flask's to answer
        raise unclear(decorator.location, decorator.text, "stands around a view that is no resource")
    arguments, shown = written_by(carrier, decorator, module, layer)
    helper = "marshalled_by" if layer.is_single else "marshalled"
    told: tuple[ToldAnswer, ...] = ()
    if not layer.is_single and not layer.envelope:
        kinds = {None: f"{shown.text} | list[{shown.text}]", True: f"list[{shown.text}]", False: shown.text}
        model = f'"model": {kinds[layer.is_list]}'
        told = (ToldAnswer(layer.status, (model, *layer.told), shown.needs),)
    return Wrapper(
        f"{helper}({arguments})",
        shown.needs | {Need(layer.dialect.helper, helper)}, None, None, "value", True,
        shown.links or layer.dialect.reads_request, False, False, decorator.text, "", told,
    )  # fmt: skip


def written_by(carrier: Carrier, decorator: Decorator, module: Module, layer: Marshalled) -> tuple[str, ShownFields]:
    """The arguments of what writes by fields, and these; raises `Refused`."""
    node = ast.parse(code(layer.fields), mode="eval").body
    read = shown_field if layer.is_single else shown_fields
    shown = read(carrier, module, node, decorator.location)
    envelope = [as_literal(layer.envelope)] if layer.envelope else []
    asked = restx.mask_header(carrier.project, carrier.sources) if layer.dialect.reads_request else None
    header = [f"header={as_literal(asked)}"] if asked not in (None, restx.HEADER) else []
    return ", ".join([shown.text, *envelope, *layer.options, *header]), shown


def represented_wrapper(layer: Represented, decorator: Decorator) -> Wrapper:
    """What stands around the endpoint and writes what it returns."""
    return Wrapper(
        layer.expression, layer.needs, None, None, "value", True, True, False, False, decorator.text
    )  # fmt: skip


def represented(wrappers: list[Wrapper], inner: Wrapper) -> Wrapper:
    """What marshals, which writes the response, too, where that is what the last of the others would do.

    That one is taken away.
    """
    around = wrappers[-1]
    if not around.expression.startswith("represented_by("):
        return inner
    wrappers.pop()
    name = around.expression.removeprefix("represented_by(").removesuffix(")")
    needs = inner.needs | {one for one in around.needs if one.name == name}
    return replace(inner, expression=f"{inner.expression[:-1]}, represented={name})", needs=needs, reads_request=True)
