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
from codemods.literals import as_literal
from codemods.model import Decorator, Hook, Project
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import refuse
from codemods.view.rule import Rule, Translation, code
from codemods.view.signature import BODY_MODULE
from codemods.view.source import Sources

from .basis.extension import Documented, Extension, ExtensionHook

PACKAGE = "flask_wtf"
HELPER = ".compat.forms"
FORMS = frozenset({"flask_wtf.FlaskForm", "flask_wtf.form.FlaskForm"})
SETTINGS = frozenset({"WTF_CSRF_ENABLED", "WTF_CSRF_FIELD_NAME", "WTF_CSRF_SECRET_KEY", "WTF_CSRF_TIME_LIMIT"})
"""The settings that are read of the Flask application, and that native code does not have."""
CSRF = ".compat.csrf"
PROTECT = f"{PACKAGE}.csrf.CSRFProtect"
PROTECTS = (PROTECT, f"{PACKAGE}.CSRFProtect")
ERRORS = frozenset({f"{PACKAGE}.csrf.CSRFError"})
CHECKED = SETTINGS | {
    "WTF_CSRF_CHECK_DEFAULT", "WTF_CSRF_HEADERS", "WTF_CSRF_META_NAME", "WTF_CSRF_METHODS", "WTF_CSRF_SSL_STRICT"
}  # fmt: skip
"""The settings of the check ahead of views."""
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
    "Flask-WTF's CSRFProtect is used in a way that is not converted",
    "Which views and blueprints are exempt from the check is known of the running application only; its own way to "
    "answer a wrong token, or a subclass of it, may do anything.",
    "Let `migrate` import the application, use `CSRFProtect` itself, and answer a wrong token by an error handler for "
    "`CSRFError`.",
)
CHECK = '''\
EXEMPT_FROM_CSRF = {exempt}
"""The endpoints, and with a dot behind them the blueprints, whose requests need no token."""


def csrf_protect(request: Request) -> None:
    """Check the token of whatever changes something."""
    check_unless_exempt(request, sent_body(request), EXEMPT_FROM_CSRF)
'''
PLAIN_CHECK = '''\
def csrf_protect(request: Request) -> None:
    """Check the token of whatever changes something."""
    check_unless_exempt(request, sent_body(request))
'''


def protects(project: Project, sources: Sources, hook: Hook) -> ExtensionHook | Finding:
    """The hook that checks tokens, or why it is not converted."""
    if found := problem(project, sources, ()):
        return found
    protect = next((one for one in project.application.extensions if one.startswith("csrf=")), "")
    if not project.live or protect != f"csrf={PROTECT}":
        return Finding(CSRF_PROTECT, None, f"'{protect.partition('=')[2]}'" if protect else "which views are exempt")
    if any(b"_error_response" in one or b"_exempt_views" in one for one in sources.files.values()):
        return Finding(CSRF_PROTECT, None, "what it does with a wrong token")
    needs = {Need("fastapi", "Request"), Need(BODY_MODULE, "sent_body"), Need(CSRF, "check_unless_exempt")}
    exempt = f"frozenset({{{', '.join(map(as_literal, project.application.csrf_exempt))}}})"
    text = CHECK.format(exempt=exempt) if project.application.csrf_exempt else PLAIN_CHECK
    spelled = [one for one in sorted(CHECKED) if any(one.encode() in content for content in sources.files.values())]
    return ExtensionHook("csrf_protect", text, frozenset(needs), settings=tuple(spelled))


def gives_tokens(project: Project, sources: Sources, hook: Hook) -> ExtensionHook:
    """The context processor, which gives templates what they have as globals anyway."""
    return ExtensionHook("csrf_token", "", frozenset())


def exempts(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Documented:
    """`@csrf.exempt`: the hook leaves the endpoint out; raises `Refused` where it says more."""
    if isinstance(written, cst.Call):
        raise refuse(CSRF_PROTECT, decorator.location, f"'{decorator.text}'")
    return Documented()


def protect_now(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`csrf.protect()`: the check by itself."""
    if call.args:
        raise translation.refuse(CSRF_PROTECT, written, code(written))
    check = cst.Name(translation.need(CSRF, "check_csrf"))
    return call.with_changes(func=check, args=[cst.Arg(translation.request()), cst.Arg(translation.body())])


def token(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`generate_csrf()`: the token of the session."""
    if call.args:
        raise translation.refuse(CSRF_PROTECT, written, code(written))
    made = cst.Name(translation.need(CSRF, "csrf_token"))
    return call.with_changes(func=made, args=[cst.Arg(translation.request())])


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


RULE = Rule(
    calls={
        **{f"{maker}.protect": protect_now for maker in PROTECTS},
        **{f"{place}.generate_csrf": token for place in (PACKAGE, f"{PACKAGE}.csrf")},
    },
    made=frozenset(f"{maker}.protect" for maker in PROTECTS),
    diagnostics=(CSRF_PROTECT, FORM_CLASS, FORM_USE, FORM_VERSION),
)

EXTENSION = Extension(
    PACKAGE,
    hooks={
        f"{PROTECT}.init_app.<locals>.csrf_protect": protects,
        f"{PROTECT}.init_app.<locals>.<lambda>": gives_tokens,
    },
    exceptions=dict.fromkeys(ERRORS, Need(CSRF, "CSRFError")),
    raised=ERRORS,
    globals={
        f"{PACKAGE}.csrf.generate_csrf": Need(CSRF, "csrf_token"),
        f"{PACKAGE}.csrf.csrf_meta_tag": Need(CSRF, "csrf_meta_tag"),
    },
    layers={f"{maker}.exempt": exempts for maker in PROTECTS},
    bases={name: Need(HELPER, "FlaskForm") for name in FORMS},
    problem=problem,
)
