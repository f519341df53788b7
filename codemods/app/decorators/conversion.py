"""One decorator on its way into the target: what the conversions to a dependency and to a decorator have in common."""

from collections.abc import Collection
from dataclasses import dataclass

from codemods.carry import Carrier, Policy
from codemods.model import Module
from codemods.view.answers import Answering, answer
from codemods.view.imports import Need
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
            self.carrier, self.policy, self.view_module, parts.arguments, parts.location, parts.text
        )
        return placed, placed.name + shown, frozenset({Need(home, placed.name)} | more)

    @property
    def docstring(self) -> str:
        """The first lines of its definition; empty where it has no docstring."""
        return f"    {self.parts.docstring}\n\n" if self.parts.docstring else ""
