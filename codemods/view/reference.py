"""How converted code refers to a definition of the project."""

from dataclasses import dataclass

from .imports import Need
from .signature import Parameter


@dataclass(frozen=True, slots=True)
class Reference:
    """`text` stands in the code, `need` is its import; `parameters` are what a call has to hand on from the request.

    `application` tells that it can be used only inside a Flask application's context.
    """

    text: str
    need: Need | None = None
    application: bool = False
    parameters: tuple[Parameter, ...] = ()
