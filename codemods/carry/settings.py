"""The application's settings as its initialiser makes them: what of it can be said again without Flask.

    app.config.from_mapping(PAGE_SIZE=20)               loaded["PAGE_SIZE"] = 20
    app.config["MAILS"] = os.environ["MAILS"]     →     loaded["MAILS"] = os.environ["MAILS"]
    app.config.from_pyfile("local.py")                  loaded.update(python_file(ROOT_PATH, "local.py"))

Only source text is taken over, never a value of the running application, which may be secret.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemods.model import Module
from codemods.view.imports import Need

from .config_classes import annotation_of
from .config_reader import Reader
from .config_statements import LOADED, Statement
from .config_writes import ATTRIBUTES, written
from .creation import Creation, creation_of

if TYPE_CHECKING:
    from .carrier import Carrier

DEFAULTS: Mapping[str, str] = {
    "APPLICATION_ROOT": "'/'",
    "DEBUG": "os.environ.get('FLASK_DEBUG', '').lower() not in ('', '0', 'false', 'no')",
    "EXPLAIN_TEMPLATE_LOADING": "False",
    "MAX_CONTENT_LENGTH": "None",
    "MAX_COOKIE_SIZE": "4093",
    "MAX_FORM_MEMORY_SIZE": "500000",
    "MAX_FORM_PARTS": "1000",
    "PERMANENT_SESSION_LIFETIME": "timedelta(days=31)",
    "PREFERRED_URL_SCHEME": "'http'",
    "PROPAGATE_EXCEPTIONS": "None",
    "PROVIDE_AUTOMATIC_OPTIONS": "True",
    "SECRET_KEY": "None",
    "SECRET_KEY_FALLBACKS": "None",
    "SEND_FILE_MAX_AGE_DEFAULT": "None",
    "SERVER_NAME": "None",
    "SESSION_COOKIE_DOMAIN": "None",
    "SESSION_COOKIE_HTTPONLY": "True",
    "SESSION_COOKIE_NAME": "'session'",
    "SESSION_COOKIE_PATH": "None",
    "SESSION_COOKIE_SAMESITE": "None",
    "SESSION_COOKIE_SECURE": "False",
    "SESSION_REFRESH_EACH_REQUEST": "True",
    "TEMPLATES_AUTO_RELOAD": "None",
    "TESTING": "False",
    "TRAP_BAD_REQUEST_ERRORS": "None",
    "TRAP_HTTP_EXCEPTIONS": "False",
    "TRUSTED_HOSTS": "None",
    "USE_X_SENDFILE": "False",
}
"""`flask.Flask.default_config`, and what the environment decides (`flask.helpers.get_debug_flag`)."""

NAMED_IN_DEFAULTS = frozenset({Need("datetime", "timedelta")})


@dataclass(slots=True)
class Settings:
    """What is known of the settings. `annotations` are the known keys with their types, as far as these are known.

    `application` is the variable that holds the application; `problems` say of a key why it is not known, and under ""
    why none is.
    """

    application: str | None = None
    statements: list[Statement] = field(default_factory=list)
    annotations: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    opaque: bool = False
    live: frozenset[str] | None = None

    def problem(self, key: str) -> str | None:
        """Why a setting cannot be known without Flask; None where it can, be it that there is none of this name."""
        if key in self.problems:
            return self.problems[key]
        if key in self.annotations:
            return None
        if "" in self.problems:
            return self.problems[""]
        if key in DEFAULTS or self.opaque or self.live is None or key not in self.live:
            return None
        return f"what sets '{key}' was not found"

    def unknown_by_now(self, key: str) -> str | None:
        """Why a setting may have a value already that is not known; None where it has none, or a known one."""
        return self.problems.get(key, None if key in self.annotations else self.problems.get(""))

    def statements_read(self) -> list[Statement]:
        """The statements that have to do with what converted code reads, behind the one for Flask's defaults."""
        wanted = set(self.read)
        kept: list[Statement] = []
        for one in reversed(self.statements):
            if one.keys is None or one.keys & wanted:
                kept.append(one)
                wanted |= one.reads
        paths = {name for one in kept for name in one.paths}
        makers = [one for one in self.statements if one.makes in paths]
        texts = [one.text for one in kept]
        defaults = {
            key
            for key in wanted & DEFAULTS.keys()
            if not any(text.startswith(f"{LOADED}[{key!r}] = ") for text in texts)
        }
        entries = ", ".join(f"{key!r}: {DEFAULTS[key]}" for key in sorted(defaults))
        needs = NAMED_IN_DEFAULTS | ({Need("os", "")} if "os." in entries else set())
        start = Statement(f"{LOADED}: dict[str, Any] = {{{entries}}}\n", frozenset(), needs)
        return [start, *makers, *reversed(kept)]

    def annotation(self, key: str) -> str:
        """The type of a setting, where the text of what sets it says so."""
        known = annotation_of(ast.parse(DEFAULTS.get(key, "None"), mode="eval").body)
        return self.annotations.get(key, known)

    def follow_reads(self) -> None:
        """Note that what is made of a setting that is not known is not known either."""
        for statement in self.statements:
            for key in sorted(statement.reads):
                if (problem := self.problem(key)) is not None:
                    self.problems |= dict.fromkeys(statement.keys or (), problem)


def read_settings(carrier: "Carrier") -> Settings:
    """What the project's code says of the application's settings."""
    settings = Settings(live=frozenset(carrier.project.application.config) if carrier.project.live else None)
    creation = creation_of(carrier.project, carrier.sources)
    if creation is None:
        settings.problems[""] = "the place where the application is made was not found"
        return settings
    settings.application = creation.variable
    reader = Reader(carrier, creation.module, creation.name, settings, creation.bindings, creation.is_relative)
    reader.read(creation.statements)
    _written_elsewhere(carrier, creation, reader.followed, settings)
    settings.follow_reads()
    return settings


def _written_elsewhere(carrier: "Carrier", creation: Creation, followed: set[ast.AST], settings: Settings) -> None:
    """Note the keys that other code sets than the initialiser and what serves requests."""
    for module in carrier.project.modules.values():
        for statement in _statements(carrier, module):
            if statement in followed or statement is creation.function:
                continue
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                if f"{module.name}.{statement.name}" in carrier.called_by_flask:
                    continue
                if any(one in followed for one in statement.body):
                    continue
            if _only_current(statement, module):
                continue
            keys = written(statement)
            place = f"'{module.name}' sets it, too"
            for key in keys if keys is not None else {""}:
                settings.problems[key] = place
            if keys is None:
                settings.annotations.clear()


def _statements(carrier: "Carrier", module: Module) -> Iterator[ast.stmt]:
    yield from carrier.sources.tree(module.file).body


def _only_current(statement: ast.stmt, module: Module) -> bool:
    """Whether code changes nothing but the settings of the application that handles the request."""
    owners = [
        node.value for node in ast.walk(statement)
        if isinstance(node, ast.Attribute) and (node.attr == "config" or node.attr in ATTRIBUTES)
    ]  # fmt: skip
    return all(isinstance(one, ast.Name) and module.imports.get(one.id) == "flask.current_app" for one in owners)
