"""The application as the source alone tells it: its routes, hooks and handlers."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

from codemods.findings import Finding, Location
from codemods.model import Application, Blueprint, Callee, Decorator, Endpoint, Project, Rule, View, ViewKind

from .attribution import Attribution
from .blueprints import Blueprints, joined_rule
from .constants import NotConstantError
from .declarations import Declaration, Declarations, ViewSource
from .diagnostics import APP_NOT_FOUND, BAD_RULE, NOT_LIVE, SEVERAL_APPS
from .files import is_test
from .hooks import Hooks
from .objects import Object, Objects, Registration
from .raw import RawModule
from .rules import MalformedRuleError, ranks, variables
from .scopes import Scope, chain_of

VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
VIEW_BASES = {
    "flask.views.View", "flask.views.MethodView", "flask_apispec.MethodResource",
    "flask_restful.Resource", "flask_restx.Resource",
}  # fmt: skip

METHOD_VIEWS = frozenset(VIEW_BASES - {"flask.views.View"})
"""Those that find a function for each method, around which a `dispatch_request` of a project's own may stand."""

MAP_SETTINGS: Mapping[str, bool] = {"strict_slashes": True, "merge_slashes": True, "redirect_defaults": True}
"""The switches of Werkzeug's URL map that change what rules do, as they are unless said."""


