"""Flask-WTF: its forms → WTForms' own, on a base class of `compat.forms`.

    class PostForm(FlaskForm):                      from .compat.forms import FlaskForm
        title = StringField(...)
                                              →     class PostForm(FlaskForm):
                                                        title = StringField(...)

    form = PostForm(obj=post)                       form = PostForm(obj=post, **submitted(request, body))
    if form.validate_on_submit():                   if form.validate_on_submit():

`carry/forms.py` writes the classes.
"""

from collections.abc import Collection

import libcst as cst

from codemods.findings import Diagnostic, Finding
from codemods.model import Hook, Project
from codemods.view.imports import Need
from codemods.view.rule import Rule, Translation, code
from codemods.view.source import Sources

from .extension import Extension

PACKAGE = "flask_wtf"
HELPER = ".compat.forms"
FORMS = frozenset({"flask_wtf.FlaskForm", "flask_wtf.form.FlaskForm"})
SETTINGS = frozenset({"WTF_CSRF_ENABLED", "WTF_CSRF_FIELD_NAME", "WTF_CSRF_SECRET_KEY", "WTF_CSRF_TIME_LIMIT"})
"""The settings that are read of the Flask application, and that native code does not have."""
OWN = frozenset({"csrf_enabled", "formdata", "meta"})
"""The arguments of a form that are given in another way."""

FORM_CLASS = Diagnostic(
    "FM786",
    "blocked",
    "a form of Flask-WTF's that does more than WTForms' own",
    "It reads the request or uploaded files itself, chooses what it is filled with, hides what it is made of, or is "
    "part of another form.",
    "Hand the form what it needs from the view, as an argument of its own; pass `**kwargs` on to `FlaskForm`.",
)
FORM_USE = Diagnostic(
    "FM787",
    "blocked",
    "a form of Flask-WTF's that is not made by a plain call of its class",
    "Flask-WTF looks at the current request while a form is made; elsewhere the form is given what was sent, by the "
    "call.",
    "Call the class by its name in the view, without `formdata` and `meta`.",
)
FORM_VERSION = Diagnostic(
    "FM788",
    "blocked",
    "a version of Flask-WTF, or an extension beside it, that is not known",
    "What is copied is the behaviour of versions 1.0 to 1.3 without Flask-Babel, which translates messages.",
    "Update the extension first.",
)


CSRF_PROTECT = Diagnostic(
    "FM797",
    "blocked",
    "Flask-WTF's CSRFProtect checks a token ahead of every view that changes something",
    "The token is in Flask's session, in a form or in a header, and views and blueprints may be exempt: without the "
    "check other sites could send requests in the name of whoever is logged in.",
    "Check tokens in forms (`FlaskForm`), which converts; or keep the application on Flask until nothing but clients "
    "with tokens in headers (`Authorization`) sends it anything, who need no such check.",
)


def protects(project: Project, sources: Sources, hook: Hook) -> Finding:
    """Why the hook that checks tokens is not converted."""
    return Finding(CSRF_PROTECT, None, "'CSRFProtect'")


def problem(project: Project, sources: Sources, reached: Collection[str]) -> Finding | None:
    """Why code that reaches names of this extension stays on Flask."""
    versions = project.application.versions
    version = versions.get("flask-wtf", "1.3.0")
    if not version.startswith(("1.0.", "1.1.", "1.2.", "1.3.")):
        return Finding(FORM_VERSION, None, f"version {version}")
    is_translated = any(one.startswith("babel=") for one in project.application.extensions)
    return Finding(FORM_VERSION, None, "Flask-Babel") if is_translated else None


def filled(translation: Translation, written: cst.Call, call: cst.Call, takes: int) -> cst.BaseExpression:
    """A call of a form's class, with what was sent; it `takes` so many arguments by place."""
    keywords = {one.keyword.value: one.value for one in written.args if one.keyword is not None}
    by_place = sum(one.keyword is None for one in written.args)
    if by_place > takes or any(one.star for one in written.args) or keywords.keys() & (OWN - {"formdata"}):
        raise translation.refuse(FORM_USE, written, code(written))
    if "formdata" in keywords:
        if code(keywords["formdata"]) != "None":
            raise translation.refuse(FORM_USE, written, code(written))
        given = cst.Call(cst.Name(translation.need(HELPER, "blank")), [cst.Arg(translation.request())])
    else:
        what = [cst.Arg(translation.request()), cst.Arg(translation.body())]
        given = cst.Call(cst.Name(translation.need(HELPER, "submitted")), what)
    return call.with_changes(args=[*call.args, cst.Arg(given, star="**")])


RULE = Rule(diagnostics=(CSRF_PROTECT, FORM_CLASS, FORM_USE, FORM_VERSION))

EXTENSION = Extension(
    PACKAGE,
    hooks={f"{PACKAGE}.csrf.CSRFProtect.init_app.<locals>.csrf_protect": protects},
    bases={name: Need(HELPER, "FlaskForm") for name in FORMS},
    problem=problem,
)
