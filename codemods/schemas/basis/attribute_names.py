"""The names that fields have in a Pydantic class: those that it has for something else are taken."""

import keyword
import re
from collections.abc import Collection

#: what Pydantic's models and our own base have, and what annotations are written with
RESERVED = frozenset(
    {
        "construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw", "schema",
        "schema_json", "update_forward_refs", "validate", "dump", "dump_many", "get_attribute", "handle_error",
        "has_hooks", "index_errors", "is_partial", "load", "load_many", "problems", "problems_many", "texts",
        "to_dict", "after_dump", "after_dump_all", "after_load", "after_load_all", "before_dump", "before_dump_all",
        "before_load", "before_load_all", "check", "check_all", "check_field", "optional", "unchecked", "bool",
        "classmethod", "float", "int", "list", "staticmethod", "str", "tuple", "model_computed_fields",
        "model_config", "model_construct", "model_copy", "model_extra", "model_fields", "model_fields_set",
        "model_json_schema", "model_parametrized_name", "model_post_init", "model_rebuild",
    }
)  # fmt: skip
PROTECTED = ("_", "model_dump", "model_validate")
"""What no field's name begins with: attributes without a type, and what Pydantic keeps for itself."""


def is_allowed(name: str) -> bool:
    """Whether Pydantic takes it as the name of a field."""
    is_plain = name.isidentifier() and not keyword.iskeyword(name)
    return is_plain and not name.startswith(PROTECTED)


def free_name(name: str, taken: Collection[str]) -> str:
    """A name like this one that Pydantic allows and that is not taken: `x_token` for `X-Token`."""
    if not (name.isascii() and name.isidentifier()):
        name = re.sub(r"\W", "_", name, flags=re.ASCII).lower()
    name = name.strip("_") or "field"
    while name in taken or not is_allowed(name):
        name = f"{name}_" if name[0].isalpha() and not name.startswith(PROTECTED) else f"field_{name}"
    return name
