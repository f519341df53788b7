"""Between Werkzeug's test client and the application: the one place through which every request of a suite goes.

`werkzeug.test.Client.run_wsgi_app` calls the function `run_wsgi_app` of its module, for all clients, cookies and
redirects included. It is replaced there, so that everything above it (FlaskClient, sessions, streaming) stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .contexts import collect_kept, watch
from .cookies import readable_session
from .recording import Exchange, RecordedBody, Recorder, WholeBody, describe

Choose = Callable[[Any, Exchange], Any]


def install(recorder: Recorder, choose: Choose) -> None:
    """Record every exchange of a Flask application. `choose` gives the WSGI callable that answers it."""
    import flask
    import werkzeug.test

    original: Any = werkzeug.test.run_wsgi_app

    def run_wsgi_app(app: Any, environ: Any, buffered: bool = False) -> Any:
        if not isinstance(app, flask.Flask):
            return original(app, environ, buffered=buffered)
        environ = dict(getattr(environ, "environ", environ))
        exchange = recorder.begin(environ)
        kept = collect_kept(environ)
        try:
            pieces, status, headers = original(choose(app, exchange), environ, buffered=buffered)
        except Exception as error:
            exchange.error = describe(error)
            exchange.complete = True
            raise
        exchange.status = int(status.split(" ", 1)[0])
        exchange.headers = [
            (name, readable_session(app, value) if name.lower() == "set-cookie" else value) for name, value in headers
        ]
        if exchange.served_by == "flask":
            watch(kept, lambda name: recorder.note(recorder.context_reads, name))
        return recorded(pieces, headers, exchange), status, headers

    werkzeug.test.run_wsgi_app = run_wsgi_app


def recorded(pieces: Any, headers: Any, exchange: Exchange) -> Any:
    """The body, recorded: at once where its length is known, as it is read where it is a stream.

    A test need not read a body for it to have been sent; but a stream may have no end.
    """
    if isinstance(pieces, (list, tuple)) or "Content-Length" in headers:
        return WholeBody(pieces, exchange)
    return RecordedBody(pieces, exchange)
