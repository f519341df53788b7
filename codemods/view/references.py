"""What a translation asks of the project as a whole: how one file of the target refers to what others define."""

import ast
from collections.abc import Collection, Sequence
from typing import Protocol

import libcst as cst

from codemods.findings import Finding, Location
from codemods.model import Module
from codemods.schemas.views import SchemaUse

from .imports import Need
from .names import Names
from .reference import Login, Reference

Handed = tuple[tuple[int | str, str], ...]
"""Arguments of a call that are Flask's request or its application: by place or keyword, the name of what they are."""


class References(Protocol):
    """Resolves names of the project's own definitions for one file of output."""

    def to(
        self, qualified: str, names: Names, node: cst.BaseExpression, handed: Handed = ()
    ) -> tuple[Reference | None, str]:
        """How to refer to the definition that `qualified` starts with, and the attributes after it; None where it is
        not one of the project's definitions. `handed` is what a call hands it of Flask's. Raises
        `Refused`."""

    @property
    def is_native(self) -> bool:
        """Whether the file is of a kind that knows nothing of Flask."""

    @property
    def adopted(self) -> frozenset[str]:
        """The kinds of wire difference (names of `codemods.parity.DIFFERENCES`) that the team adopts."""

    def tears_down(self) -> bool:
        """Whether functions run when a request or its context ends."""

    def is_callable(self, qualified: str) -> bool:
        """Whether a name is a function or class of the project."""

    def returns(self, qualified: str, handed: Handed = ()) -> str:
        """The kind of what a call of a function of the project gives (see `Translation.kind`)."""

    def registered(self, endpoint: str) -> str | None:
        """The function that answers an endpoint, where nothing stands around it."""

    def template_finding(self) -> Finding | None:
        """What keeps pages on Flask, if anything does."""

    def page_obstacle(
        self, blueprints: Collection[str] | None, templates: Sequence[str | None], source: str | None
    ) -> str | None:
        """Why the target's own environment does not render a page (see `codemods.pages.Pages.obstacle`)."""

    def unknown_to_templates(self, templates: Sequence[str | None], source: str | None) -> str | None:
        """What a page reads of Flask's request that no converted page has (see `codemods.pages.Pages.unknown`)."""

    def text(self, qualified: str) -> str | None:
        """The text that a constant of the project is; None for anything else."""

    def catches_errors(self) -> bool:
        """Whether the project catches Werkzeug's HTTP exceptions by their classes."""

    def handles_failures(self) -> bool:
        """Whether the project handles errors of Python's own classes."""

    def beside_flask(self) -> bool:
        """Whether code of the Flask application's own modules runs below what refers to names by these."""

    def is_application(self, qualified: str) -> bool:
        """Whether a name starts with a definition that holds a Flask application."""

    def proxied(self, qualified: str) -> tuple[str, str] | None:
        """The function behind a variable of the project's that is a `LocalProxy` of it, and what of its value is meant;
        None for another."""

    def misses_attributes(self, called: str, place: int | str) -> bool:
        """Whether a function of the project, or a method `.name`, uses what Flask's responses have and the target's
        have not, of what a call hands it at a place."""

    def is_request_method(self, name: str) -> bool:
        """Whether objects of the project have a method of that name which needs Flask's request."""

    def in_thread(self, qualified: str) -> Reference | None:
        """How to refer to a function of the project that runs in a thread of its own, where there is no request on
        either side; None where it is as good as any other."""

    def generic(self, name: str) -> Reference:
        """The function that is called instead of such a method; raises `Refused`."""

    def direct(self, qualified: str) -> Reference | None:
        """The function for a method that needs Flask's request, of objects that are made to call it; None for any
        other. Raises `Refused`."""

    def made_by(self, qualified: str) -> str | None:
        """The class whose call makes the variable that a name starts with, and the attributes after it."""

    def login_manager(self) -> Login | Finding | None:
        """The object that knows who is logged in, or why there is none."""

    def parser(self, qualified: str, names: Names) -> Reference:
        """How to refer to a request parser of Flask-RESTful's in a function with these names; raises `Refused`."""

    def shown_fields(self, fields: str | ast.Dict, module: Module, location: Location) -> tuple[Reference, bool]:
        """How to refer to the class for a dictionary of Flask-RESTful's fields, by its name or as a function in this
        place of a module writes it, and whether the request is needed to write them; raises `Refused`."""

    def endpoints_of(self, qualified: str) -> Collection[str]:
        """The endpoints that a function or class of the project answers."""

    def application_name(self) -> str | None:
        """The qualified name of the variable that holds the application, where there is one."""

    def setting(self, key: str) -> str | None:
        """Why a setting of the application cannot be read without Flask; None where it can, which is noted."""

    def schemas(self, function: cst.FunctionDef, names: Names) -> SchemaUse:
        """What the function does with schemas that become classes of the target."""

    def imports(self, root: str, names: Names, qualified: str) -> Collection[Need]:
        """The imports that bind the local name `root` as in the module it comes from."""
