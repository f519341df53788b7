"""Comments of the source: they go where the code goes that they speak of."""

import re
from collections.abc import Iterable

import libcst as cst

FOR_TOOLS = re.compile(r"#(!|\s*(-\*-|type:|noqa|fmt:|isort:|mypy:|nosec|pragma:|pylint:|pyright:|ruff:|yapf:))")
"""Comments that tell tools how to read the Flask application's source."""


def comments_in(lines: Iterable[cst.EmptyLine]) -> tuple[str, ...]:
    """The comments among the empty lines above a statement."""
    return tuple(line.comment.value for line in lines if line.comment)


def comments_of(statement: cst.SimpleStatementLine) -> tuple[str, ...]:
    """The comments above a statement and behind it, without those for tools."""
    behind = statement.trailing_whitespace.comment
    found = (*comments_in(statement.leading_lines), *((behind.value,) if behind else ()))
    return tuple(one for one in found if not FOR_TOOLS.match(one))
