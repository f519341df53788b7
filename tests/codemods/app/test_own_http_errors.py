"""An application's own subclasses of Werkzeug's exceptions: what keeps routes on Flask, then what they answer."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Blueprint, Flask, abort, current_app, g, jsonify, make_response, request
from werkzeug.exceptions import Conflict, HTTPException, NotFound
import werkzeug.exceptions
app = Flask(__name__)
pages = Blueprint("pages", __name__, url_prefix="/pages")
"""
VIEW = """
@app.get("/")
def index():
    raise Own("why")
"""


@pytest.mark.parametrize(
    "body",
    [
        "status_code = 3\n    code = 400",
        "code = 400\n    def get_body(self, environ=None, scope=None):\n        return environ['PATH_INFO']",
        "code = 400\n    def get_body(self, environ=None, scope=None):\n        return request.path",
        "code = 400\n    def get_response(self, environ=None, scope=None):\n        return current_app.extensions",
        "code = 400\n    def __init__(self, text):\n        super().__init__(text)\n        self.headers = {'X': text}",
        "code = 400\n    def __call__(self, environ, start):\n        return super().__call__(environ, start)",
        "code = 400\n    if True:\n        description = 'x'",
        "code = 400\n    @property\n    def detail(self):\n        return 'x'",
        "code = 400\n    other = code + 1",
    ],
)
def test_a_class_that_does_more_stays_flasks(pair: Callable[..., Any], body: str) -> None:
    both = pair(f"{HEAD}\nclass Own(HTTPException):\n    {body}\n{VIEW}")
    assert both.runtimes()["index"] != "native"
    handler = "@app.errorhandler(Own)\ndef own(error):\n    return 'x', 400\n"
    both = pair(f"{HEAD}\nclass Own(HTTPException):\n    {body}\n{handler}{VIEW}")
    assert both.runtimes() == {"index": "flask"}


def test_an_object_of_flasks_that_raises_one_keeps_its_routes_beside_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
class Missing(NotFound):
    pass

class Store:
    def __init__(self):
        self.rows = {}
    def get(self, key):
        if key not in self.rows:
            raise Missing(key)
        return self.rows[key]

store = Store()

@app.errorhandler(Missing)
def missing(error):
    return f"{type(error).__name__} {error.description}", error.code

@app.get("/rows/<key>")
def row(key):
    return store.get(key)

@app.get("/raised/<key>")
def raised(key):
    raise Missing(key)
"""
    )
    assert both.runtimes() == {"row": "bridged", "raised": "native"}
    both.same("GET", "/rows/a")
    both.same("GET", "/raised/a")


CLASSES = """
class MissingPage(NotFound):
    "No such page."

class ApiError(HTTPException):
    code = 400
    description = "wrong"

    def __init__(self, message, code=None, payload=None):
        super().__init__(description=message)
        if code is not None:
            self.code = code
        self.payload = payload

    def to_dict(self):
        return {"message": self.description, "code": self.code, "name": self.name, **(self.payload or {})}

class Loose(HTTPException):
    def __init__(self, code):
        super().__init__()
        self.code = code

class Paid(ApiError):
    code = 402

    def get_response(self, environ=None, scope=None):
        response = jsonify(self.to_dict())
        response.status_code = self.code
        response.headers["X-After"] = "paid"
        return response

class Rendered(Conflict):
    def get_headers(self, environ=None, scope=None):
        return [*super().get_headers(environ, scope), ("X-After", "rendered")]

    def get_body(self, environ=None, scope=None):
        return "<b>%s %s</b>" % (self.code, self.get_description())

class Changed(werkzeug.exceptions.Gone):
    def get_response(self, environ=None):
        response = super().get_response(environ)
        response.data = f'{{"gone": "{self.description}"}}'
        response.content_type = "application/json"
        return response

class Quota(Exception):
    pass

class OverQuota(Quota, HTTPException):
    code = 429
    @property
    def name(self):
        return "Over"

