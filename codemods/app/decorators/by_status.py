"""Answers of views around which flask-apispec stands: JSON of what they return, dumped by a schema for the status.

    @marshal_with(PetSchema, code=201)
    def create(): return PET, 201           →        return FlaskJSONResponse(Pet.dump(PET), 201)

Where only the value tells, `compat.by_status` looks for its status when the code runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import libcst as cst

from codemods.carry import Carrier, Policy
from codemods.extensions import ByStatus, layer_of
from codemods.extensions.schema_layers.apispec import NAMES, is_resource, problem
from codemods.model import Decorator, Endpoint, Module
from codemods.view.answers import Answering
from codemods.view.asking import Asking
from codemods.view.diagnostics import CONSTRUCT
from codemods.view.imports import Need
from codemods.view.names import canonical
from codemods.view.refusal import Refused
from codemods.view.rule import code

from .diagnostics import unclear
from .layers import schema_of
from .parts import expression_of

HELPER = ".compat.by_status"
BODILESS = (204, 304)
"""Statuses whose answers have no length of their own."""


@dataclass(frozen=True, slots=True)
class Dump:
    """What dumps a value, as source text, with its import."""

    text: str
    need: Need


@dataclass(frozen=True, slots=True)
class StatusAnswers:
    """Makes responses of what a view returns. `dumps` are by status, and for others under None; where it has None as a
    value, an answer with that status fails."""

    dumps: Mapping[int | None, Dump | None] = field(default_factory=dict)

    def __call__(
        self, translation: Asking, written: cst.BaseExpression | None, value: cst.BaseExpression | None
    ) -> cst.BaseExpression:
        """The response for a return value; see `Answering`."""
        if written is None or value is None:
            return self.at_run_time(translation, cst.Name("None"))
        if isinstance(written, cst.Tuple) and isinstance(value, cst.Tuple):
            status = written.elements[1].value if len(written.elements) in (2, 3) else None
            is_plain = not any(isinstance(one, cst.StarredElement) for one in written.elements)
            if is_plain and isinstance(status, cst.Integer) and status.evaluated_value not in BODILESS:
                body, *rest = (one.value for one in value.elements)
                return self.dumped(translation, written, body, status.evaluated_value, rest)
            if not value.lpar:
                value = value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
            return self.at_run_time(translation, value)
        kind = translation.kind(written)
        if kind == "response":
            return value
        if kind in ("json", "text") and not isinstance(written, cst.Name):
            return self.dumped(translation, written, value, 200, ())
        return self.at_run_time(translation, value)

    def dumped(
        self,
        translation: Asking,
        written: cst.BaseExpression,
        body: cst.BaseExpression,
        status: int,
        rest: Sequence[cst.BaseExpression],
    ) -> cst.BaseExpression:
        """The response whose status is known where the code is read."""
        chosen = status if status in self.dumps else None
        if chosen in self.dumps:
            dump = self.dumps[chosen]
            if dump is None:
                raise translation.refuse(CONSTRUCT, written, code(written))
            body = cst.Call(cst.parse_expression(self.named(translation, dump)), [cst.Arg(body)])
        response = cst.Name(translation.need(".compat.responses", "FlaskJSONResponse"))
        return cst.Call(response, [cst.Arg(body), *(cst.Arg(one) for one in rest)])

    def at_run_time(self, translation: Asking, value: cst.BaseExpression) -> cst.BaseExpression:
        """The response whose status only the value tells."""
        helper = cst.Name(translation.need(HELPER, "json_by_status"))
        if not self.dumps:
            return cst.Call(helper, [cst.Arg(value)])
        listed = ", ".join(
            f"{status}: {self.named(translation, dump) if dump is not None else None}"
            for status, dump in self.dumps.items()
        )
        return cst.Call(helper, [cst.Arg(value), cst.Arg(cst.parse_expression(f"{{{listed}}}"))])

    def named(self, translation: Asking, dump: Dump) -> str:
        """What dumps; asks for the import of its class."""
        translation.needs.add(dump.need)
        return dump.text


def status_answers(
    carrier: Carrier, policy: Policy, endpoint: Endpoint, decorators: Sequence[tuple[Decorator, Module]], is_async: bool
) -> Answering | None:
    """What makes the responses of a function within these decorators, outermost first, where flask-apispec does; else
    None. `decorators` are those of the function itself; raises `Refused`."""
    own = [one for one in decorators if canonical(carrier.project, one[0].qualified or "") in NAMES]
    if not own and not is_resource(endpoint):
        return None
    if finding := problem(carrier.project, carrier.sources):
        raise Refused(finding)
    if is_async:
        raise unclear(decorators[-1][0].location, decorators[-1][0].text, "does not wait for the async view")
    around = decorators[len(decorators) - len(own) :]
    if around != own or (decorators and not own):
        decorator, _ = next(one for one in decorators if one not in own)
        raise unclear(decorator.location, decorator.text, "stands below flask-apispec, which makes JSON of its answers")
    dumps: dict[int | None, Dump | None] = {}
    for decorator, module in own:
        layer = layer_of(carrier.project, carrier.sources, decorator, module, expression_of(decorator))
        if isinstance(layer, ByStatus):
            if layer.status in dumps:
                raise unclear(decorator.location, decorator.text, "says of a status what another says as well")
            dumps[layer.status] = _dump(carrier, policy, decorator, module, layer)
    return StatusAnswers(dumps)


def _dump(carrier: Carrier, policy: Policy, decorator: Decorator, module: Module, layer: ByStatus) -> Dump | None:
    if layer.schema is None:
        return None
    plan, instance = schema_of(carrier, policy, decorator, module, layer.schema, "dump")
    method = "dump_many" if instance.many else "dump"
    return Dump(f"{plan.dump_name}.{method}", Need(f".schemas.{plan.home}", plan.dump_name))
