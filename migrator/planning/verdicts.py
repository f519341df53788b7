"""The verdict on each endpoint, from facts alone: native, bridged, or why it stays on Flask.

A forecast, and a cautious one: what the facts do not show to be convertible stays on Flask. What `apply` then did is
the truth, and the plan prefers it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codemods import obstacles
from codemods.app.routes.paths import RULE_FEATURE, convertible, redirects
from codemods.findings import Diagnostic, Finding, Location
from codemods.model import Callee, Decorator, Endpoint, ErrorHandler, Hook, Project
from codemods.public_names import public_name
from codemods.scan.context import CONTEXT_VARIABLE
from codemods.view.refusal import Refused
from codemods.vocabulary import NEEDS_CONTEXT, Term, term
from migrator.planning.model import Runtime
from migrator.planning.reach import Reach, Site

# A bridged route runs inside an application context, whose end runs these as Flask does.
_RUN_BY_THE_BRIDGE = frozenset({"teardown_appcontext"})
# A library's act where `url_for` or a template is called, not on the request.
_ACT_ON_CALL = frozenset({"url_defaults", "context_processor"})

REQUEST = "flask.request"
"""By itself it is handed on: to `make_conditional`, to a parser, to the application's own functions."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would serve an endpoint's routes, why, and what its code reaches."""

    runtime: Runtime
    findings: tuple[Finding, ...]
    sites: tuple[Site, ...]


class Judge:
    """Judges one project's endpoints; what many endpoints share (hooks, handlers, the application) is judged once."""

    def __init__(self, project: Project, reach: Reach, is_apart: bool) -> None:
        self._project = project
        self._reach = reach
        self._is_apart = is_apart
        self._everywhere = tuple(obstacles.application_obstacles(project))
        self._of_callable: dict[str, tuple[tuple[Finding, ...], tuple[Site, ...]]] = {}

    def judge(self, endpoint: Endpoint) -> Verdict:
        """The verdict on one endpoint."""
        findings: dict[Finding, None] = dict.fromkeys(
            (*endpoint.findings, *self._everywhere, *_rule_findings(endpoint))
        )
        sites: dict[Site, None] = {}
        for more, reached in self._parts(endpoint):
            findings.update(dict.fromkeys(more))
            sites.update(dict.fromkeys(reached))
        ordered = tuple(sorted(findings, key=_rank))
        runtime = _runtime(ordered)
        if runtime == "bridged" and self._is_apart:
            runtime = "flask"  # its context is in another process
        return Verdict(runtime, ordered, tuple(sites))

    def _parts(self, endpoint: Endpoint) -> Iterator[tuple[tuple[Finding, ...], tuple[Site, ...]]]:
        view = endpoint.view
        if redirects(endpoint):
            if any(one.kind == "url_value_preprocessor" and one.function.owned for one in self._project.hooks):
                detail = f"'{endpoint.name}' redirects, and hooks read the values of URLs"
                yield (Finding(RULE_FEATURE, None, detail),), ()
        elif view.kind == "static":
            if obstacles.static_folder(self._project, endpoint.blueprint) is None:
                yield (Finding(obstacles.STATIC_FILES, None, f"endpoint '{endpoint.name}'"),), ()
        elif view.kind == "unknown" or not view.function.owned:
            detail = f"'{view.function.qualified or endpoint.name}'"
            yield (Finding(obstacles.unknown_view(view), view.function.location, detail),), ()
        else:
            is_of_object = view.given is not None and view.given.text.replace(".", "").isidentifier()
            if self._reach.is_method(view.function.qualified) and not is_of_object:
                detail = f"'{view.function.qualified}' is a method"
                yield (Finding(obstacles.UNKNOWN_VIEW, view.function.location, detail),), ()
            against = obstacles.view_obstacle(view)
            if against is not None:
                yield (Finding(obstacles.CLASS_VIEW, view.function.location, against),), ()
            yield self._callable(view.function)
        for decorator in view.unused_decorators:
            yield (Finding(obstacles.UNUSED_DECORATOR, decorator.location, f"'{decorator.text}'"),), ()
        for decorator in view.decorators:
            yield self._decorator(decorator)
        for wrapper in view.wrappers:
            if wrapper.owned:
                yield self._callable(wrapper)
            elif not _is_harmless(wrapper.qualified):
                yield self._foreign(wrapper.qualified, view.function.location, obstacles.UNKNOWN_WRAPPER), ()
        for hook in self._project.hooks:
            is_run = hook.kind != "context_processor" or self._renders(endpoint)
            if in_reach(hook, endpoint) and is_run:
                yield self._hook(hook)
        for handler in self._project.error_handlers:
            if in_reach(handler, endpoint) and self._may_come_to(endpoint, handler):
                yield self._hook(handler)

    def _may_come_to(self, endpoint: Endpoint, handler: ErrorHandler) -> bool:
        """Whether an error may come to a handler: those of an extension that has a counterpart have one as well."""
        package = handler.function.qualified.partition(".")[0]
        library = obstacles.HANDLED_LIBRARIES.get(package)
        if handler.function.owned or library is None:
            return True
        return self._reach.uses(endpoint.view.function.qualified, f"{library}.")

    def _renders(self, endpoint: Endpoint) -> bool:
        """Whether an endpoint's view renders a template."""
        return self._reach.uses(endpoint.view.function.qualified, "flask.render_template")

    def _decorator(self, decorator: Decorator) -> tuple[tuple[Finding, ...], tuple[Site, ...]]:
        name = decorator.qualified
        if name is None:
            return (Finding(obstacles.UNKNOWN_DECORATOR, decorator.location, f"'{decorator.text}'"),), ()
        if self._reach.resolve(name) is not None:
            return self._callable(Callee(name, decorator.location, owned=True))
        if _is_harmless(name):
            return (), ()
        return self._foreign(name, decorator.location, obstacles.UNKNOWN_DECORATOR), ()

    def _hook(self, hook: Hook | ErrorHandler) -> tuple[tuple[Finding, ...], tuple[Site, ...]]:
        kind = hook.kind if isinstance(hook, Hook) else "error handler"
        if hook.function.owned and kind not in _RUN_BY_THE_BRIDGE:
            return self._callable(hook.function)
        if kind in _RUN_BY_THE_BRIDGE or kind in _ACT_ON_CALL:
            return (), ()
        return self._foreign(hook.function.qualified, hook.function.location, obstacles.OPAQUE_HOOK, f" ({kind})"), ()

    def _foreign(
        self, qualified: str, location: Location | None, unknown: Diagnostic, suffix: str = ""
    ) -> tuple[Finding, ...]:
        """What to say about code of a library around the view: what the vocabulary says, else that it is opaque."""
        known = term(qualified)
        if known is None or not known.known:
            return (Finding(unknown, location, f"'{qualified}'{suffix}"),)
        if known.diagnostic is None:
            return ()
        return (Finding(known.diagnostic, location, _phrase(known, public_name(qualified)) + suffix),)

    def _callable(self, function: Callee) -> tuple[tuple[Finding, ...], tuple[Site, ...]]:
        """What the application's own function reaches."""
        done = self._of_callable.get(function.qualified)
        if done is None:
            sites = tuple(self._reach.sites(function.qualified))
            done = tuple(finding for site in sites for finding in self._site(site)), sites
            self._of_callable[function.qualified] = done
        return done

    def _site(self, site: Site) -> Iterator[Finding]:
        """What to say about one definition that the application's own code reaches."""
        definition = site.definition
        for name, found in site.terms:
            if found.diagnostic is not None and name != REQUEST:
                detail = f"{_phrase(found, name)}, in `{definition.qualified}`"
                yield Finding(found.diagnostic, definition.location, detail)
        if CONTEXT_VARIABLE in definition.uses and definition.qualified not in self._project.confined:
            yield Finding(obstacles.OWN_CONTEXT, definition.location, f"'{definition.qualified}'")
        elif definition.kind == "state" and self._reach.is_made_here(definition):
            detail = f"'{definition.qualified}' is made from other definitions of its module"
            yield Finding(NEEDS_CONTEXT, definition.location, detail)


