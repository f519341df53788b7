"""The application, with the FastAPI side bound to it as in production, inside an application context.

Where schemas have links it is inside a request as well, from which both sides take theirs.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def started(app: str, target: str, path: str) -> Iterator[None]:
    """Import the application and its gateway; shared state of the two sides is one then. Raises what these raise."""
    from flask.cli import ScriptInfo

    flask_app = ScriptInfo(app_import_path=app).load_app()
    if path not in sys.path:
        sys.path.append(path)
    gateway = importlib.import_module(f"{target}.gateway").create_gateway(flask_app)
    links = _links(target)
    if links is None:
        with flask_app.app_context():
            yield
        return
    with flask_app.test_request_context("/") as context:
        links.link_from(_request(gateway.fastapi_app, context.request))
        yield


def _links(target: str) -> Any:
    """What makes the links of converted schemas; None where there are none."""
    try:
        return importlib.import_module(f"{target}.compat.schema_links")
    except ModuleNotFoundError:
        return None


def _request(fastapi_app: Any, request: Any) -> Any:
    """FastAPI's side of a request of Flask's."""
    from starlette.requests import Request

    scope = {
        "type": "http",
        "method": "GET",
        "path": request.path,
        "root_path": "",
        "query_string": b"",
        "scheme": request.scheme,
        "server": (request.environ["SERVER_NAME"], int(request.environ["SERVER_PORT"])),
        "headers": [(b"host", request.host.encode())],
        "app": fastapi_app,
        "compat.lifecycle": getattr(fastapi_app.state, "lifecycle", None),
    }
    return Request(scope)
