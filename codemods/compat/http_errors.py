"""HTTP errors with a status, a name and a description of their own, and the page that shows them.

Preserves: `error.name`, `error.description` and `str(error)` as Werkzeug words them; classes of an application's own
errors, with what they say in their attributes and methods; the HTML page of an error that no handler takes.

To live without it: leave the errors to FastAPI, which answers `{"detail": ...}`, and use `error.detail` in handlers.
"""

from collections.abc import Mapping
from http.client import responses

from fastapi import Response
from markupsafe import Markup, escape
from starlette.exceptions import HTTPException

# Werkzeug's names, where they are not those of Python's `http` module (which also change between versions of Python).
NAMES = {
    413: "Request Entity Too Large",
    414: "Request URI Too Long",
    416: "Requested Range Not Satisfiable",
    418: "I'm a teapot",
    421: "Misdirected Request",
    422: "Unprocessable Entity",
    449: "Retry With",
    511: "Network Authentication Failed",
}


class HTTPError(HTTPException):
    """An HTTP error. A class of your own states its `status_code` and its `description`, or is given another one.

    With a `response` it is answered by that, unless a handler takes it. A `status_code` of 0 says that the class
    stands for no status: its subclasses do.
    """

    status_code: int = 0
    description: str | None = None

    def __init__(
        self,
        description: str | None = None,
        response: Response | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        Exception.__init__(self)
        if description is not None:
            self.description = description
        self.response = response
        self.headers = headers

    @property
    def detail(self) -> str:  # type: ignore[override]  # where Starlette has an attribute
        """The description, under Starlette's name."""
        return self.description or ""

    @property
    def code(self) -> int:
        """The status, for code that is handed any kind of error and asks for `code`."""
        return self.status_code

    @code.setter
    def code(self, status: int | None) -> None:
        self.status_code = status or 0

    @property
    def name(self) -> str:
        """The status in words."""
        return NAMES.get(self.status_code) or responses.get(self.status_code, "Unknown Error")

    def get_description(self, environ: object = None, scope: object = None) -> str:
        """The description as HTML. Here and below the arguments are those that overriding methods may have."""
        return "<p>{}</p>".format(escape(self.description or "").replace("\n", Markup("<br>")))

    def get_body(self, environ: object = None, scope: object = None) -> str:
        """The error as a page."""
        title = escape(self.name)
        return (
            "<!doctype html>\n<html lang=en>\n"
            f"<title>{self.status_code} {title}</title>\n<h1>{title}</h1>\n{self.get_description()}\n"
        )

    def get_headers(self, environ: object = None, scope: object = None) -> list[tuple[str, str]]:
        """The headers of the page."""
        return [("Content-Type", "text/html; charset=utf-8"), *(self.headers or {}).items()]

    def get_response(self, environ: object = None, scope: object = None) -> Response:
        """The answer where no handler gives one."""
        if self.response is not None:
            return self.response
        response = ErrorPage(self.get_body(), self.status_code or 200)
        for name, value in self.get_headers():
            response.headers.append(name, value)
        return response

    def __str__(self) -> str:
        return f"{self.status_code} {self.name}: {self.description}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} '{self.status_code}: {self.name}'>"


class ErrorPage(Response):
    """The page of an error. Flask makes it by running the error as an application: its body counts as a stream."""