def in_reach(hook: Hook | ErrorHandler, endpoint: Endpoint) -> bool:
    """Whether a hook or handler acts on an endpoint: it is the application's, the blueprint's or an outer blueprint's.

    Flask walks `request.blueprints`, which names the blueprint and all it is nested in.
    """
    return not hook.blueprint or f"{endpoint.blueprint}.".startswith(f"{hook.blueprint}.")


def _runtime(findings: Iterable[Finding]) -> Runtime:
    severities = set()
    bridged = False
    for finding in findings:
        severities.add(finding.diagnostic.severity)
        bridged = bridged or finding.diagnostic in (NEEDS_CONTEXT, obstacles.STATIC_FILES)
        if finding.diagnostic is obstacles.API_PAGE:
            return "flask"
    if "blocked" in severities:
        return "flask"
    return "bridged" if bridged else "native"


def _rank(finding: Finding) -> tuple[int, str, int, str, str]:
    severity = ("blocked", "review", "note").index(finding.diagnostic.severity)
    place = finding.location or Location("", 0)
    return severity, place.file, place.line, finding.code, finding.detail


def _is_harmless(qualified: str) -> bool:
    """A wrapper or decorator that the standard library or the vocabulary vouches for."""
    if qualified.startswith(("functools.", "contextlib.", "typing.", "builtins.")):
        return True
    known = term(qualified)
    return known is not None and known.diagnostic is None


def _phrase(found: Term, name: str) -> str:
    return f"'{name}'" + (f", which {found.reason}" if found.reason else "")


def _rule_findings(endpoint: Endpoint) -> Iterator[Finding]:
    for rule in endpoint.rules:
        try:
            convertible(rule, endpoint.view.function.location, redirects(endpoint))
        except Refused as refused:
            yield refused.finding
