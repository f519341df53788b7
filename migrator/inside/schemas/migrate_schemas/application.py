"""The application, with the FastAPI side bound to it as in production, inside an application context."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def started(app: str, target: str, path: str) -> Iterator[None]:
    """Import the application and its gateway; shared state of the two sides is one then. Raises what these raise."""
    from flask.cli import ScriptInfo

    flask_app = ScriptInfo(app_import_path=app).load_app()
    if path not in sys.path:
        sys.path.append(path)
    importlib.import_module(f"{target}.gateway").create_gateway(flask_app)
    with flask_app.app_context():
        yield
