"""The live application's inventory, joined with the source by file and `def` line."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from codemods.findings import Finding, Location
from codemods.model import (
    Application,
    Blueprint,
    Callee,
    Endpoint,
    ErrorHandler,
    Hook,
    HookKind,
    Project,
    Rule,
    TemplateName,
    Variable,
    View,
    ViewKind,
)

from .attribution import Attribution
from .diagnostics import AT_IMPORT, DEBUGGED
from .rules import converter_arguments

Facts = Mapping[str, Any]

HOOK_KINDS = frozenset(HookKind.__args__)  # type: ignore[attr-defined]  # a Literal has its values there


class Live:
    """Reads an inventory document (`migrator/inside/inventory.py` writes it)."""

    def __init__(self, document: Mapping[str, object], attribution: Attribution, static: Project) -> None:
        self.document = cast(Facts, document)
        self.attribution = attribution
        self.static = static
        self.declared = {endpoint.name: endpoint.view.function.location for endpoint in static.endpoints}

    def callee(self, facts: Facts) -> Callee:
        """A callable; one of the project's own is named from the source: code before Python 3.11 has no full name."""
        file, line = facts.get("file"), facts.get("def_line")
        if not file or not line:
            return Callee(str(facts["qualified"]))
        own = self.attribution.name_at(file, line)
        return Callee(own or str(facts["qualified"]), Location(file, line), owned=True)

    # the application

    def application(self, reference: str) -> Application:
        """The application object."""
        facts: Facts = self.document["application"]
        names = tuple(f"{key}={value}" for key, value in sorted(facts["extensions"].items()))
        return Application(
            reference=reference,
            import_name=facts["import_name"],
            is_factory=self.document["is_factory"],
            root_path=facts["root_path"],
            instance_path=facts["instance_path"],
            template_folders=tuple(facts["template_folders"]),
            static_folder=facts["static_folder"],
            static_url_path=facts["static_url_path"],
            overridden=facts["overridden"],
            config=tuple(facts["config"]),
            flags=facts["flags"],
            extensions=names,
            template_names=tuple(
                TemplateName(row["kind"], row["name"], self.innermost(row["callable"]) if row["callable"] else None)
                for row in facts["template_names"]
            ),
            jinja_options=facts["jinja_options"],
            jinja_unusual=tuple(facts["jinja_unusual"]),
            templates=facts["templates"],
            signal_receivers=tuple(
                (row["signal"], self.innermost(row["callable"]))
                for row in facts["signal_receivers"]
                if row["signal"] not in HOOK_KINDS and row["of_application"]
            ),
            csrf_exempt=tuple(facts.get("csrf_exempt", ())),
            wsgi_chain=tuple(self.callee(row) for row in facts["wsgi_chain"]),
            url_map=self.document["url_map"]["settings"],
            converters=self.document["url_map"]["converters"],
            versions={"python": self.document["python"]["version"], **self.document["distributions"]},
            hazards=tuple(self.document["hazards"]),
            threads=tuple(f"{row['name']} ({row['target']})" for row in self.document["threads"]),
        )

    def findings(self) -> Iterator[Finding]:
        """What the import did besides making the application, and in which mode that is."""
        if self.document["application"]["flags"].get("DEBUG") is True:
            yield Finding(DEBUGGED, None, "'DEBUG' is on")
        for hazard in self.document["hazards"]:
            yield Finding(AT_IMPORT, None, f"{hazard} is loaded")
        for thread in self.document["threads"]:
            yield Finding(AT_IMPORT, None, f"thread '{thread['name']}' runs {thread['target']}")

    # routes

    def endpoints(self) -> list[Endpoint]:
        """The endpoints in order of registration."""
        blueprints = {row["name"] for row in self.document["blueprints"]}
        rules: dict[str, list[Facts]] = {}
        for row in without_shadowed(self.document["url_map"]["rules"]):
            rules.setdefault(str(row["endpoint"]), []).append(row)
        views: Facts = self.document["endpoints"]
        found = []
        for name, rows in rules.items():
            scope = name.rpartition(".")[0]
            view = self.view(name, views[name]) if name in views else View("unknown", Callee("?"))
            blueprint = scope if scope in blueprints else ""
            found.append(Endpoint(name, blueprint, view, tuple(self.rule(row) for row in rows)))
        return found

    def rule(self, row: Facts) -> Rule:
        """A rule as the URL map has it."""
        asked: Sequence[str] | None = row["asked"]
        return Rule(
            rule=row["rule"],
            methods=tuple(asked or ()),
            variables=tuple(self.variable(variable) for variable in row["variables"]),
            defaults=tuple(sorted(row["defaults"].items())),
            host=row["host"],
            subdomain=row["subdomain"] or None,
            strict_slashes=row["strict_slashes"],
            merge_slashes=row["merge_slashes"],
            automatic_options=row["automatic_options"],
            head=row["methods"] is None or "HEAD" in row["methods"],
            redirect_to=row["redirect_to"],
            redirect_function=self.callee(row["redirect_function"]) if row["redirect_function"] else None,
            build_only=row["build_only"],
            alias=row["alias"],
            rank=row["rank"],
            order=row["order"],
        )

    def variable(self, row: Facts) -> Variable:
        """A variable part; the converter's class is named only when it is not one of Werkzeug's."""
        own = None if str(row["class"]).startswith("werkzeug.") else str(row["class"])
        arguments = converter_arguments(row["arguments"] or "")
        return Variable(row["name"], row["converter"], arguments, row["regex"], own, bool(row.get("in_host")))

    def view(self, endpoint: str, facts: Facts) -> View:
        """What answers an endpoint."""
        wrappers = tuple(self.callee(row) for row in facts["wrappers"])
        cls: Facts | None = facts.get("view_class")
        if cls is not None:
            return self.class_view(facts, cls, wrappers)
        kind: ViewKind = "function"
        if str(facts["qualified"]).startswith("flask.") and endpoint.rpartition(".")[2] == "static":
            kind = "static"
        elif facts.get("line") is None:
            kind = "unknown"
        inner, more = self.unwrap(facts, self.declared.get(endpoint))
        function = self.callee(inner)
        used, unused = self.attribution.view_decorators(function, endpoint)
        return View(
            kind=kind,
            function=function,
            wrappers=(*wrappers, *more),
            decorators=used,
            unused_decorators=unused,
            is_async=bool(facts.get("is_async")) or self.attribution.is_async(function),
            free_variables=tuple(inner.get("free_variables", ())),
        )

    def class_view(self, facts: Facts, cls: Facts, wrappers: tuple[Callee, ...]) -> View:
        """A class-based view."""
        bases = tuple(cls["bases"])
        methods = {verb: self.innermost(row) for verb, row in cls["methods"].items()}
        is_method_view = "flask.views.MethodView" in bases
        if is_method_view:
            methods.pop("dispatch_request", None)
        function = self.callee(cls)
        asynchronous = any(row.get("is_async") for row in cls["methods"].values())
        more = () if str(facts["qualified"]).startswith("flask.views.") else (self.callee(facts),)
        return View(
            kind="method_view" if is_method_view else "view",
            function=function,
            wrappers=(*wrappers, *more),
            decorators=self.attribution.class_decorators(function),
            is_async=asynchronous,
            methods=tuple(sorted(methods.items())),
            bases=bases,
            arguments=tuple("?" for _ in range(cls["arguments"] or 0))
            + tuple(f"{key}=?" for key in cls["keywords"] or ()),
            init_every_request=cls["init_every_request"],
            definitions=cls["definitions"],
        )

    def innermost(self, facts: Facts) -> Callee:
        """The function that somebody wrote, below all wrappers."""
        return self.callee(self.unwrap(facts)[0])

    def unwrap(self, facts: Facts, declared: Location | None = None) -> tuple[Facts, tuple[Callee, ...]]:
        """Look through wrappers that do not tell what they wrap: the decorated function is in their closure.

        A function in a closure counts as wrapped only if the source decorates it with what made the wrapper, or if it
        is the one that the source declares.
        """
        around: list[Callee] = []
        for _ in range(20):
            maker = str(facts["qualified"]).partition(".<locals>")[0]
            rows = [
                row
                for row in facts.get("closes_over", {}).values()
                if declared == Location(row["file"], row["def_line"]) or self.attribution.is_decorated_by(row, maker)
            ]
            if len(rows) != 1:
                break
            around.append(self.callee(facts))
            facts = rows[0]
            around += map(self.callee, facts["wrappers"])
        return facts, tuple(around)

    # everything else

    def blueprints(self) -> Iterator[Blueprint]:
        """The registered blueprints."""
        for row in self.document["blueprints"]:
            variable = row["variable"] or None
            found = self.attribution.blueprint(row["name"], variable)
            yield Blueprint(
                name=row["name"],
                url_prefix=row["url_prefix"],
                import_name=row["import_name"],
                variable=found.key if found else variable,
                location=found.location if found else None,
                template_folder=row["template_folder"],
                static_folder=row["static_folder"],
                overridden=tuple(row["overridden"]),
            )

    def hooks(self) -> Iterator[Hook]:
        """The hooks."""
        for row in self.document["hooks"]:
            if row["kind"] in HOOK_KINDS:
                yield Hook(row["kind"], row["blueprint"], self.innermost(row["callable"]), row["order"])
        for order, row in enumerate(self.document["application"]["signal_receivers"]):
            if row["signal"] in HOOK_KINDS and row["of_application"]:
                yield Hook(row["signal"], "", self.innermost(row["callable"]), order)

    def error_handlers(self) -> Iterator[ErrorHandler]:
        """The error handlers."""
        for row in self.document["error_handlers"]:
            function = self.innermost(row["callable"])
            yield ErrorHandler(row["blueprint"], row["code"], self.exception(row["exception"], function), function)

    def exception(self, live: str, function: Callee) -> str:
        """An exception's name as the source that registers the handler has it: classes have several public names."""
        for row in self.static.error_handlers:
            if row.function == function and row.exception.rpartition(".")[2] == live.rpartition(".")[2]:
                return row.exception
        return self.attribution.names.canonical(live)


def without_shadowed(rows: Sequence[Facts]) -> Iterator[Facts]:
    """The rules; one that another hides only builds URLs, as the tutorial's `add_url_rule("/", endpoint="index")`.

    Werkzeug takes the first rule of a pattern that has the method, so the second is never reached.
    """
    taken: dict[tuple[object, ...], set[str]] = {}
    hidden = set()
    for row in sorted(rows, key=lambda one: int(one["rank"])):
        if row["build_only"] or row["websocket"] or row["defaults"] or row["methods"] is None:
            continue
        pattern = (row["rule"], row["host"], row["subdomain"], row["strict_slashes"], row["merge_slashes"])
        methods = taken.setdefault(pattern, set())
        if methods.issuperset(row["methods"]):
            hidden.add(id(row))
        methods.update(row["methods"])
    for row in rows:
        yield {**row, "build_only": True} if id(row) in hidden else row
