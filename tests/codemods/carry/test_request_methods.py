"""Methods of the project's classes that need Flask's request: what code that is converted calls instead."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from functools import partial
from operator import methodcaller
from flask import Flask, current_app, jsonify, render_template_string, request, url_for
app = Flask(__name__)

class Shelf:
    def __init__(self, number):
        self.number = number

    def links(self, deep=False):
        return {"self": url_for("shelf", number=self.number), **({"path": request.path} if deep else {})}

    def title(self):
        return f"{current_app.name} {self.number}"

"""
VIEW = """
@app.get("/{name}/<int:number>", endpoint="{name}")
def show_{name}(number):
    shelf = Shelf(number)
    return {}
"""


def view(answer: str, name: str = "shelf") -> str:
    """A view that answers this."""
    return VIEW.replace("{name}", name).format(answer)


REFUSED = {
    "called on the class": "jsonify(Shelf.links(shelf))",
    "kept for later": "jsonify(partial(shelf.links, deep=True)())",
    "looked up": 'jsonify(getattr(shelf, "links")())',
    "called by a library": 'jsonify(methodcaller("links")(shelf))',
    "called by a template": 'render_template_string("{{ shelf.links() }}", shelf=shelf)',
    "filtered by a template": """render_template_string("{{ [shelf]|map('links')|list }}", shelf=shelf)""",
    "given the request": "jsonify(shelf.links(request=1))",
}


def test_what_stays(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + "".join(view(how, f"v{place}") for place, how in enumerate(REFUSED.values())))
    assert set(both.runtimes().values()) == {"flask"}


CLASSES = {
    "a property": "class Box(Shelf):\n    @property\n    def links(self):\n        return lambda: {}\n",
    "a decorated method": "class Box(Shelf):\n    @staticmethod\n    def links():\n        return {}\n",
    "an attribute": "class Box(Shelf):\n    links = dict\n",
    "a class that asks for the one above": (
        "class Box(Shelf):\n    def links(self):\n        return super().links() | {}\n"
    ),
    "a base of a library": "class Box(Shelf, dict):\n    pass\n",
    "a metaclass": "class Meta(type):\n    pass\nclass Box(Shelf, metaclass=Meta):\n    pass\n",
    "a method of an object": "box = Shelf(1)\nbox.links = dict\n",
    "a method that is handed on": "MADE = [Shelf.links]\nmap(Shelf.links, [])\n",
}


@pytest.mark.parametrize("defined", CLASSES)
def test_families_of_classes_that_do_not_tell_what_is_called(pair: Callable[..., Any], defined: str) -> None:
    both = pair(HEAD + CLASSES[defined] + view("jsonify(shelf.links())"))
    assert both.runtimes() == {"shelf": "flask"}


def test_a_name_that_many_objects_have(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD.replace("def links", "def get")
        + view("jsonify(shelf.get())")
        + '@app.get("/")\ndef index():\n    return {"q": request.args.get("q")}\n'
    )
    assert both.runtimes() == {"shelf": "flask", "index": "native"}


def test_other_methods_of_the_class(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + view("jsonify(shelf.title())"))
    assert both.runtimes() == {"shelf": "bridged"}
    assert "singledispatch" not in "".join(both.conversion.files.values())
    both.same("GET", "/shelf/3")


FAMILY = (
    HEAD
    + """
class Box(Shelf):
    def links(self, deep=False):
        return {"box": self.number, "deep": deep}

class Crate(Box):
    pass

class Pile:
    def __init__(self, *things):
        self.things = things

    def links(self, besides: "Missing | None" = None) -> "list[Missing]":
        return [one.links() for one in self.things]

class Foreign:
    def links(self):
        return "its own"

def described(thing):
    return {"links": thing.links()}

@app.get("/shelves/<int:number>")
def shelf(number):
    return jsonify(Shelf(number).links(deep=request.args.get("deep", type=bool)))

@app.get("/all")
def all_of_them():
    pile = Pile(Shelf(1), Box(2), Crate(3), Foreign())
    return {"pile": pile.links(), "one": described(pile.things[0]), "title": pile.things[1].title()}
"""
)


def test_the_class_of_an_object_tells_what_is_called(pair: Callable[..., Any]) -> None:
    both = pair(FAMILY)
    assert set(both.runtimes().values()) == {"bridged"}
    _, body, _ = both.same("GET", "/all")
    assert b"its own" in body
    assert b"/shelves/1" in body
    both.same("GET", "/shelves/4")
    both.same("GET", "/shelves/4?deep=1")


