"""`login.py` of the target: who is logged in, by Flask-Login's own session; its hooks, and its decorators as guards.

Native code has a manager of its own, bridged code another: what loads the user may need the Flask application.
"""

from codemods.app.decorators.arguments import Placed
from codemods.app.decorators.guards import Guard
from codemods.carry import Carried, Carrier, FileReferences, Policy
from codemods.extensions.logins.login import GUARDS, HELPER, HOOK, PROCESSOR, SETTINGS, SPELLINGS, manager_of
from codemods.extensions.logins.login_manager import LOGIN_MANAGER, Manager
from codemods.findings import Finding
from codemods.literals import as_literal
from codemods.model import Callee, Decorator, Hook
from codemods.view.imports import Need
from codemods.view.names import canonical, split
from codemods.view.reference import Login
from codemods.view.refusal import Refused, refuse
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from .surrounding import ConvertedFunction, Surrounding, convert_function

MESSAGES = {
    "strangers": ("login_view", "login_message", "login_message_category", "Please log in to access this page."),
    "stale": (
        "refresh_view", "needs_refresh_message", "needs_refresh_message_category",
        "Please reauthenticate to access this page.",
    ),
}  # fmt: skip
"""How somebody is turned away: the attributes that say the page, the message and its category; Flask-Login's own
message."""


def collect_login(carrier: Carrier) -> None:
    """Register the manager with the carrier for whoever asks who is logged in; note why there is none."""
    if not any(hook.function.qualified == HOOK for hook in carrier.project.hooks):
        return
    policies: tuple[Policy, ...] = ("native", "bridged")
    for policy in policies:
        try:
            written = _written(carrier, manager_of(carrier.project, carrier.sources), policy)
        except Refused as refused:
            carrier.logins[policy] = refused.finding
            continue
        if policy == "native" and written.application is not None:
            carrier.logins[policy] = written.application
            continue
        carrier.carried[f"{written.home}.{written.name}", policy, False, False] = written
        carrier.logins[policy] = Login(written.home, written.name, written.qualified)


def login_functions(carrier: Carrier) -> set[str]:
    """The functions of the project that the manager is given."""
    if not carrier.logins:
        return set()
    try:
        found = manager_of(carrier.project, carrier.sources)
    except Refused:
        return set()
    return {one.qualified for one in found.functions.values()}


def _written(carrier: Carrier, manager: Manager, policy: Policy) -> Carried:
    """The manager and the functions that it is given, as they stand in its file."""
    home = ".login" if policy == "native" else ".bridged.login"
    needs, pieces, arguments = {Need(HELPER, "LoginManager")}, list[str](), list[str]()
    application = _settings(carrier)
    for purpose in ("load_user", "strangers", "stale"):
        callee = manager.functions.get(purpose)
        shown = ""
        if callee is not None:
            made = _function(carrier, callee, purpose, policy, home)
            application = application or made.application
            pieces.append(made.text)
            needs |= made.needs
            shown = made.name
        if purpose == "load_user":
            arguments.append(shown)
        elif turning := _turning(manager, purpose, shown):
            arguments.append(f"{purpose}={turning}")
            needs.add(Need(HELPER, "Turning"))
    if "session_protection" in manager.texts:
        arguments.append(f"session_protection={as_literal(manager.texts['session_protection'])}")
    if manager.anonymous_user is not None:
        name, need, finding = _anonymous(carrier, manager, policy, home)
        application = application or finding
        arguments.append(f"anonymous_user={name}")
        needs.add(need)
    name = manager.name
    pieces.append(f"{name} = LoginManager({', '.join(arguments)})\n")
    line = manager.location.line
    return Carried(manager.qualified, name, "\n\n".join(pieces), frozenset(needs), application, (), line, home)


def _settings(carrier: Carrier) -> Finding | None:
    """Why what only the Flask application's settings say keeps this from native code."""
    found = sorted(SETTINGS & set(carrier.project.application.config))
    return Finding(NEEDS_APPLICATION, None, f"'{found[0]}'") if found else None


def _function(carrier: Carrier, callee: Callee, purpose: str, policy: Policy, home: str) -> ConvertedFunction:
    given = (("Any", Need("typing", "Any")),) if purpose == "load_user" else ()
    role = "value" if purpose == "load_user" else "handler"
    around = Surrounding(callee, "value" if role == "value" else "handler", purpose, False, given)
    return convert_function(carrier, around, policy, home)


