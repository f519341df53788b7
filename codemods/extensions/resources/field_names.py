"""What the classes of fields, and the fields in them, are called and say of themselves."""

import ast
import keyword
import re

from codemods.extensions.basis.dialects import Dialect
from codemods.findings import Location
from codemods.literals import as_literal
from codemods.model import Module
from codemods.schemas.fields.argument_maps import camel
from codemods.view.source import Piece, Sources, first_line

OF_MODELS = frozenset(
    {"construct", "copy", "default_mask", "dict", "fields_of", "from_orm", "json", "schema", "validate"}
)
"""Names that classes of fields have, Pydantic's and ours."""


def class_name(name: str) -> str:
    """`task_fields` as a class: `TaskFields`; `author` as well: `AuthorFields`."""
    found = camel(name)
    return found if found.endswith("Fields") else f"{found}Fields"


def usable(key: str) -> str:
    """The name of an attribute for a key."""
    name = re.sub(r"\W", "_", key, flags=re.ASCII).strip("_") or "field"
    name = f"field_{name}" if name[0].isdigit() else name
    is_taken = keyword.iskeyword(name) or name in OF_MODELS or name.startswith(("model_", "parse_"))
    return f"{name}_" if is_taken else name


def documented(dialect: Dialect, node: ast.expr) -> list[str]:
    """What a field only tells of itself, as arguments of Pydantic's `Field`; what is no constant is not told."""
    found: dict[str, object] = {}
    for one in node.keywords if isinstance(node, ast.Call) else ():
        said = dialect.documented.get(one.arg or "")
        try:
            value = ast.literal_eval(one.value)
        except ValueError:
            continue
        if said and value is not None:
            found[said] = value
    told = [f"{name}={as_literal(found.pop(name))}" for name in ("title", "description") if name in found]
    told += [f"examples=[{as_literal(found.pop('example'))}]"] if "example" in found else []
    return [*told, *([f"json_schema_extra={as_literal(found)}"] if found else [])]


def place_of(sources: Sources, module: Module, location: Location) -> str:
    """What a dictionary is called that a decorator in this line is given: after its class and function."""
    found = []
    for node in ast.walk(sources.tree(module.file)):
        if isinstance(node, Piece) and first_line(node) <= location.line <= (node.end_lineno or node.lineno):
            found.append(node.name)
    return "".join(camel(one) for one in found) + "Fields"
