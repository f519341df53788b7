"""Strings within formatted strings, which before Python 3.12 cannot have the quotes of the string around them."""

import libcst as cst

from .rule import code
from .visiting import Visitor


def requoted(formatted: cst.FormattedString) -> cst.FormattedString:
    """The f-string with other quotes around the strings in its expressions, where its own would end it."""
    quote = formatted.start[-1]
    parts = [
        _Requote(quote).rewrite(one) if isinstance(one, cst.FormattedStringExpression) and quote in code(one) else one
        for one in formatted.parts
    ]
    return formatted.with_changes(parts=parts)


class _Requote(Visitor):
    def __init__(self, quote: str) -> None:
        self.quote = quote

    def leave_SimpleString(self, original_node: cst.SimpleString, updated_node: cst.SimpleString) -> cst.SimpleString:
        other = '"' if self.quote == "'" else "'"
        text = updated_node.value
        if text.count(self.quote) != 2 or other in text or "\\" in text:
            return updated_node
        return updated_node.with_changes(value=text.replace(self.quote, other))
