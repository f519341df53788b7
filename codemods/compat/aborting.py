"""`abort`, where the status is known only at run time or an expression raises.

Preserves: `abort(code)` with whatever arguments the error of that status takes, an unknown status being a `LookupError`
and so a 500; `abort(response)`; `book or abort(404)`.

To live without it: raise FastAPI's `HTTPException` by a statement.
"""

from typing import Any, NoReturn

from fastapi import Response

from .http_statuses import STANDARD
from .lifecycle import Answer


def error_for(code: int | Response, *args: Any, **kwargs: Any) -> Exception:
    """What `abort` raises: the error of a status, made of these arguments; an answer of its own for a response.

    Raises `LookupError` for a status that has no class.
    """
    if isinstance(code, Response):
        return Answer(code)
    if code not in STANDARD:
        raise LookupError(f"no exception for {code!r}")
    return STANDARD[code](*args, **kwargs)


def abort(code: int | Response, *args: Any, **kwargs: Any) -> NoReturn:
    """Raise the error of a status, where an expression does; a statement is `raise HTTPException(...)`."""
    raise error_for(code, *args, **kwargs)
