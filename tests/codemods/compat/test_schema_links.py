"""Links of dumped objects, compared with what flask-marshmallow's fields make in Flask's request."""

from types import SimpleNamespace
from typing import Any

import flask
import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from flask_marshmallow.fields import AbsoluteURLFor, Hyperlinks, URLFor
from marshmallow import Schema
from marshmallow.fields import String

from codemods.compat.schema_links import asked, link_to, linking, links_to

BOOK = SimpleNamespace(id=3, author=SimpleNamespace(name="Ann Lee"), nobody=None)
FIELDS: list[tuple[Any, Any]] = [
    (URLFor("book", values={"id": "<id>"}), link_to("book", id="<id>")),
    (URLFor("book", values={"id": " < id > ", "tab": "a b"}), link_to("book", id=" < id > ", tab="a b")),
    (URLFor("book", values={"id": 4, "by": "<author.name>"}), link_to("book", id=4, by="<author.name>")),
    (URLFor("book", values={"id": "<nobody>"}), link_to("book", id="<nobody>")),
    (URLFor("book", values={"id": "<nobody.id>"}), link_to("book", id="<nobody.id>")),
    (URLFor("book", values={"id": "<missing>"}), link_to("book", id="<missing>")),
    (URLFor("book", values={"id": "<author.missing>"}), link_to("book", id="<author.missing>")),
    (URLFor("books"), link_to("books")),
    (URLFor("nowhere"), link_to("nowhere")),
    (AbsoluteURLFor("book", values={"id": "<id>"}), link_to("book", id="<id>", _external=True)),
    (
        Hyperlinks({"self": URLFor("book", values={"id": "<id>"}), "all": [URLFor("books"), {"title": "All"}], "n": 1}),
        links_to({"self": link_to("book", id="<id>"), "all": [link_to("books"), {"title": "All"}], "n": 1}),
    ),
]


def served_by_flask(field: Any, source: Any) -> Any:
    app = flask.Flask(__name__)
    app.add_url_rule("/books/<int:id>", "book", lambda id: "")
    app.add_url_rule("/books", "books", lambda: "")
    shown = Schema.from_dict({"shown": field})()

    @app.get("/")
    def index() -> Any:
        return flask.jsonify(shown.dump(source))

    answer = app.test_client().get("/", base_url="http://shop.test/")
    return answer.get_json()["shown"] if answer.status_code == 200 else answer.status_code


def served_by_fastapi(make: Any, source: Any) -> Any:
    app = FastAPI(dependencies=[Depends(linking)])
    app.add_api_route("/books/{id:int}", lambda id: "", name="book")
    app.add_api_route("/books", lambda: "", name="books")

    @app.get("/")
    def index() -> Any:
        return {"shown": make(source)}

    answer = TestClient(app, base_url="http://shop.test", raise_server_exceptions=False).get("/")
    return answer.json()["shown"] if answer.status_code == 200 else answer.status_code


@pytest.mark.parametrize(("field", "make"), FIELDS)
@pytest.mark.parametrize("source", [BOOK, vars(BOOK)], ids=["object", "dictionary"])
def test_links_are_those_of_flask(field: Any, make: Any, source: Any):
    assert served_by_fastapi(make, source) == served_by_flask(field, source)


def test_attributes_are_read_where_no_function_stands_for_them():
    assert asked("id")(BOOK) == asked("id")(vars(BOOK)) == "3"
    assert asked("nobody")(BOOK) is None
    assert asked("id")({"id": b"three"}) == String().serialize("id", {"id": b"three"}) == "three"
    assert served_by_fastapi(asked("id"), BOOK) == "3"