def test_how_it_reads(pair: Callable[..., Any]) -> None:
    both = pair(FAMILY)
    name = next(path for path in both.conversion.files if path.startswith("bridged/source_"))
    text = both.text(name)
    assert "def links(item: Any, *args: Any, request: Request, **kwargs: Any) -> Any:" in text
    assert (
        "@links.register(Shelf)\ndef shelf_links(item: Shelf, deep: Any = False, *, request: Request) -> Any:" in text
    )
    assert "return [links(one, request=request) for one in pile.things]" in text
    assert "links(Shelf(number), deep=" in both.text("bridged/routers/root.py")


MODELS = """
from flask import Flask, url_for
from flask_sqlalchemy import SQLAlchemy
app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
db = SQLAlchemy(app)

class Author(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    books = db.relationship("Book", backref="author")

    def as_dict(self):
        return {"url": url_for("author", number=self.id), "books": [one.as_dict() for one in self.books]}

class Book(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    author_id = db.Column(db.ForeignKey("author.id"))

    def as_dict(self):
        return {"book": self.id}

with app.app_context():
    db.create_all()
    db.session.add(Author(books=[Book(), Book()]))
    db.session.commit()

@app.get("/authors/<int:number>")
def author(number):
    return db.get_or_404(Author, number).as_dict()

@app.get("/books/<int:number>")
def book(number):
    return db.get_or_404(Book, number).author.as_dict()
"""


def test_models(pair: Callable[..., Any]) -> None:
    """An object of a class that the view does not name may come by a relationship."""
    both = pair(MODELS)
    assert both.runtimes() == {"author": "bridged", "book": "bridged"}
    for path in ("/authors/1", "/books/2", "/books/3"):
        both.same("GET", path)


def test_a_method_that_cannot_be_converted(pair: Callable[..., Any]) -> None:
    both = pair(HEAD.replace('"path": request.path', '"path": vars()') + view("jsonify(shelf.links())"))
    assert both.runtimes() == {"shelf": "flask"}
    assert "vars" in both.findings("shelf")[0]


EVERYWHERE = (
    HEAD.replace("import Flask, current_app", "import Flask, abort, current_app, g").replace(
        "from operator", "from flask.views import MethodView\nfrom operator"
    )
    + """
class Listed(MethodView):
    def links(self):
        return ["of the view"]

    def get(self):
        return jsonify(self.links(), Shelf(1).links())

app.add_url_rule("/listed", view_func=Listed.as_view("listed"))

@app.before_request
def load():
    g.found = Shelf(2).links()

@app.after_request
def tell(response):
    response.headers["X-After"] = str(len(Shelf(3).links()))
    return response

@app.context_processor
def given():
    return {"given": Shelf(4).links()}

@app.errorhandler(404)
def missing(error):
    return jsonify(Shelf(5).links()), 404

@app.get("/shelves/<int:number>", endpoint="shelf")
def show_shelf(number):
    if number > 5:
        abort(404)
    kept = lambda one: one.links()
    return jsonify(g.found, [kept(Shelf(one)) for one in range(number)])

@app.get("/page")
def page():
    return render_template_string("{{ given }}")
"""
)


def test_hooks_handlers_pages_and_views_of_classes(pair: Callable[..., Any]) -> None:
    both = pair(EVERYWHERE)
    assert set(both.runtimes().values()) == {"bridged"}
    for path in ("/listed", "/shelves/2", "/shelves/7", "/page"):
        both.same("GET", path)


def test_how_values_are_written_as_json(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + "app.json.default = lambda value: value.links()\n" + view("jsonify(1)"))
    assert both.runtimes() == {"shelf": "flask"}


SCHEMAS = """
from marshmallow import Schema, fields

class ByFunction(Schema):
    links = fields.Function(lambda shelf: shelf.links())

class ByMethod(Schema):
    all_links = fields.Method("found")

    def found(self, shelf):
        return shelf.links()

class Plain(Schema):
    number = fields.Int()

"""


def test_schemas_that_ask_objects(pair: Callable[..., Any]) -> None:
    dumps = {name: view(f"jsonify({name}().dump(shelf))", name) for name in ("ByFunction", "ByMethod", "Plain")}
    both = pair(HEAD + SCHEMAS + "".join(dumps.values()))
    assert both.runtimes() == {"ByFunction": "flask", "ByMethod": "flask", "Plain": "bridged"}
    both.same("GET", "/Plain/3")