def _turning(manager: Manager, purpose: str, answer: str) -> str:
    """The argument that says how somebody is turned away; empty for what Flask-Login does by itself."""
    page, message, category, own = MESSAGES[purpose]
    if answer:
        return f"Turning(answer={answer})"
    texts = manager.texts
    if not texts.keys() & {page, message, category}:
        return ""
    shown = [as_literal(texts.get(page)), as_literal(texts.get(message, own))]
    shown += [as_literal(texts[category])] if category in texts else []
    return f"Turning({', '.join(shown)})"


def _anonymous(carrier: Carrier, manager: Manager, policy: Policy, home: str) -> tuple[str, Need, Finding | None]:
    """The class of nobody: its name, its import, and why it needs the application."""
    module, name = split(carrier.project, manager.anonymous_user or "")
    if module is None or name not in module.definitions:
        raise refuse(LOGIN_MANAGER, manager.location, "how 'anonymous_user' is set")
    reference = FileReferences(carrier, policy, False, home).definition(module, name, manager.location)
    assert reference.need is not None
    return reference.text, reference.need, reference.application


def login_hook(carrier: Carrier, hook: Hook, policy: Policy) -> ConvertedFunction | Finding | None:
    """A hook of Flask-Login's as a function of the target, or why there is none; None for any other hook."""
    if hook.function.owned or hook.function.qualified not in (HOOK, PROCESSOR):
        return None
    login = carrier.logins.get(policy)
    request = Need("fastapi", "Request")
    if hook.function.qualified == HOOK:
        found = _settings(carrier) if policy == "native" else None
        text = (
            "def remember_login_cookie(request: Request, response: Response) -> Response:\n"
            '    """Write or clear the cookie that remembers a login."""\n'
            '    if "_remember" in request.session:\n'
            "        remember_login(request, response)\n"
            "    return response\n"
        )
        needs = {request, Need("fastapi", "Response"), Need(HELPER, "remember_login")}
        return found or ConvertedFunction("remember_login_cookie", text, frozenset(needs), None)
    if not isinstance(login, Login):
        return login
    text = (
        "def logged_in_user(request: Request) -> dict[str, Any]:\n"
        f'    return {{"current_user": {login.name}.current_user(request)}}\n'
    )
    needs = {request, Need("typing", "Any"), Need(login.home, login.name)}
    application = Finding(NEEDS_APPLICATION, None, "'current_user' in templates") if policy == "bridged" else None
    return ConvertedFunction("logged_in_user", text, frozenset(needs), application)


def login_guard(carrier: Carrier, policy: Policy, decorator: Decorator) -> Guard | None:
    """The dependency for a decorator of Flask-Login's; None for another decorator. Raises `Refused`."""
    place, _, name = canonical(carrier.project, decorator.qualified or "").rpartition(".")
    if place not in SPELLINGS or name not in GUARDS:
        return None
    login = carrier.logins.get(policy)
    if login is None:
        raise refuse(LOGIN_MANAGER, decorator.location, f"'{decorator.text}' without a manager")
    if isinstance(login, Finding) and (policy == "bridged" or login.diagnostic is not NEEDS_APPLICATION):
        raise Refused(login)
    home = f".{'bridged.' if policy == 'bridged' else ''}dependencies"
    decorated = "@in_request_thread\n" if policy == "bridged" else ""
    fresh = ", fresh=True" if GUARDS[name] else ""
    about = "Somebody who logged in in this session." if GUARDS[name] else "Somebody who is logged in."
    manager = login.name if isinstance(login, Login) else "login_manager"
    text = (
        f"{decorated}def {name}(request: Request, cookie: Annotated[Any, Depends(session_scheme)]) -> None:\n"
        f'    """{about}"""\n'
        f"    {manager}.require(request{fresh})\n"
    )
    cookie = carrier.project.application.flags.get("SESSION_COOKIE_NAME") or "session"
    made = f"session_scheme = APIKeyCookie(name={as_literal(cookie)}, auto_error=False)\n"
    scheme = Placed(home, "session_scheme", made, frozenset({Need("fastapi.security", "APIKeyCookie")}))
    needs = {Need("fastapi", "Request"), Need("fastapi", "Depends"), Need("typing", "Annotated"), Need("typing", "Any")}
    needs |= {Need(".compat.bridged", "in_request_thread")} if decorated else set()
    needs |= {Need(login.home, manager)} if isinstance(login, Login) else set()
    placed = Placed.of(carrier, home, name, text, frozenset(needs))
    application = login if isinstance(login, Finding) else None
    if policy == "bridged":
        application = Finding(NEEDS_APPLICATION, decorator.location, f"'{decorator.text}'")
    wanted = frozenset({Need(home, placed.name), Need("fastapi", "Depends")})
    return Guard(placed.name, wanted, application, placed, ahead=(scheme,))
