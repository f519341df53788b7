"""One decorator on its way into the target: what the conversions to a dependency and to a decorator have in common."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import libcst as cst

from codemods.carry import Carrier, Policy
from codemods.model import Module
from codemods.schemas.handing import Stand, decorator_arguments
from codemods.view.answers import Answering, answer
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import Refused

from .arguments import Placed, arguments_here
from .diagnostics import unclear
from .parts import Parts
from .passing import Passed


@dataclass(slots=True)
class Conversion:
    """A decorator of one view, taken apart, and what is passed through it. `view_module` is where it is applied."""

    carrier: Carrier
    policy: Policy
    blueprint: str
    view_module: Module
    parts: Parts
    passed: Passed
    answering: Answering = answer

    def refuse(self, detail: str) -> Refused:
        """The exception for what cannot be converted."""
        return unclear(self.parts.location, self.parts.text, detail)

    def home(self, module: str) -> str:
        """The target's module for its definition."""
        return f".bridged.{module}" if self.policy == "bridged" else f".{module}"

    def place(self, home: str, text: str, needs: Collection[Need]) -> tuple[Placed, str, frozenset[Need]]:
        """Its definition; the expression that stands for it at the view, and the imports of that."""
        parts = self.parts
        comment = self.carrier.sources.comment(parts.defined_at, parts.name)
        placed = Placed.of(self.carrier, home, parts.name, comment + text, frozenset(needs))
        shown, more = arguments_here(
            self.carrier, self.policy, self.view_module, parts.arguments, parts.location, parts.text, self.stands()
        )
        return placed, placed.name + shown, frozenset({Need(home, placed.name)} | more)

    def stands(self) -> Mapping[cst.BaseExpression, Stand]:
        """The arguments at the view that are classes of schemas now."""
        parts = self.parts
        if parts.factory is None or self.policy == "bridged":
            return {}
        call = cst.Call(cst.Name(parts.name), [*(parts.arguments or ())])
        around = Names(self.carrier.project, self.view_module, frozenset(), {})
        return decorator_arguments(call, parts.factory, parts.wrapper, parts.names, around, self.carrier.schemas)

    @property
    def docstring(self) -> str:
        """The first lines of its definition; empty where it has no docstring."""
        return f"    {self.parts.docstring}\n\n" if self.parts.docstring else ""
