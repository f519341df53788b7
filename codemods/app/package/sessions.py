"""Whether the target needs sessions, and where their settings come from.

Beside Flask these are the Flask application's; alone what its initialiser says, or where that cannot be said again
without Flask, the live application's flags and a key of the environment.
"""

from collections.abc import Collection, Mapping

from codemods.carry import Settings
from codemods.literals import as_literal
from codemods.model import Application
from codemods.view.imports import Need

from .target import File, Package

KEYS = (
    "APPLICATION_ROOT", "PERMANENT_SESSION_LIFETIME", "SECRET_KEY", "SECRET_KEY_FALLBACKS", "SESSION_COOKIE_DOMAIN",
    "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_NAME", "SESSION_COOKIE_PARTITIONED", "SESSION_COOKIE_PATH",
    "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_SECURE", "SESSION_REFRESH_EACH_REQUEST",
)  # fmt: skip
"""The settings that `compat.session.options` reads."""
KEEPING = frozenset(f".compat.{name}" for name in ("csrf", "flash", "forms", "login", "session"))
"""The modules of the target that keep something in the session."""


def are_used(package: Package, files: Mapping[str, File], needs: Collection[Need]) -> bool:
    """Whether any code, or a template that a page may be, looks at the session."""
    texts = [text for file in files.values() for text, _ in file.pieces]
    if any(need.module in KEEPING for need in needs):
        return True
    if any("request.session" in text for text in texts):
        return True
    if not any(need.module in (".templating", ".compat.shared_templates") for need in needs):
        return False
    texts += package.project.application.templates.values()
    return any("session" in text or "get_flashed_messages" in text for text in texts)


def read_settings(settings: Settings) -> bool:
    """Note the settings of sessions as read, and tell whether all are known without Flask."""
    if any(settings.problem(key) is not None for key in KEYS):
        return False
    settings.read.update(KEYS)
    return True


def flags(application: Application) -> dict[str, str]:
    """The live application's settings of the session's cookie that are not Flask's defaults, as source text."""
    return {
        name: as_literal(application.flags[name])
        for name in application.config
        if name in application.flags and name in KEYS
    }
