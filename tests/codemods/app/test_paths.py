"""Rules as paths: the code that comes out, and that FastAPI alone takes the URLs that Flask took."""

from collections.abc import Callable
from typing import Any

import pytest

from codemods.app.routes.paths import convertible, path, paths
from codemods.model import Rule
from codemods.scan.rules import variables
from codemods.view.refusal import Refused

HEAD = """
from flask import Flask, g, request
app = Flask(__name__)
"""


def view(rule: str, name: str = "view") -> str:
    """A view that tells its arguments and their types."""
    names = [one.name for one in variables(rule)]
    shown = ", ".join(f'"{one}": [str({one}), type({one}).__name__]' for one in names)
    return f"""
@app.route({rule!r})
def {name}({", ".join(names)}):
    return {{{shown}}}
"""


def rule(text: str, **options: Any) -> Rule:
    return Rule(text, ("GET",), variables(text), **options)


URLS = {
    "/x/<int:n>": ["/x/7", "/x/007", "/x/-1", "/x/1.0", "/x/a", "/x/"],
    "/x/<int(signed=True):n>": ["/x/7", "/x/-7", "/x/--7", "/x/+7", "/x/-"],
    "/x/<int(fixed_digits=4):n>": ["/x/2024", "/x/0024", "/x/224", "/x/22444"],
    "/x/<int(4):n>": ["/x/2024", "/x/20245"],
    "/x/<int(fixed_digits=3, signed=True):n>": ["/x/123", "/x/-12", "/x/-123", "/x/12"],
    "/x/<int(min=1, max=5):n>": ["/x/0", "/x/1", "/x/5", "/x/6", "/x/-1"],
    "/x/<int(max=5):n>": ["/x/0", "/x/5", "/x/6"],
    "/x/<float:n>": ["/x/1.5", "/x/1", "/x/-1.5", "/x/nan"],
    "/x/<float(signed=True, max=10):n>": ["/x/1.5", "/x/-1.5", "/x/10.0", "/x/10.5"],
    "/x/<float(min=1.5):n>": ["/x/1.5", "/x/1.25"],
    "/x/<string(length=2):n>": ["/x/de", "/x/d", "/x/deu", "/x/é1"],
    "/x/<string(minlength=2, maxlength=4):n>": ["/x/a", "/x/ab", "/x/abcd", "/x/abcde"],
    "/x/<string(3):n>": ["/x/ab", "/x/abc", "/x/abcdef"],
    "/x/<any(about, 'en-GB', \"a.b\"):n>": ["/x/about", "/x/en-GB", "/x/a.b", "/x/aXb", "/x/help"],
    "/x/<path:n>/edit": ["/x/a/edit", "/x/a/b/edit", "/x//edit", "/x/a"],
    "/x/<uuid:n>": ["/x/12345678-1234-1234-1234-1234567890ab", "/x/12345678123412341234123456789012"],
    "/export/<name>.<any(csv, json):fmt>": ["/export/a.csv", "/export/a.b.json", "/export/a.xml", "/export/.csv"],
    "/tpl/{name}": ["/tpl/{name}", "/tpl/other"],
    "/a{b/<n>/{c}": ["/a{b/1/{c}", "/a/1/c"],
    '/say/"hi"/\\d': ['/say/"hi"/\\d', "/say/hi/1"],
}


@pytest.mark.parametrize("text", URLS)
def test_a_rule_takes_the_urls_that_flask_takes(pair: Callable[..., Any], text: str) -> None:
    both = pair(HEAD + view(text))
    assert both.runtimes() == {"view": "native"}
    statuses = [both.same("GET", url)[0] for url in URLS[text]]
    assert 200 in statuses
    assert 404 in statuses


def test_converters_with_arguments_are_typed(pair: Callable[..., Any]) -> None:
    head = HEAD.replace("__name__", "__name__, static_folder=None")  # its routes need a `Path` of another kind
    text = pair(head + view("/rating/<int(min=1, max=5):stars>/<string(length=2):code>")).text("routers/root.py")
    assert '@router.get("/rating/{stars:int_min_1_max_5}/{code:string_length_2}", name="view")' in text
    assert "stars: Annotated[int, Path(ge=1, le=5)]" in text
    assert 'convertor("string_length_2", string(length=2))' in text


