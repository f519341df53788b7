"""What is around the application: its modules, the threads that run, runtimes, installed distributions."""
# ruff: noqa: UP006, UP035, SIM905

import sys
import threading
from typing import Dict, List

from .callables import Describer, Facts, type_name

DISTRIBUTIONS = (
    "flask werkzeug jinja2 markupsafe itsdangerous click blinker asgiref fastapi starlette pydantic uvicorn apifairy "
    "httptools uvloop python-multipart httpx httpx2 marshmallow marshmallow-sqlalchemy webargs apispec apiflask "
    "sqlalchemy flask-sqlalchemy flask-migrate flask-marshmallow flask-login flask-jwt-extended flask-wtf "
    "wtforms flask-cors flask-restful flask-restx flask-smorest flask-apispec flask-limiter flask-caching "
    "flask-session flask-mail flask-babel flask-httpauth flask-bcrypt flask-principal flask-oidc flask-talisman "
    "flask-compress flask-bootstrap flask-moment flask-pagedown flask-socketio flask-admin flask-security "
    "gevent eventlet gunicorn uwsgi celery apscheduler "
    "email-validator psycopg2 psycopg pymysql redis pytest simplejson orjson ujson pyjwt python-dateutil"
).split()
HAZARDS = {
    "gevent.monkey": "gevent",
    "eventlet": "eventlet",
    "uwsgi": "uwsgi",
    "uwsgidecorators": "uwsgi",
    "flask_socketio": "socketio",
    "socketio": "socketio",
    "flask_sock": "websocket",
    "apscheduler.schedulers.base": "scheduler",
    "schedule": "scheduler",
    "celery": "celery",
}


def own_modules(describer: Describer) -> Dict[str, str]:
    """The loaded modules that lie below the root, with their files; without this package, wherever it is."""
    found = {}
    for name, module in list(sys.modules.items()):
        relative = describer.relative(getattr(module, "__file__", None))
        if relative and name.split(".")[0] not in ("__main__", "migrate_inventory"):
            found[name] = relative
    return found


def variable_names(modules: Dict[str, str]) -> Dict[int, str]:
    """Where the blueprints of the project's own modules are to be found: id → `module.variable`.

    The module whose name the blueprint carries wins over those that import it.
    """
    from flask import Blueprint

    found: Dict[int, str] = {}
    for name in sorted(modules, key=lambda module: (-module.count("."), module)):
        for variable, value in list(vars(sys.modules[name]).items()):
            if issubclass(type(value), Blueprint) and (value.import_name == name or id(value) not in found):
                found[id(value)] = f"{name}.{variable}"
    return found


def thread_facts(describer: Describer) -> List[Facts]:
    """The threads that run after the import, other than this one."""
    listed = []
    for thread in threading.enumerate():
        if thread is threading.current_thread():
            continue
        target = getattr(thread, "_target", None)
        qualified = Describer.qualified(target) if callable(target) else type_name(thread)
        listed.append({"name": thread.name, "daemon": thread.daemon, "target": qualified})
    return listed


def hazard_facts() -> List[str]:
    """Runtimes and schedulers that a second event loop would meet: gevent, eventlet, uWSGI, Socket.IO, schedulers."""
    found = {kind for module, kind in HAZARDS.items() if module in sys.modules}
    gevent = sys.modules.get("gevent.monkey")
    if gevent is not None:
        found.discard("gevent")
        found.add("gevent-patched" if gevent.is_module_patched("socket") else "gevent")
    return sorted(found)


def versions() -> Dict[str, str]:
    """Versions of the distributions in `DISTRIBUTIONS` that are installed."""
    try:
        from importlib.metadata import PackageNotFoundError, version
    except ImportError:  # Python before 3.8
        modules = ((name, sys.modules[name]) for name in ("flask", "werkzeug"))
        return {name: str(getattr(module, "__version__", "")) for name, module in modules}
    found = {}
    for name in DISTRIBUTIONS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
