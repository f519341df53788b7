"""The settings of gunicorn under `migrate run`: of the application's own `gunicorn.conf.py` what it may depend on.

    gunicorn --config gunicorn_settings.py

How it is run (address, processes, TLS, logs, user) belongs to production, and would keep the gateway from reaching it.
gunicorn reads a file of that name in the working directory by itself, unless it is given another one. Needs nothing but
the standard library of Python 3.6 or newer.
"""
# ruff: noqa: PTH110, UP006, UP035  (Python 3.6 has no `dict[str, Any]`)

import os
import runpy
from typing import Any, Dict

FILE = "gunicorn.conf.py"
HOOKS = (
    "child_exit",
    "nworkers_changed",
    "on_exit",
    "on_reload",
    "on_starting",
    "post_fork",
    "post_request",
    "post_worker_init",
    "pre_exec",
    "pre_fork",
    "pre_request",
    "when_ready",
    "worker_abort",
    "worker_exit",
    "worker_int",
)
# How requests are read, and what is in the environment of the application.
READING = (
    "casefold_http_method",
    "forwarded_allow_ips",
    "forwarder_headers",
    "header_map",
    "limit_request_field_size",
    "limit_request_fields",
    "limit_request_line",
    "permit_obsolete_folding",
    "permit_unconventional_http_method",
    "permit_unconventional_http_version",
    "pythonpath",
    "raw_env",
    "secure_scheme_headers",
    "strip_header_spaces",
)
TIMES = ("graceful_timeout", "keepalive", "timeout")


def own_settings() -> Dict[str, Any]:
    """What the application's file says of these; nothing without the file. Raises whatever the file raises."""
    said = runpy.run_path(FILE) if os.path.exists(FILE) else {}
    return {name: said[name] for name in (*HOOKS, *READING, *TIMES) if name in said}


globals().update(own_settings())
