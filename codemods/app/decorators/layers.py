"""Decorators of API extensions: what loads a part of the request, what dumps the view's value, what only documents.

    @app.input(PetIn)                        @dumped_by(PetOut.dump)
    @app.output(PetOut)               →      def create_pet(json_body: JsonBody[PetIn]) -> Any:
    def create_pet(json_data):                   json_data = load_json(json_body).to_dict()

The endpoint loads the request where it begins, so that everything around it runs as it did.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

import libcst as cst

from codemods.carry import Carrier, Policy
from codemods.carry.shown_fields import shown_fields
from codemods.extensions import Input, Output, Told, Wrapping
from codemods.extensions.schema_layers.apiflask import envelope
from codemods.findings import Finding
from codemods.literals import as_literal
from codemods.model import Decorator, Module
from codemods.schemas import FieldPlan
from codemods.schemas.basis.plan import SchemaPlan, Side, ancestors
from codemods.schemas.calls.rewriting import Instance, constructed, loaded
from codemods.schemas.fields.unnamed import unnamed_schema
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import Refused
from codemods.view.rule import code, expression
from codemods.view.signature import JSON, Parameter
from codemods.view.translator import Translator
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from .arguments import arguments_here
from .diagnostics import unclear
from .file_fields import certain_files, sees_files
from .model_inputs import FORM, HELPER, PLACES, LoadedModel, given_model, model_input, wording_of
from .wrappers import ToldAnswer, Wrapper

WITH_FILES = frozenset({"files", "form_and_files"})
"""The places that hold files, and the texts beside them."""


@dataclass(frozen=True, slots=True)
class LoadedInput:
    """A part of the request that a schema loads for the view; `wording` are further arguments of what does it.

    `files` are those of its fields that are files.
    """

    plan: SchemaPlan
    schema: str
    many: bool
    location: str
    module: str
    wording: str = ""
    files: Mapping[str, FieldPlan] = field(default_factory=dict)

    @property
    def need(self) -> Need:
        """The import of the class."""
        return Need(f".schemas.{self.plan.home}", self.schema)

    @property
    def is_json(self) -> bool:
        """Whether the view is given what JSON is made of, and no object of the schema's own making."""
        return self.plan.after_load is None

    def load(self, translator: Translator) -> cst.BaseExpression:
        """The expression that loads it; asks for what it is loaded from."""
        translator.needs.add(self.need)
        schema = self.schema
        if self.location == "json":
            body = code(self.body(translator, schema))
            call = expression(f"{translator.need(self.module, 'load_json')}({body}{self.wording})")
        elif self.location == "json_or_form":
            body = code(self.body(translator, schema))
            name, free = (
                translator.need(self.module, "load_json_or_form"),
                translator.signature.free_name("form", "sent"),
            )
            needs = frozenset({Need(".compat.form", "WholeForm")})
            whole = translator.ask(Parameter(free, "WholeForm", None, ("either", "form"), needs))
            call = expression(f"{name}({schema}, {body}, {code(whole)}{self.wording})")
        elif self.location == "form":
            form = f"{code(translator.body())}.form"
            translator.operation = translator.operation or f"{translator.need(FORM.module, FORM.name)}({schema})"
            call = expression(f"{translator.need(self.module, 'load_form')}({schema}, {form}{self.wording})")
        elif self.location in WITH_FILES:
            told = f'{translator.need(FORM.module, FORM.name)}({schema}, "multipart/form-data")'
            translator.operation = translator.operation or told
            more = f', "{self.location}"' if self.location == "files" else ""
            name = translator.need(self.module, "load_form_and_files")
            call = expression(f"{name}({schema}, {code(translator.body())}{more}{self.wording})")
        else:
            call = self.of_part(translator, PLACES.get(self.location, self.location))
        return loaded(self.plan, self.schema, call, self.many)

    def of_part(self, translator: Translator, place: str) -> cst.BaseExpression:
        """The expression for what is no body."""
        name = translator.need(self.module, f"load_{place}")
        more = f', "{self.location}"' if self.location in PLACES else ""
        if place == "path":
            return expression(f"{name}({self.schema}, {code(translator.request())}{more}{self.wording})")
        kind = f"Sent{place.title()}"
        source, needs = ("guard", f"{kind}[{self.schema}]"), frozenset({Need(".compat.sent_parts", kind)})
        own = translator.signature.free_name(place, "sent")
        sent = translator.ask(Parameter(own, source[1], None, source, needs))
        return expression(f"{name}({code(sent)}{more}{self.wording})")

    def body(self, translator: Translator, schema: str) -> cst.Name:
        """The JSON body as a parameter."""
        known = translator.signature.find(JSON)
        name = known.name if known else translator.signature.free_name("json_body", "sent")
        kind = f"list[{schema}]" if self.many else schema
        needs = frozenset({Need(".compat.json_body", "JsonBody")})
        return translator.ask(Parameter(name, f"JsonBody[{kind}]", None, JSON, needs))


