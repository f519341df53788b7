"""The names that fields have in a Pydantic class: those that it has for something else are taken."""

import keyword
import re
from collections.abc import Collection

#: what Pydantic's models and our own base have, and what annotations are written with
RESERVED = frozenset(
    {
        "construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw", "schema",
        "schema_json", "update_forward_refs", "validate", "dump", "dump_many", "get_attribute", "handle_error",
        "has_hooks", "index_errors", "is_partial", "load", "load_many", "problems", "problems_many", "texts", "to_dict",
        "after_dump", "after_load", "before_dump", "before_load", "check",
        "check_field", "optional", "unchecked", "bool", "classmethod", "float", "int", "list", "staticmethod", "str",
        "tuple",
    }
)  # fmt: skip


def is_allowed(name: str) -> bool:
    """Whether Pydantic takes it as the name of a field."""
    is_plain = name.isidentifier() and not keyword.iskeyword(name)
    return is_plain and not name.startswith(("_", "model_"))


def free_name(name: str, taken: Collection[str]) -> str:
    """A name like this one that Pydantic allows and that is not taken."""
    name = re.sub(r"\W", "_", name, flags=re.ASCII).strip("_") or "field"
    while name in taken or not is_allowed(name):
        name = f"{name}_" if name[0].isalpha() else f"field_{name}"
    return name
