"""The project's classes of forms, on a base class of the target; those that use models stand beside Flask."""

import ast
from typing import TYPE_CHECKING

from codemods.extensions.wtf import FORM_CLASS, FORMS, SETTINGS
from codemods.findings import Finding
from codemods.model import Definition, Module
from codemods.view.names import split
from codemods.view.refusal import refuse
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from .carried import Carried, Policy
from .form_classes import is_changed, is_form
from .references import FileReferences
from .verbatim import free_names

if TYPE_CHECKING:
    from .carrier import Carrier

FILES = ("FileField", "MultipleFileField")
WITHIN = ("FieldList", "FormField")
"""What makes forms by itself."""
META = "meta"
"""The argument by which the target hands a form its request."""


def write_form(carrier: "Carrier", module: Module, definition: Definition, name: str, policy: Policy) -> Carried:
    """Such a class as it stands in the target; raises `Refused`."""
    node = carrier.sources.piece(definition.location, name)
    assert isinstance(node, ast.ClassDef)
    text = carrier.sources.text(module.file, node)
    bases = carrier.classes.bases(definition.qualified)
    for base in bases:
        owner, _ = split(carrier.project, base)
        if base not in FORMS and not (owner is not None and is_form(carrier.classes, base)):
            raise refuse(FORM_CLASS, definition.location, f"the base '{base}' of '{name}'")
    words = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    words |= {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    for word in (*FILES, *WITHIN, "formdata"):
        if word in words or (word == "formdata" and word in text):
            raise refuse(FORM_CLASS, definition.location, f"'{word}' in '{name}'")
    if carrier.request_methods.is_calling(definition.qualified):
        raise refuse(FORM_CLASS, definition.location, f"a method that needs the request, in '{name}'")
    if is_changed(carrier.classes, definition.qualified):
        raise refuse(FORM_CLASS, definition.location, f"'{name}' is changed after it is made")
    if not _hands_on(node):
        raise refuse(FORM_CLASS, definition.location, f"'{name}' does not hand '**kwargs' on")
    application = None
    if policy == "bridged":
        application = Finding(NEEDS_APPLICATION, definition.location, f"'{definition.qualified}'")
    elif found := [one for one in sorted(SETTINGS) if _is_unknown(carrier, one)]:
        application = Finding(NEEDS_APPLICATION, definition.location, f"'{found[0]}'")
    needs = free_names(carrier, module, node, name, definition.location, policy=policy)
    home = carrier.home(module, policy == "bridged")
    return Carried(definition.qualified, name, text, needs, application, (), definition.location.line, home)


def _is_unknown(carrier: "Carrier", setting: str) -> bool:
    """Whether the source gives a setting a value that only the application knows; its value is read otherwise.

    Flask-WTF itself sets the others to their defaults.
    """
    if not any(setting.encode() in one for one in carrier.sources.files.values()):
        return False
    return FileReferences(carrier, "native", False, "").setting(setting) is not None


def _hands_on(node: ast.ClassDef) -> bool:
    """Whether a form that is made with more arguments hands these on to the class that it inherits from.

    What the target gives itself, `formdata` by place and `meta`, may not be given or taken once more.
    """
    made = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
    if not made:
        return True
    rest, own = made[0].args.kwarg, made[0].args
    calls = [one for one in ast.walk(made[0]) if isinstance(one, ast.Call) and ast.unparse(one).startswith("super(")]
    passed = {ast.unparse(word.value) for one in calls for word in one.keywords if word.arg is None}
    changed = {ast.unparse(one.value) for one in ast.walk(made[0]) if isinstance(one, ast.Subscript | ast.Attribute)}
    given = any(word.arg == META for one in calls for word in one.keywords)
    by_place = [part for one in calls if isinstance(one.func, ast.Attribute) for part in one.args]
    given |= any(not isinstance(one, ast.Starred) for one in by_place)
    taken = any(one.arg == META for one in (*own.posonlyargs, *own.args, *own.kwonlyargs))
    return rest is not None and rest.arg in passed and rest.arg not in changed and not (given or taken)
