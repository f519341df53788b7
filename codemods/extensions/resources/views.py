"""Resources: the class-based views of Flask-RESTful and Flask-RESTX, and what their `Api` does around them."""

import ast
from collections.abc import Callable
from dataclasses import dataclass

from codemods.model import Decorator, Endpoint, Project
from codemods.view.answers import Answering
from codemods.view.source import Sources

from . import restful, restful_settings, restx, restx_documents, restx_owners


@dataclass(frozen=True, slots=True)
class ResourceLibrary:
    """A library with an `Api` and resources.

    `classes` are the names of its `Resource`, `output` what the running application has around each, `answer` makes
    responses of what their methods return. `around` gives the decorators of an `Api`'s resources, outermost first;
    `registering` are the decorators of their classes that leave them as they are, of which `documenting` tell of their
    methods, each as `of_class` spells it for a method, and `adding` is the method that registers one by a call. `given`
    is the number of arguments that an `Api` itself makes each with.
    """

    classes: frozenset[str]
    output: str
    answer: Answering
    around: Callable[[Project, Sources, Endpoint], tuple[Decorator, ...]]
    registering: frozenset[str]
    documenting: frozenset[str]
    of_class: Callable[[ast.expr], ast.expr]
    adding: str
    given: int


RESTFUL = ResourceLibrary(
    frozenset({restful.RESOURCE}),
    restful.OUTPUT,
    restful.answer,
    restful.decorators,
    frozenset({f"{restful_settings.API}.resource"}),
    frozenset(),
    lambda decorator: decorator,
    f"{restful_settings.API}.add_resource",
    0,
)
RESTX = ResourceLibrary(
    restx.RESOURCES,
    restx.OUTPUT,
    restx.answer,
    restx_owners.around,
    restx.DOCUMENTING,
    restx.DOCUMENTING,
    restx_documents.of_class,
    f"{restx_documents.API}.add_resource",
    1,
)
LIBRARIES = (RESTFUL, RESTX)
CLASSES = frozenset().union(*(one.classes for one in LIBRARIES))


def library_of(endpoint: Endpoint) -> ResourceLibrary | None:
    """The library whose resource an endpoint is; None for any other view."""
    return next((one for one in LIBRARIES if one.classes & set(endpoint.view.bases)), None)
