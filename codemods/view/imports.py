"""What a generated file imports."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """One imported name. `module` starting with a dot is relative to the target package (`.compat.query`).

    An empty `name` imports the module itself.
    """

    module: str
    name: str
    alias: str | None = None

    def __lt__(self, other: "Need") -> bool:
        return (self.module, self.name, self.alias or "") < (other.module, other.name, other.alias or "")

    @property
    def for_effect(self) -> bool:
        """Whether the import is there for what it does, not for the name."""
        return (self.module, self.name) == (".compat", "convertors")

    @property
    def local(self) -> str:
        """The name that code refers to."""
        return self.alias or self.name or self.module.partition(".")[0]


def render_imports(needs: Iterable[Need], depth: int) -> str:
    """Import statements for a file `depth` folders below the target package, one line a module, sorted."""
    modules: dict[str, set[Need]] = {}
    for need in needs:
        modules.setdefault(need.module, set()).add(need)
    lines = []
    for module, names in sorted(modules.items()):
        shown = "." * depth + module if module.startswith(".") else module
        for need in sorted(one for one in names if not one.name):
            lines.append(f"import {shown}" + (f" as {need.alias}" if need.alias else ""))
        parts = [
            f"{one.name} as {one.alias}" if one.alias and one.alias != one.name else one.name
            for one in sorted(names)
            if one.name
        ]
        if parts:
            lines.append(f"from {shown} import {', '.join(parts)}")
        if any(one.for_effect for one in names):
            lines[-1] += "  # noqa: F401  # registers Werkzeug's converters"
    return "\n".join(lines)