ERRORS = ("page", "api", "api-409", "loose", "paid", "rendered", "changed", "quota", "404", "caught")

def fail(kind):
    if kind == "page":
        raise MissingPage()
    if kind == "api":
        raise ApiError("no <good>", payload={"field": "a"})
    if kind == "api-409":
        raise ApiError("conflict", 409)
    if kind == "loose":
        raise Loose(404)
    if kind == "paid":
        raise Paid("pay")
    if kind == "rendered":
        raise Rendered("two\\nlines")
    if kind == "changed":
        raise Changed
    if kind == "quota":
        raise OverQuota("again")
    if kind == "caught":
        try:
            raise MissingPage("inner")
        except NotFound as error:
            return f"caught {error.code} {error.description} {MissingPage.code}"
    abort(404)
"""
VIEWS = """
@app.get("/<kind>")
def native(kind):
    return fail(kind)

@pages.get("/<kind>")
def inside(kind):
    return fail(kind)

@app.get("/bridged/<kind>")
def bridged(kind):
    current_app.extensions.get("x")
    return fail(kind)

app.register_blueprint(pages)
"""
KINDS = ("page", "api", "api-409", "loose", "paid", "rendered", "changed", "quota", "404", "caught")
HANDLERS = {
    "none": "",
    "by class": """
@app.errorhandler(ApiError)
def api(error):
    return jsonify(error.to_dict()), error.code

@app.errorhandler(MissingPage)
def page(error):
    return f"{type(error).__name__} {error!r} {error}", 404

@app.errorhandler(Quota)
def quota(error):
    return f"{error.description}", 429
""",
    "of a code against one of the class": """
@app.errorhandler(404)
def lost(error):
    return f"app {error.code} {type(error).__name__}", 404

@pages.errorhandler(MissingPage)
def page(error):
    return "blueprint", 404

@app.errorhandler(HTTPException)
def http(error):
    return f"http {error.code} {error.name} {error.description} {type(error).__name__}", error.code
""",
    "a blueprint's for all against the application's for the class": """
@pages.errorhandler(HTTPException)
def every(error):
    return error

@pages.errorhandler(Exception)
def anything(error):
    return "anything", 500

@app.errorhandler(ApiError)
@app.errorhandler(Loose)
@app.errorhandler(404)
def api(error):
    response = error.get_response()
    response.headers["X-After"] = str(error.code)
    return response
""",
    "for what has no status": """
@app.errorhandler(Loose)
def loose(error):
    return f"loose {error.code}", 418
""",
    "that need the application": """
@app.errorhandler(ApiError)
def api(error):
    current_app.extensions.get("x")
    return jsonify(error.to_dict()), error.code

@pages.errorhandler(MissingPage)
def page(error):
    current_app.extensions.get("x")
    return error
""",
}


@pytest.mark.parametrize("handlers", HANDLERS.values(), ids=list(HANDLERS))
def test_own_errors_answer_as_under_flask(pair: Callable[..., Any], handlers: str) -> None:
    both = pair(HEAD + CLASSES + handlers + VIEWS)
    needs_application = "current_app" in handlers
    expected = "bridged" if needs_application else "native"
    assert both.runtimes() == {"native": expected, "pages.inside": expected, "bridged": "bridged"}
    for kind in KINDS:
        for path in ("/", "/pages/", "/bridged/"):
            both.same("GET", f"{path}{kind}")
    if not needs_application:
        for kind in KINDS:
            assert both.alone("GET", f"/{kind}") == both.same("GET", f"/{kind}")


def test_a_class_reads_as_written_for_fastapi(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + CLASSES + HANDLERS["by class"] + VIEWS)
    [text] = [one for one in both.conversion.files.values() if "class ApiError(HTTPError)" in one]
    assert "class MissingPage(NotFound):" in text
    assert "    status_code = 402\n" in text
    assert "self.status_code = code" in text
    assert "def api(request: Request, error: ApiError) -> Response:" in both.text("errors.py")
    assert "stand_for(FlaskApiError, ApiError)" in both.text("main.py")
