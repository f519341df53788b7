"""Class-based views: each request method becomes an endpoint function, each helper method a function beside them.

    class UserView(MethodView):                     →   @router.get("/users/{user_id:int}", name="user")
        def _find(self, user_id):                       def get_user(user_id: int) -> Response:
            ...                                             return make_response(schema.dump(user_view_find(user_id)))

        def get(self, user_id):
            return schema.dump(self._find(user_id))

A view's instance lives for one request and is seen by nobody else, so that it can go where its methods only read it.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from codemods.app.decorators.around import Surroundings
from codemods.app.decorators.by_status import status_answers
from codemods.app.decorators.request_arguments import open_arguments
from codemods.app.endpoints.conversion import ConvertedEndpoint, convert_functions
from codemods.app.endpoints.dumped_tags import with_dumped_tags
from codemods.app.endpoints.inner_parsers import with_inner_parsers
from codemods.app.endpoints.parsed_files import with_parsed_files
from codemods.app.endpoints.translation import ViewFunction
from codemods.app.functions.inner_functions import Function, usable_name
from codemods.carry import Carrier, Policy
from codemods.findings import Location
from codemods.model import Callee, Decorator, Endpoint, Module, Project, Rule
from codemods.obstacles import CLASS_VIEW, unknown_view
from codemods.view.answers import Answering, answer
from codemods.view.refusal import refuse

from .behind_resources import behind_resources
from .decorators import ClassDecorators
from .dispatching import Dispatch
from .members import Members
from .methods import ClassReferences, Methods
from .values import Owner

REQUEST_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def convert_class_view(
    carrier: Carrier, endpoint: Endpoint, policy: Policy, here: str, prefix: str
) -> ConvertedEndpoint:
    """Convert the endpoint of a class-based view; raises `Refused`. See `convert_endpoint`."""
    view, location = endpoint.view, endpoint.view.function.location
    if not view.function.owned:
        raise refuse(unknown_view(view), location, f"'{endpoint.name}' ({view.kind})")
    if location is None or "<locals>" in view.function.qualified:
        raise refuse(CLASS_VIEW, location, f"'{view.function.qualified}' is not a class of a module")
    methods = Methods(carrier, endpoint, policy, here, Members.of(carrier, endpoint))
    conversion = _Conversion(methods, Dispatch.of(methods))
    rules = [one for one in endpoint.rules if not one.build_only]
    answers = dict(view.methods)
    if view.kind == "method_view" and "head" in answers:
        rules = [replace(one, methods=with_head(one)) for one in rules]
    asked = sorted({method for rule in rules for method in rule.methods})
    if unknown := [one for one in asked if one not in REQUEST_METHODS]:
        raise refuse(CLASS_VIEW, location, f"the method '{unknown[0]}' of '{view.function.qualified}'")
    if view.kind == "view":
        one = conversion.view(answers.get("dispatch_request"), rules, "")
        return convert_functions(carrier, endpoint, [one], prefix)
    errors = behind_resources(carrier, endpoint, policy)
    views = []
    for method in asked:
        mine = [replace(one, methods=(method,)) for one in rules if method in one.methods]
        views.append(conversion.view(answers.get(method.lower()), mine, method))
    converted = convert_functions(carrier, endpoint, views, prefix)
    return replace(converted, placed=(*converted.placed, *errors))


def with_head(rule: Rule) -> tuple[str, ...]:
    """The methods of a rule whose view answers HEAD by itself: where there is GET, Flask takes HEAD too."""
    return tuple(sorted({*rule.methods, "HEAD"})) if "GET" in rule.methods else rule.methods


@dataclass(slots=True)
class _Conversion:
    """One class-based view on its way."""

    methods: Methods
    dispatch: Dispatch

    def view(self, callee: Callee | None, rules: Sequence[Rule], method: str) -> ViewFunction:
        """The function that answers a request method (all that the rules have, where it is empty)."""
        methods, members, endpoint = self.methods, self.methods.members, self.methods.endpoint
        found = self.dispatch.answering if not method else members.method(_name(callee) or method.lower())
        if callee is None or found is None or (method and callee.qualified != f"{found[0].qualified}.{_name(callee)}"):
            raise methods.refuse(f"what answers {method or 'requests'}")
        owner, node = found
        base = usable_name(endpoint.name.rpartition(".")[2])
        place = Location(owner.module.file, node.lineno)
        function, names = with_inner_parsers(methods.carrier, *methods.answering(owner, node), base, place)
        names = with_parsed_files(methods.carrier, function, names, place)
        function = with_dumped_tags(methods.carrier, function, names)
        around = ClassDecorators(methods.carrier, endpoint, members)
        of_class, dispatching = around.of_class(), self.dispatch.decorators()
        written = (*of_class, *dispatching, *around.of_method(owner, node, method.lower()))
        decorators = [(one, around.home(one)) for one in written]
        if dispatching and any(around.checks_bodies(one) for one in written):
            raise methods.refuse("the body that is checked within 'dispatch_request'")
        answering = self.answering(around, owner, node, method, [*decorators[len(of_class) + len(dispatching) :]])
        if around.library is not None and isinstance(node, ast.AsyncFunctionDef):
            raise methods.refuse(f"the async '{node.name}', for which its Api does not wait,")
        references = ClassReferences(methods.carrier, methods.policy, True, methods.here, methods)
        own = f"{method.lower()}_{base}" if method else base
        opened = open_arguments(methods.carrier, methods.policy, decorators, function, names, place)
        if around.api is not None and not opened.answers_by_itself:
            raise methods.refuse("what webargs parses, whose errors its Api answers in a way of its own,")
        surroundings = Surroundings(
            methods.carrier, methods.policy, endpoint.blueprint, isinstance(node, ast.AsyncFunctionDef),
            awaited=len(of_class) + len(dispatching), answering=answering, loaded=opened.decorators,
            loaded_first=opened.first, outside=len(around.of_api()),
            taken=dict(enumerate(self.dispatch.parts(), start=len(of_class))),
            by_keywords=len(of_class) if takes_keywords_only(methods.carrier.project) else 0,
            methods=[method] if method else sorted({one for rule in rules for one in rule.methods}),
        )  # fmt: skip
        return ViewFunction(
            opened.function,
            opened.names,
            own,
            place,
            tuple(rules),
            partial(surroundings.convert, decorators),
            references,
            answering,
        )

    def answering(
        self, around: ClassDecorators, owner: Owner, node: Function, method: str, own: list[tuple[Decorator, Module]]
    ) -> Answering:
        """What makes the responses of what a method within its `own` decorators returns; raises `Refused`."""
        is_async = isinstance(node, ast.AsyncFunctionDef)
        members = self.methods.members
        by_status = status_answers(self.methods.carrier, self.methods.policy, self.methods.endpoint, own, is_async)
        if by_status is None:
            return around.library.answer if around.library is not None else answer
        others = [one for one in members.owners if one is not owner and node.name in one.methods()]
        if others or not method or around.library is not None:
            raise self.methods.refuse(f"what flask-apispec makes of '{node.name}' and of those that it overrides")
        return by_status


def takes_keywords_only(project: Project) -> bool:
    """Whether what `as_view` makes takes no arguments by position (`flask.views.View.as_view`, from Flask 2.2 on)."""
    version = project.application.versions.get("flask", "3").split(".")
    return [int(one) if one.isdigit() else 0 for one in version[:2]] >= [2, 2]


def _name(callee: Callee | None) -> str:
    return callee.qualified.rpartition(".")[2] if callee else ""
