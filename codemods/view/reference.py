"""How converted code refers to a definition of the project."""

from dataclasses import dataclass

from codemods.findings import Finding

from .imports import Need
from .signature import Parameter


@dataclass(frozen=True, slots=True)
class Reference:
    """`text` stands in the code, `need` is its import; `parameters` are what a call has to hand on from the request.

    `application` says why it can be used only inside a Flask application's context, if that is so; `kind` what a
    call of it gives (see `Translation.kind`); `is_handed` that it is a function without the parameters which a call
    fills with Flask's request or application; `asked` the parameter that brings it, where it is no name of a module;
    `form_takes` that it is a form's class, whose calls are given what was sent, and how many arguments by place these
    have.
    """

    text: str
    need: Need | None = None
    application: Finding | None = None
    parameters: tuple[Parameter, ...] = ()
    kind: str = "unknown"
    is_handed: bool = False
    asked: Parameter | None = None
    form_takes: int | None = None

    @property
    def is_form(self) -> bool:
        """Whether it is a form's class."""
        return self.form_takes is not None


@dataclass(frozen=True, slots=True)
class Login:
    """The object that knows who is logged in: its module in the target, its name, and which of the project's it is."""

    home: str
    name: str
    qualified: str