def input_of(
    carrier: Carrier, policy: Policy, decorator: Decorator, module: Module, layer: Input
) -> LoadedInput | LoadedModel:
    """What the decorator loads; raises `Refused`."""
    if (model := model_input(carrier, policy, decorator, module, layer)) is not None:
        return model
    plan, instance = schema_of(carrier, policy, decorator, module, layer.schema, "load")
    name = plan.patch_name if instance.partial else plan.load_name
    if instance.unknown or not name:
        raise unclear(decorator.location, decorator.text, "changes what its schema does with unknown fields")
    if name in module.definitions and name != plan.name:
        raise unclear(decorator.location, decorator.text, f"has a schema that would be called '{name}' as well")
    if layer.location != "json" and (instance.many or plan.is_union):
        what = "one of several schemas" if plan.is_union else "a list"
        raise unclear(decorator.location, decorator.text, f"loads {what} of what is no JSON")
    family = (plan, *ancestors(carrier.schemas.plans, plan))
    if layer.location != "json" and any(one.kind == "before_load" for each in family for one in each.methods):
        raise unclear(decorator.location, decorator.text, "prepares what is no JSON by a hook of its schema")
    files = certain_files(carrier.schemas.plans, plan) if layer.location in WITH_FILES else {}
    if layer.location in WITH_FILES and sees_files(carrier.schemas.plans, plan):
        raise unclear(decorator.location, decorator.text, f"gives '{plan.name}' files that nobody can follow")
    return LoadedInput(plan, name, instance.many, layer.location, layer.module, wording_of(carrier), files)


def layer_wrapper(
    carrier: Carrier, policy: Policy, decorator: Decorator, module: Module, layer: Output | Wrapping
) -> Wrapper:
    """What stands around the endpoint for an extension's decorator; raises `Refused`."""
    if isinstance(layer, Output):
        return wrapper_of(carrier, policy, decorator, module, layer)
    shown, needs = arguments_here(carrier, policy, module, layer.arguments, decorator.location, decorator.text)
    arguments = (shown[1:-1] + layer.more).removeprefix(", ")
    application = Finding(NEEDS_APPLICATION, decorator.location, layer.application) if layer.application else None
    return Wrapper(
        f"{layer.helper.name}({arguments})", needs | {layer.helper}, application, None, "response", True, True, False,
        True, decorator.text,
    )  # fmt: skip


def wrapper_of(carrier: Carrier, policy: Policy, decorator: Decorator, module: Module, layer: Output) -> Wrapper:
    """What stands around the endpoint and dumps its value; raises `Refused`."""
    needs = {layer.helper}
    arguments = []
    told = told_of(carrier, policy, decorator, module, Told(layer.status, layer.told, layer.schema))
    if layer.schema is not None:
        dump, imported = dump_of(carrier, policy, decorator, module, layer.schema)
        arguments.append(dump)
        needs |= imported
    elif layer.dump is not None:
        arguments.append(layer.dump.name)
        needs |= {layer.dump}
    around = envelope(carrier.project, carrier.sources) if layer.helper.name == "dumped_by" else None
    if around is not None and layer.status != 204:
        if not arguments:
            raise unclear(decorator.location, decorator.text, "puts nothing into the schema around every output")
        told = told_of(carrier, policy, decorator, around[0], Told(layer.status, layer.told, around[1]))
        outer, _ = dump_of(carrier, policy, decorator, around[0], around[1])
        keyed = f", {as_literal(around[2])}" if around[2] != "data" else ""
        needs |= {Need(layer.helper.module, "within")}
        arguments = [f"within({outer}, {arguments[0]}{keyed})"]
    options = f", status_code={layer.status}" if layer.status != 200 else ""
    if layer.status in (204, 304):
        options += ", response_model=None"
        told = ToldAnswer(layer.status, layer.told, told.needs)
    if not layer.is_json:
        options += ", response_class=Response"
        needs |= {Need("fastapi", "Response")}
    if layer.helper.name == "responding":
        arguments.insert(0, str(layer.status))
    elif layer.status != 200:
        arguments.append(str(layer.status) if arguments else f"status={layer.status}")
    return Wrapper(
        f"{layer.helper.name}({', '.join(arguments)})", frozenset(needs | told.needs), None, None, "value", True, False,
        False, False, decorator.text, options, (told,) if told.entries else (), layer.status,
    )  # fmt: skip


