"""Extensions that do nothing but give templates an object of theirs, by a context processor of their own.

moment = Moment(app)    →    def moment_object(request: Request) -> dict[str, Any]:
                                 return {"moment": current_app.extensions["moment"]}
"""

from collections.abc import Mapping

from codemods.findings import Diagnostic, Finding
from codemods.model import Hook, Project
from codemods.view.imports import Need
from codemods.view.rule import Rule
from codemods.view.source import Sources

from .basis.extension import Extension, ExtensionHook

OBJECT_VERSION = Diagnostic(
    "FM789",
    "blocked",
    "a version of an extension for templates that is not known",
    "Older versions of its object read Flask's request, which a converted page has not.",
    "Update the extension first.",
)
OBJECTS: Mapping[str, tuple[str, str]] = {
    "flask_moment.Moment.context_processor": ("moment", "1."),
    "flask_pagedown.PageDown.context_processor": ("pagedown", "0.4."),
}
"""By processor: the object's name, and how the versions begin whose objects need the application alone."""


def in_templates(project: Project, _: Sources, hook: Hook) -> ExtensionHook | Finding:
    """The function that gives templates the object."""
    name, known = OBJECTS[hook.function.qualified]
    version = project.application.versions.get(f"flask-{name}", known)
    if not version.startswith(known):
        return Finding(OBJECT_VERSION, None, f"version {version} of Flask-{name.capitalize()}")
    text = (
        f"def {name}_object(request: Request) -> dict[str, Any]:\n"
        f'    """What the extension gives templates."""\n'
        f'    return {{"{name}": current_app.extensions["{name}"]}}\n'
    )
    needs = {Need("flask", "current_app"), Need("fastapi", "Request"), Need("typing", "Any")}
    return ExtensionHook(f"{name}_object", text, frozenset(needs), application=f"'{name}' in templates")


RULE = Rule(diagnostics=(OBJECT_VERSION,))
EXTENSIONS = tuple(Extension(name.partition(".")[0], hooks={name: in_templates}) for name in OBJECTS)
