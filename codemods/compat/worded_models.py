"""`WordedModel`: a Pydantic model that words what is wrong as the Marshmallow schema before it did.

Preserves: the messages of error dictionaries: "Missing data for required field.", where Pydantic has "Field required".

To live without it: let the models inherit from `Model`, and clients read Pydantic's messages.
"""

from __future__ import annotations

import re

from pydantic_core import ErrorDetails

from .models import Model

KINDS = {
    "int": "Not a valid integer.",
    "float": "Not a valid number.",
    "decimal": "Not a valid number.",
    "bool": "Not a valid boolean.",
    "string": "Not a valid string.",
    "date": "Not a valid date.",
    "datetime": "Not a valid datetime.",
    "time": "Not a valid time.",
    "uuid": "Not a valid UUID.",
    "ip": "Not a valid IP address.",
    "url": "Not a valid URL.",
    "list": "Not a valid list.",
    "tuple": "Not a valid tuple.",
    "dict": "Not a valid mapping type.",
    "model": "Invalid input type.",
}
"""By the first word of Pydantic's kind of error."""
TEXTS = {
    "missing": "Missing data for required field.",
    "extra_forbidden": "Unknown field.",
    "finite_number": "Special numeric values (nan or infinity) are not permitted.",
    "string_pattern_mismatch": "String does not match expected pattern.",
    "string_too_short": "Shorter than minimum length {min_length}.",
    "string_too_long": "Longer than maximum length {max_length}.",
    "too_short": "Shorter than minimum length {min_length}.",
    "too_long": "Longer than maximum length {max_length}.",
    "greater_than": "Must be greater than {gt}.",
    "greater_than_equal": "Must be greater than or equal to {ge}.",
    "less_than": "Must be less than {lt}.",
    "less_than_equal": "Must be less than or equal to {le}.",
    "time_delta_type": "Not a valid period of time.",
    "time_delta_parsing": "Not a valid period of time.",
    "ip_v4_address": "Not a valid IPv4 address.",
    "ip_v6_address": "Not a valid IPv6 address.",
    "timezone_aware": "Not a valid aware datetime.",
    "timezone_naive": "Not a valid naive datetime.",
}
CHOICE = re.compile(r"'((?:[^'\\]|\\.)*)'|[^\s,]+")


class WordedModel(Model):
    """Base of all models."""

    @classmethod
    def wording(cls, error: ErrorDetails) -> str:
        """What Marshmallow says where Pydantic reports this."""
        kind, known = error["type"], error.get("ctx", {})
        if error["input"] is None and kind not in ("missing", "extra_forbidden") and error["loc"]:
            return "Field may not be null."
        if kind in TEXTS:
            return TEXTS[kind].format(**known)
        if kind in ("literal_error", "enum"):
            choices = str(known["expected"]).replace(" or ", ", ")
            return f"Must be one of: {', '.join(one[1] or one[0] for one in CHOICE.finditer(choices))}."
        if kind == "value_error" and "reason" in known:
            return "Not a valid email address."
        return KINDS.get(kind.partition("_")[0]) or super().wording(error)