def dump_of(
    carrier: Carrier, policy: Policy, decorator: Decorator, module: Module, node: cst.BaseExpression
) -> tuple[str, frozenset[Need]]:
    """What dumps a value by a schema or model, and what that imports; raises `Refused`."""
    if (model := given_model(carrier, policy, decorator, module, node)) is not None:
        return f"as_model({model.name})", model.needs | {Need(HELPER, "as_model")}
    plan, instance = schema_of(carrier, policy, decorator, module, node, "dump")
    many = "_many" if instance.many else ""
    return f"{plan.dump_name}.dump{many}", frozenset({Need(f".schemas.{plan.home}", plan.dump_name)})


def told_of(carrier: Carrier, policy: Policy, decorator: Decorator, module: Module, told: Told) -> ToldAnswer:
    """What OpenAPI is told of an answer; raises `Refused` for a schema that is not converted.

    Fields that cannot be read are not told of: nobody writes an answer by them.
    """
    if told.fields is not None:
        try:
            model, needs = fields_model(carrier, decorator, module, told.fields)
        except Refused:
            return ToldAnswer(told.status, told.entries)
        return ToldAnswer(told.status, (f'"model": {model}', *told.entries), needs)
    if told.schema is None:
        return ToldAnswer(told.status, told.entries)
    try:
        if (given := given_model(carrier, policy, decorator, module, told.schema)) is not None:
            return ToldAnswer(told.status, (f'"model": {given.shown}', *told.entries), given.needs)
        plan, instance = schema_of(carrier, policy, decorator, module, told.schema, "dump")
    except Refused:
        if told.is_needed:
            raise
        return ToldAnswer(told.status, told.entries)
    model = f"list[{plan.dump_name}]" if instance.many else plan.dump_name
    needs = frozenset({Need(f".schemas.{plan.home}", plan.dump_name)})
    return ToldAnswer(told.status, (f'"model": {model}', *told.entries), needs)


def fields_model(
    carrier: Carrier, decorator: Decorator, module: Module, node: cst.BaseExpression
) -> tuple[str, frozenset[Need]]:
    """The class for a dictionary or model of fields, or for a list with one, and its imports; raises `Refused`."""
    plain = ast.parse(code(node), mode="eval").body
    is_list = isinstance(plain, ast.List) and len(plain.elts) == 1
    shown = shown_fields(carrier, module, plain.elts[0] if isinstance(plain, ast.List) else plain, decorator.location)
    return f"list[{shown.text}]" if is_list else shown.text, shown.needs


def schema_of(
    carrier: Carrier, policy: Policy, decorator: Decorator, module: Module, node: cst.BaseExpression, side: Side
) -> tuple[SchemaPlan, Instance]:
    """The schema that a decorator is given: a class, a call of one, or an object of the module; raises `Refused`."""
    names = Names(carrier.project, module, frozenset(), {})
    plans = carrier.schemas.plans
    qualified = names.qualified(node) or unnamed_schema(node, names, plans)
    instance = constructed(node, plans, names) or carrier.schemas.instance(qualified)
    if instance is None and qualified in plans:
        instance = Instance(qualified)
    plan = carrier.schemas.plan_in(instance.schema, side, policy) if instance is not None else None
    if instance is None or plan is None:
        known = plans.get(instance.schema if instance is not None else qualified)
        found = known.findings_on(side) if known is not None else ()
        missing = carrier.schemas.missing(known.qualified, side) if known is not None and not found else ""
        why = f", because of {found[0] if found else missing}" if found or missing else ""
        raise unclear(decorator.location, decorator.text, f"is given a schema that is not converted{why}")
    return plan, instance