class StaticRoutes:
    """Puts the static project together."""

    def __init__(self, objects: Objects, app: str) -> None:
        self.objects = objects
        self.reference = app
        self.attribution = Attribution(objects.raws, objects.names, objects)
        self.findings: list[Finding] = []

    def project(self) -> Project:
        """Everything but the modules."""
        app, is_factory = self.application()
        application = Application(self.reference, is_factory=is_factory)
        if app is None:
            self.findings.append(Finding(APP_NOT_FOUND, None, f"'{self.reference}'"))
            return Project(application, {}, findings=tuple(self.findings))
        blueprints = Blueprints(self.objects)
        registered = blueprints.of(app)
        self.objects.registrations.extend(registration for _, registration in registered)
        declarations = Declarations(self.objects)
        endpoints = self.endpoints(app, registered, declarations.all())
        rows: dict[int, list[Registration]] = {}
        for blueprint, registration in registered:
            rows.setdefault(id(blueprint), []).append(registration)
        hooks = Hooks(self.objects, declarations, app, rows)
        error_handlers = tuple(hooks.error_handlers())
        more = [*blueprints.findings, *declarations.findings, *hooks.findings]
        if not is_test(app.location.file):  # tests declare routes of their own
            more = [one for one in more if one.location is None or not is_test(one.location.file)]
        more.append(Finding(NOT_LIVE, None, f"'{self.reference}'"))
        return Project(
            application=replace(application, import_name=self.import_name(app), url_map=self.map_settings(app)),
            modules={},
            blueprints=tuple(self.blueprint(blueprint, row) for blueprint, row in registered),
            endpoints=tuple(endpoints),
            hooks=tuple(hooks.hooks()),
            error_handlers=error_handlers,
            findings=tuple(sorted({*self.findings, *more}, key=str)),
        )

    # the application

    def application(self) -> tuple[Object | None, bool]:
        """The application that the reference names, and whether a factory makes it."""
        apps = [found for found in self.objects.objects.values() if found.kind == "app"]
        module, _, attribute = self.reference.partition(":")
        module = module.removesuffix(".py").replace("/", ".")
        raw = self.objects.raws.get(module) or self.objects.raws.get(module.removeprefix("src."))
        names = [attribute.partition("(")[0].strip()] if attribute else ["app", "application", "create_app", "make_app"]
        for name in names if raw else ():
            assert raw is not None
            target = self.objects.names.canonical(f"{raw.name}.{name}")
            factory = self.objects.function(target)
            found = self.made_by(*factory) if factory else self.objects.of(raw, raw.top, name)
            made = [candidate for candidate in found if candidate.kind == "app"]
            if made:
                self.others(apps, made[0])
                return made[0], factory is not None
        if len(apps) == 1:
            return apps[0], apps[0].scope.kind == "function"
        return None, False

    def made_by(self, raw: RawModule, function: Scope) -> list[Object]:
        """The objects that a factory returns."""
        chains = [chain_of(value) for value in function.returns]
        return [found for chain in chains if chain for found in self.objects.of(raw, function, chain)]

    def others(self, apps: list[Object], chosen: Object) -> None:
        """Report further applications, those of tests left out."""
        for app in apps:
            if app is not chosen and (is_test(chosen.location.file) or not is_test(app.location.file)):
                self.findings.append(Finding(SEVERAL_APPS, app.location, f"'{app.key}'"))

    def import_name(self, app: Object) -> str:
        """The `import_name` of the application, where it is a constant."""
        try:
            node = app.call.args[0] if app.call.args else None
            return self.objects.constants.text(app.raw, app.scope, node) or ""
        except NotConstantError:
            return ""

    def blueprint(self, blueprint: Object, row: Registration) -> Blueprint:
        """A registered blueprint."""
        folders: dict[str, str | None] = {}
        words = {keyword.arg: keyword.value for keyword in blueprint.call.keywords}
        for name in ("template_folder", "static_folder"):
            try:
                folders[name] = self.objects.constants.text(blueprint.raw, blueprint.scope, words.get(name))
            except NotConstantError:
                folders[name] = None
        name = blueprint.raw.name
        template_folder, static_folder = folders["template_folder"], folders["static_folder"]
        return Blueprint(
            row.name, row.url_prefix, name, blueprint.key, blueprint.location, template_folder, static_folder
        )

    # routes

    def endpoints(
        self, app: Object, registered: list[tuple[Object, Registration]], declared: list[Declaration]
    ) -> list[Endpoint]:
        """The endpoints in order of registration, with the ranks of their rules."""
        declared = sorted(declared, key=lambda row: (row.place.raw.name, row.order))
        rows = list(self.rows(app, registered, declared))
        places = ranks([rule.rule for _, _, rule, _ in rows])
        found: dict[str, Endpoint] = {}
        for order, ((name, blueprint, rule, view), rank) in enumerate(zip(rows, places, strict=True)):
            rule = replace(rule, rank=rank, order=order)
            known = found.get(name)
            found[name] = (
                replace(known, rules=(*known.rules, rule)) if known else Endpoint(name, blueprint, view, (rule,))
            )
        return list(found.values())

    def rows(
        self, app: Object, registered: list[tuple[Object, Registration]], declared: list[Declaration]
    ) -> Iterator[tuple[str, str, Rule, View]]:
        """Endpoint name, blueprint, rule and view of each rule, in order of registration.

        That is the order of the application's declarations and registrations in the module that makes it, then in the
        others by name; a blueprint's rules come in with its registration.
        """
        own = Registration("", "", "", app.location)
        settings = self.map_settings(app)
        # the application's own static route is made before anybody can change the map's settings
        yield from self.static_files(app, own, MAP_SETTINGS)
        events: list[tuple[str, int, Object, Registration, Declaration | None]] = [
            (row.place.raw.name, row.order, app, own, row) for row in declared if row.owner is app
        ]
        events += [(*row.order, blueprint, row, None) for blueprint, row in registered]
        for _, _, owner, registration, declaration in sorted(
            events, key=lambda event: (event[0] != app.raw.name, event[0], event[1])
        ):
            if declaration is not None:
                yield from self.row(declaration, registration, settings)
                continue
            yield from self.static_files(owner, registration, settings)
            for row in declared:
                if row.owner is owner:
                    yield from self.row(row, registration, settings)

    def row(
        self, row: Declaration, registration: Registration, settings: Mapping[str, bool]
    ) -> Iterator[tuple[str, str, Rule, View]]:
        """A declaration below its registration."""
        local = row.endpoint
        name = f"{registration.name}.{local}".lstrip(".")
        prefix = registration.url_prefix or None
        joined = (prefix or "") + row.rule if row.is_resource else joined_rule(prefix, row.rule)
        text = joined if registration.name else row.rule
        view = self.view(row, name)
        methods, automatic = self.methods(row, view)
        options = row.options
        defaults = options.get("defaults")
        try:
            parts = variables(text)
        except MalformedRuleError:
            self.findings.append(Finding(BAD_RULE, row.place.location, f"'{text}'"))
            return
        redirect = options.get("redirect_to")
        subdomain = options.get("subdomain", registration.subdomain)
        host = options.get("host")
        yield (
            name,
            registration.name,
            Rule(
                rule=text,
                methods=methods,
                variables=parts,
                defaults=tuple(sorted(defaults.items())) if isinstance(defaults, dict) else (),
                host=host if isinstance(host, str) else None,
                subdomain=subdomain if isinstance(subdomain, str) else None,
                strict_slashes=bool(options.get("strict_slashes", settings["strict_slashes"])),
                merge_slashes=bool(options.get("merge_slashes", settings["merge_slashes"])),
                automatic_options=automatic,
                head="GET" in methods or "HEAD" in methods,
                redirect_to=redirect if isinstance(redirect, str) else None,
                build_only=bool(options.get("build_only", False)),
                alias=bool(options.get("alias", False)),
            ),
            view,
        )

    def methods(self, row: Declaration, view: View) -> tuple[tuple[str, ...], bool]:
        """The asked methods, and whether Flask answers OPTIONS by itself (`Flask.add_url_rule`)."""
        methods = row.methods
        if methods is None and row.view is not None and row.view.scope.kind == "class":
            methods = self.class_methods(row.view, own=view.kind == "method_view")
        if methods is None:
            methods = tuple(sorted(verb.upper() for verb, _ in view.methods if verb in VERBS))
        methods = methods or ("GET",)
        given = row.options.get("provide_automatic_options")
        automatic = bool(given) if given is not None else "OPTIONS" not in methods
        left_out = {"HEAD"} if "GET" in methods else set()
        left_out |= {"OPTIONS"} if automatic else set()
        return tuple(method for method in methods if method not in left_out), automatic

    def class_methods(self, view: ViewSource, own: bool) -> tuple[str, ...] | None:
        """The `methods` attribute of a class-based view, else of the nearest base (unless only its `own` counts)."""
        for raw, scope in list(self.lineage(view))[: 1 if own else None]:
            for assigned in scope.assigned:
                if assigned.name == "methods" and assigned.value is not None:
                    try:
                        found = self.objects.constants.value(raw, scope, assigned.value)
                    except NotConstantError:
                        return None
                    return tuple(sorted(str(method).upper() for method in found)) if isinstance(found, tuple) else None
        return None

    def map_settings(self, app: Object) -> Mapping[str, bool]:
        """What switches of `app.url_map` are set to."""
        found = dict(MAP_SETTINGS)
        for raw, scope in self.objects.scopes():
            for assigned in scope.assigned:
                owner, _, name = assigned.name.partition(".url_map.")
                is_known = name in found and isinstance(assigned.value, ast.Constant)
                if is_known and app in self.objects.of(raw, scope, owner):
                    found[name] = bool(cast(ast.Constant, assigned.value).value)
        return found

    def static_files(
        self, owner: Object, row: Registration, settings: Mapping[str, bool]
    ) -> Iterator[tuple[str, str, Rule, View]]:
        """The route of a static folder: an application has one unless told otherwise, a blueprint only if told."""
        words: Mapping[str | None, ast.expr] = {keyword.arg: keyword.value for keyword in owner.call.keywords}
        text = self.objects.constants.text
        try:
            folder = text(owner.raw, owner.scope, words["static_folder"]) if "static_folder" in words else None
            path = text(owner.raw, owner.scope, words.get("static_url_path"))
        except NotConstantError:
            return
        if folder is None and (owner.kind != "app" or "static_folder" in words):
            return
        base = path if path is not None else "/" + (folder or "static").rstrip("/").rpartition("/")[2]
        rule = joined_rule(row.url_prefix or None, base.rstrip("/") + "/<path:filename>")
        name = f"{row.name}.static".lstrip(".")
        view = View("static", Callee("flask.Flask.send_static_file"))
        parts = variables(rule)
        found = Rule(rule, ("GET",), parts, subdomain=row.subdomain)
        strict, merges = settings["strict_slashes"], settings["merge_slashes"]
        yield name, row.name, replace(found, strict_slashes=strict, merge_slashes=merges), view

    # views

    def view(self, row: Declaration, endpoint: str) -> View:
        """The view of a declaration."""
        source = row.view
        if source is None:
            given = Decorator(row.given, None, row.place.location) if row.given else None
            return View("unknown", Callee("?"), given=given)
        location = Location(source.raw.file.file, source.scope.line)
        function = Callee(f"{source.raw.name}.{source.scope.qualname}", location, owned=True)
        if source.scope.kind == "class":
            return self.class_view(source, function)
        used, unused = self.attribution.view_decorators(function, endpoint)
        return View(
            kind="function",
            function=function,
            decorators=(*source.wrapped, *used),
            unused_decorators=unused,
            is_async=source.scope.is_async,
        )

    def class_view(self, source: ViewSource, function: Callee) -> View:
        """A class-based view, with the methods of the bases that the project defines."""
        methods: dict[str, Callee] = {}
        bases: list[str] = []
        for raw, scope in self.lineage(source):
            for child in scope.children:
                if child.kind == "function" and child.name in (*VERBS, "dispatch_request"):
                    where = Location(raw.file.file, child.line)
                    methods.setdefault(child.name, Callee(f"{raw.name}.{child.qualname}", where, owned=True))
            targets = [
                self.objects.resolve(raw, scope.parent or raw.top, chain)
                for chain in map(chain_of, scope.bases)
                if chain
            ]
            bases.extend(target for target in targets if target and target not in bases)
        is_method_view = not METHOD_VIEWS.isdisjoint(bases)
        kind: ViewKind = "view" if "dispatch_request" in methods and not is_method_view else "method_view"
        dispatch = methods.pop("dispatch_request", None)
        if kind == "view" and dispatch is not None:
            methods = {"dispatch_request": dispatch}
        return View(
            kind=kind,
            function=function,
            decorators=(*source.wrapped, *self.attribution.class_decorators(function)),
            methods=tuple(sorted(methods.items())),
            bases=tuple(bases),
            arguments=source.arguments,
        )

    def lineage(self, source: ViewSource) -> Iterator[tuple[RawModule, Scope]]:
        """A class and its bases in the project, nearest first (breadth first, not Python's exact order)."""
        waiting = [(source.raw, source.scope)]
        seen: set[int] = set()
        while waiting:
            raw, scope = waiting.pop(0)
            if id(scope) in seen:
                continue
            seen.add(id(scope))
            yield raw, scope
            for chain in map(chain_of, scope.bases):
                target = self.objects.resolve(raw, scope.parent or raw.top, chain) if chain else None
                module, rest = self.objects.names.module_of(target or "")
                home = self.objects.raws.get(module or "")
                waiting += [(home, child) for child in home.top.children if child.name == rest] if home else []
