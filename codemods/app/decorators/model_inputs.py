"""Pydantic models that APIFlask's decorators are given: they load and dump in the target as they do in the application.

@app.input(PetIn)                        @dumped_by(as_model(PetOut))
@app.output(PetOut)               →      def create_pet(json_body: JsonBody[PetIn]) -> Any:
def create_pet(json_data: PetIn):            json_data = validate_json(PetIn, json_body)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import libcst as cst

from codemods.carry import Carrier, Policy
from codemods.extensions import Input
from codemods.extensions.schema_layers.apiflask import refusals
from codemods.extensions.schema_layers.pydantic_models import MODELS, is_model
from codemods.findings import Finding
from codemods.literals import as_literal
from codemods.model import Decorator, Module
from codemods.schemas import FieldPlan
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.rule import code, expression
from codemods.view.signature import JSON, Parameter
from codemods.view.translator import Translator

from .arguments import arguments_here
from .diagnostics import unclear

HELPER = ".compat.model_inputs"
FORM = Need(".compat.unread", "form_operation")
"""What tells of a form."""
PLACES = {"querystring": "query", "view_args": "path"}
"""Other names of places, which messages show."""
LISTS = frozenset({"builtins.list", "typing.List"})


@dataclass(frozen=True, slots=True)
class GivenModel:
    """A model as a decorator names it, as one type or as that of a list's items; with its imports."""

    name: str
    is_list: bool
    needs: frozenset[Need]

    @property
    def shown(self) -> str:
        """The type of what is loaded or dumped."""
        return f"list[{self.name}]" if self.is_list else self.name


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A part of the request that a model validates for the view; `wording` are further arguments of what does it."""

    model: GivenModel
    location: str
    wording: str = ""
    files: Mapping[str, FieldPlan] = field(default_factory=dict)
    is_json: bool = False

    def load(self, translator: Translator) -> cst.BaseExpression:
        """The expression that validates it; asks for what it is made of."""
        translator.needs |= self.model.needs
        place = PLACES.get(self.location, self.location)
        given = ", ".join(self.sent(translator, place))
        more = f', "{self.location}"' if self.location in PLACES else ""
        return expression(f"{translator.need(HELPER, f'validate_{place}')}({given}{more}{self.wording})")

    def sent(self, translator: Translator, place: str) -> list[str]:
        """What a part is validated from, as arguments."""
        model = self.model.name
        if place == "json":
            return [model, self.body(translator)]
        if place == "json_or_form":
            free, needs = translator.signature.free_name("form", "sent"), frozenset({Need(".compat.form", "WholeForm")})
            whole = translator.ask(Parameter(free, "WholeForm", None, ("either", "form"), needs))
            return [model, self.body(translator), code(whole)]
        if place == "form":
            told = f"{translator.need(FORM.module, FORM.name)}({model})"
            translator.operation = translator.operation or told
            return [model, f"{code(translator.body())}.form"]
        if place == "path":
            return [model, code(translator.request())]
        kind = f"Sent{place.title()}"
        source, needs = ("guard", f"{kind}[{model}]"), frozenset({Need(".compat.sent_parts", kind)})
        own = translator.signature.free_name(place, "sent")
        return [code(translator.ask(Parameter(own, source[1], None, source, needs)))]

    def body(self, translator: Translator) -> str:
        """The JSON body as a parameter."""
        known = translator.signature.find(JSON)
        name = known.name if known else translator.signature.free_name("json_body", "sent")
        needs = frozenset({Need(".compat.json_body", "JsonBody")})
        return code(translator.ask(Parameter(name, f"JsonBody[{self.model.name}]", None, JSON, needs)))


def model_input(
    carrier: Carrier, policy: Policy, decorator: Decorator, module: Module, layer: Input
) -> LoadedModel | None:
    """What the decorator validates; None where it is given no model. Raises `Refused`."""
    model = given_model(carrier, policy, decorator, module, layer.schema)
    if model is None:
        return None
    if model.is_list:  # APIFlask validates the list as one model
        raise unclear(decorator.location, decorator.text, "is given a list of models")
    if "files" in layer.location:
        raise unclear(decorator.location, decorator.text, "gives a Pydantic model files")
    return LoadedModel(model, layer.location, wording_of(carrier))


def wording_of(carrier: Carrier) -> str:
    """What is answered where input is refused, if not APIFlask's own, as further arguments of what loads it."""
    wording = refusals(carrier.project, carrier.sources)
    told = {} if isinstance(wording, Finding) else wording
    return "".join(f", {name}={as_literal(one)}" for name, one in told.items())


def given_model(
    carrier: Carrier, policy: Policy, decorator: Decorator, module: Module, node: cst.BaseExpression
) -> GivenModel | None:
    """The model that a decorator is given, or the list of one; None for anything else. Raises `Refused`."""
    names = Names(carrier.project, module, frozenset(), {})
    named, is_list = node, False
    match node:
        case cst.Subscript(value=value, slice=[cst.SubscriptElement(slice=cst.Index(value=item))]):
            named, is_list = item, True
            if names.qualified(value) not in LISTS:
                return None
    qualified = names.qualified(named)
    if qualified is None or qualified in MODELS or not is_model(carrier.project, carrier.sources, qualified):
        return None
    if policy == "native" and qualified in carrier.shared_definitions:  # another class beside Flask than alone
        raise unclear(decorator.location, decorator.text, f"is given '{code(named)}', of which shared state is made")
    shown, needs = arguments_here(carrier, policy, module, [cst.Arg(named)], decorator.location, decorator.text)
    return GivenModel(shown[1:-1], is_list, needs)
