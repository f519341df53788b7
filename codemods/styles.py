"""The two styles in which a converted schema may be written: `exact` as Marshmallow does it, or `idiomatic` Pydantic.

`[tool.migrate.schema-styles]` chooses: `default` for the project, a schema's qualified name for one of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Style = Literal["exact", "idiomatic"]
STYLES: tuple[Style, ...] = ("exact", "idiomatic")
DEFAULT = "default"
"""What stands for all schemas that are not named."""


@dataclass(frozen=True, slots=True)
class Styles:
    """The style of every schema: `default`, but for those that are `named` by their qualified names."""

    default: Style = "exact"
    named: Mapping[str, Style] = field(default_factory=dict)

    def of(self, schema: str) -> Style:
        """The style that was chosen for a schema."""
        return self.named.get(schema, self.default)

    @property
    def wants_idiomatic(self) -> bool:
        """Whether any schema is to be written in the idiomatic style."""
        return "idiomatic" in (self.default, *self.named.values())


EXACT_HELPERS = frozenset(
    {"converter", "fields", "older_fields", "schema", "schema_checks", "schema_containers", "schema_dumping"}
    | {"schema_effects", "schema_functions", "schema_hooks", "schema_shortcut", "schema_valid_parts", "validators"}
)
"""The modules of `codemods.compat` that schemas of the exact style are made of, and idiomatic ones are not."""
