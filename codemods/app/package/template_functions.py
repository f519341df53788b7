"""Filters, tests and globals of the application's own that read the request, for pages of bridged routes.

Such a page is rendered by the Flask application's environment, whose functions would ask for Flask's request: they are
replaced there by functions that are given the one that is being answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from codemods.carry import Carried, Carrier
from codemods.findings import Diagnostic, Finding
from codemods.model import TemplateName
from codemods.view.imports import Need
from codemods.view.refusal import Refused

from .templating import TABLES, function_entry

HOME = ".bridged.templating"

TEMPLATE_CALLABLE = Diagnostic(
    "FM322",
    "blocked",
    "templates call something that needs Flask's request context",
    "A filter, global or test is called while a template renders, where a converted page has no such context.",
    "Hand the value to the template from the view, or keep the pages on Flask.",
)


@dataclass(slots=True)
class TemplateFunctions:
    """What the environment is given: by table each name with its expression, the functions, and what both import."""

    tables: dict[str, dict[str, str]] = field(default_factory=dict)
    functions: list[Carried] = field(default_factory=list)
    needs: set[Need] = field(default_factory=set)

    def constants(self) -> Mapping[str, str]:
        """The name of each table's constant, and its definition."""
        return {table: f"TEMPLATE_{table.upper()}" for table in self.tables}

    def text(self, table: str) -> str:
        """The definition of a table's constant."""
        entries = "".join(f'    "{name}": {expression},\n' for name, expression in self.tables[table].items())
        return f"{self.constants()[table]} = {{\n{entries}}}\n"


def template_functions(carrier: Carrier) -> TemplateFunctions:
    """Convert them; what does not convert is noted as what keeps such pages on Flask."""
    found = TemplateFunctions()
    for index, name in enumerate(carrier.project.application.template_names):
        callee = name.callee
        used = _read_of_request(carrier, name)
        if callee is None or used is None:
            continue
        try:
            entry = function_entry(carrier, name, callee, "bridged", HOME, index)
        except Refused:
            detail = f"'{callee.qualified}' uses '{used}'"
            carrier.template_finding = carrier.template_finding or Finding(TEMPLATE_CALLABLE, callee.location, detail)
            continue
        found.tables.setdefault(TABLES[name.kind], {})[name.name] = entry.text
        found.functions += [entry.own] if entry.own is not None else []
        found.needs |= entry.needs
    return found


def _read_of_request(carrier: Carrier, name: TemplateName) -> str | None:
    """What a function needs of the request, itself or by what it calls; None for nothing."""
    definition = carrier.context.definition(name.callee.qualified) if name.callee is not None else None
    # Its own decorators only register it; through them everything around would count as reached.
    used = definition.uses if definition is not None else frozenset()
    return min(carrier.request_methods.walked(used), default=None)