def test_rules_with_other_variables_become_functions_with_constants(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/hello")
@app.route("/hello/<name>")
@app.route("/hello/<name>/<int:times>")
def hello(name="World", times=1):
    return f"Hello {name}!" * times
"""
    )
    text = both.text("routers/root.py")
    assert 'def hello_without_name_and_times() -> Response:\n    name = "World"\n    times = 1\n' in text
    assert "def hello_without_times(name: str) -> Response:\n    times = 1\n" in text
    for url, status in {"/hello": 200, "/hello?name=Bob": 200, "/hello/Ann": 200, "/hello/Ann/2": 200,
                        "/hello/Ann/x": 404}.items():  # fmt: skip
        assert both.same("GET", url)[0] == status


def test_a_default_that_refers_to_the_module_is_resolved(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
SIZE = 20
@app.route("/a")
@app.route("/a/<int:size>")
def a(size=SIZE):
    return {"size": size}
"""
    )
    assert both.same("GET", "/a")[1] == b'{"size":20}\n'


def test_one_name_with_two_converters_becomes_two_functions(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/number/<int:key>")
@app.route("/text/<key>")
def show(key):
    return {"key": key}
"""
    )
    assert both.same("GET", "/number/7")[1] == b'{"key":7}\n'
    assert both.same("GET", "/text/7")[1] == b'{"key":"7"}\n'


def test_a_default_made_once_for_all_requests_stays_on_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/a")
def a(seen=[]):
    seen.append(1)
    return {"seen": len(seen)}
"""
    )
    assert both.findings("a") == ["FM603 the default of 'seen' is made once for all requests"]


DEFAULTS = """
@app.route("/users/", defaults={"page": 1})
@app.route("/users/page/<int:page>")
def users(page):
    return {"page": page}
"""


def test_defaults_are_constants_and_their_long_url_redirects(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + DEFAULTS)
    assert "def users_without_page() -> Response:\n    page = 1\n" in both.text("routers/root.py")
    assert both.same("GET", "/users/")[0] == 200
    assert both.same("GET", "/users/page/2")[0] == 200
    assert both.same("GET", "/users/page/1?a=b")[0] == 308


def test_no_redirect_where_the_map_has_none(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + "app.url_map.redirect_defaults = False\n" + DEFAULTS)
    assert both.same("GET", "/users/page/1")[0] == 200


def test_a_catch_all_with_an_empty_default(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/", defaults={"path": ""})
@app.route("/<path:path>")
def page(path):
    return f"<{path}>"

@app.route("/api")
def api():
    return "api"
"""
    )
    assert "redirect" not in both.text("routers/root.py")
    assert [both.same("GET", url)[1] for url in ("/", "/a/b", "/api")] == [b"<>", b"<a/b>", b"api"]


def test_defaults_are_among_the_values_of_a_url(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.before_request
def note():
    g.page = (request.view_args or {}).get("page", "none")

@app.route("/a/<name>", defaults={"page": 1})
def a(name, page):
    return {"arguments": request.view_args, "names": list(request.view_args), "noted": g.page}

@app.route("/b/{brace}")
def b():
    return {"arguments": request.view_args}

@app.errorhandler(405)
def wrong_method(error):
    return {"arguments": request.view_args, "noted": g.page}, 405
"""
    )
    assert both.runtimes() == {"a": "native", "b": "flask"}
    assert both.same("GET", "/a/x")[1] == b'{"arguments":{"name":"x","page":1},"names":["name","page"],"noted":1}\n'
    both.same("POST", "/a/x")


def test_without_strict_slashes_both_urls_answer_by_their_own_path(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.route("/leaf", strict_slashes=False)
def leaf():
    return request.path

@app.route("/branch/", strict_slashes=False)
def branch():
    return request.path

@app.route("/strict/")
def strict():
    return request.path
"""
    )
    for url in ("/leaf", "/leaf/", "/branch", "/branch/", "/strict", "/strict/", "/leaf//"):
        both.same("GET", url)
    schema = both.make().openapi()
    assert set(schema["paths"]) == {"/leaf", "/branch/", "/strict/"}


def test_the_rule_that_is_tried_first_is_registered_first() -> None:
    assert [one.text for one in paths(rule("/a", strict_slashes=False))] == ["/a", "/a/"]
    assert [one.text for one in paths(rule("/", strict_slashes=False))] == ["/"]
    assert path(rule("/{a}/<b>")) == "/{open_brace_1:open_brace}a}/{b}"


@pytest.mark.parametrize(
    "refused",
    [
        rule("/", redirect_to="/b"),
        rule("/<list:a>"),
        rule("/<any(1, 2):a>"),
        rule("/<string(maxlength=None):a>"),
        rule("/<path(x=1):a>"),
        rule("/<a>", defaults=(("a", "b"),)),
        rule("/", defaults=(("a", [1]),)),
    ],
    ids=lambda one: one.rule,
)
def test_what_has_no_path_is_refused(refused: Rule) -> None:
    with pytest.raises(Refused, match="FM111"):
        convertible(refused, None)
