"""Functions that make schema classes: what can be followed becomes classes, everything else stays what it is."""

import pytest

HEAD = """
from marshmallow import EXCLUDE, Schema, fields, validate

CACHE = {}

class A(Schema):
    a = fields.Int(required=True)

class B(Schema):
    b = fields.Str(required=True)
"""
REFUSED = {
    "chooses": "if schema is A:\n        return B\n    class Page(Schema):\n        x = fields.Nested(schema)\n"
    "    return Page",
    "works": "print(schema)\n    class Page(Schema):\n        x = fields.Nested(schema)\n    return Page",
    "rebinds": "schema = schema()\n    class Page(Schema):\n        x = fields.Nested(schema)\n    return Page",
    "hides": "class Page(Schema):\n        schema = fields.Nested(schema)\n    return Page",
    "uses a local": "name = schema.__name__ + ''\n    class Page(Schema):\n        x = fields.Str(load_default=name)\n"
    "    return Page",
    "keeps by something else": "if CACHE in CACHE:\n        return CACHE[CACHE]\n    class Page(Schema):\n"
    "        x = fields.Nested(schema)\n    CACHE[schema] = Page\n    return Page",
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_functions_that_do_more_than_to_make_a_class(plan, body):
    assert list(plan(f"{HEAD}\ndef page(schema):\n    {body}\n\nMade = page(A)\n")) == ["A", "B"]


def test_calls_that_cannot_be_followed(plan):
    source = """
def page(schema, more=None):
    if schema in CACHE:
        return CACHE[schema]
    class Page(Schema):
        x = fields.Nested(schema)
        y = fields.Nested(more)
    CACHE[schema] = Page
    return Page

One, Two = page(A, A), page(B, A)
Other = page(A, B)  # the first of the two that is called decides

def plain(schema):
    class Plain(Schema):
        x = fields.Nested(schema)
    return Plain

SHARED = {}

def first(schema):
    if schema in SHARED:
        return SHARED[schema]
    class First(Schema):
        x = fields.Nested(schema)
    SHARED[schema] = First
    return First

def second(schema):
    if schema in SHARED:
        return SHARED[schema]
    class Second(Schema):
        y = fields.Nested(schema)
    SHARED[schema] = Second
    return Second

Kept = first(A)  # of the two functions that which is called first decides
Number = type("Number", (), {})

def sized(size):
    class Sized(Schema):
        x = fields.Int(load_default=size.real)
    return Sized

Sizes = [sized(len("abc")), sized(3)]
Many = [plain(one) for one in (A, B)]
Looked = plain(CACHE.get("schema"))

def local(name):
    kind = A if name else B
    return plain(kind)

def starred(*names):
    return plain(*names)
"""
    assert list(plan(HEAD + source)) == ["A", "B"]


def test_classes_are_called_as_the_function_says_or_after_what_it_is_given(plan):
    source = """
def told(schema):
    class Inner(Schema):
        x = fields.Nested(schema)
    Inner.__name__ = "Told{}".format(schema.__name__)
    return Inner

def kind(schema, word="Of"):
    return type(f"Kind{word}" + schema.__class__.__name__.replace("B", "Bee"), (Schema,), {"x": fields.Nested(schema)})

def paged(schema):
    class Page(Schema):
        x = fields.Nested(schema)
    return Page

def boxed(schema):
    class BoxedSchema(Schema):
        x = fields.Nested(schema)
    return BoxedSchema

def taken(item):
    return Schema.from_dict({"x": fields.List(item)})

USED = [told(A), kind(B()), paged(A), paged(schema=A), paged(B), boxed(A), paged(paged(B)), taken(fields.Int())]
b_page = paged(B)
"""
    assert set(plan(HEAD + source)) == {
        "A", "B", "ToldA", "KindOfBee", "APage", "BPage", "BoxedA", "Page", "IntMade"
    }  # fmt: skip


def test_schemas_that_name_each_other_across_modules_share_one(pair):
    made = pair(
        """
from flask import Flask, request
from authors import AuthorSchema
from books import BookSchema, ItemSchema

app = Flask(__name__)

@app.post("/authors")
def authors():
    return AuthorSchema().load(request.get_json())

@app.post("/books")
def books():
    return BookSchema().load(request.get_json())

@app.post("/items")
def items():
    return ItemSchema().load(request.get_json())
""",
        {
            "authors.py": """
from marshmallow import Schema, fields

class ItemSchema(Schema):
    book = fields.Nested("BookSchema", only=("title",))

class AuthorSchema(Schema):
    name = fields.Str(required=True)
    items = fields.Nested(ItemSchema, many=True)
""",
            "books.py": """
from marshmallow import Schema, fields
from authors import AuthorSchema

class ItemSchema(Schema):
    count = fields.Int()

class BookSchema(Schema):
    title = fields.Str(required=True)
    author = fields.Nested(AuthorSchema)
""",
        },
    )
    assert set(made.runtimes().values()) == {"native"}
    assert "class BooksItem(Schema):" in made.text("schemas/authors_books.py")
    for path, body in (
        ("/authors", {"name": "ann", "items": [{"book": {"title": "one"}}, {}]}),
        ("/books", {"title": "one", "author": {"name": "ann"}}),
        ("/items", {"count": "3"}),
    ):
        made.same("POST", path, json=body)


FACTORIES = """
from functools import cache

from marshmallow import EXCLUDE, Schema, fields, post_dump, validate

KEPT = {}
LIMIT = 9

def page_of(item, label="items", *, size=LIMIT):
    class PageSchema(Schema):
        '''One page.'''

        data = fields.List(fields.Nested(item))  # the things
        label_ = fields.Str(data_key="label", dump_default=label)
        page_size = fields.Int(data_key="size", load_default=size, validate=validate.Range(max=size))

        @post_dump
        def count(self, data, **kwargs):
            data["count"] = len(data.get("data", [])) + size
            return data

    return PageSchema

def result_of(schema):
    if schema in KEPT:
        return KEPT[schema]

    class Result(Schema):
        class Meta:
            unknown = EXCLUDE

        result = fields.Nested(schema)

    KEPT[schema] = Result
    return Result

@cache
def between(minimum, maximum=LIMIT):
    class Limits(Schema):
        value = fields.Int(validate=validate.Range(min=minimum, max=maximum))

    return Limits

def box(schema):
    class Box(Schema):
        inside = fields.Nested(schema, required=True)

    return Box()

def extended(base):
    class Extended(base):
        more = fields.Bool(load_default=False)

    return Extended
"""
VIEWS = """
from flask import Flask, jsonify, request
from marshmallow import Schema, ValidationError, fields

import factories
from factories import between, box, extended, page_of, result_of

app = Flask(__name__)

class UserSchema(Schema):
    id = fields.Int(dump_only=True)
    name = fields.Str(required=True)

users = UserSchema(many=True)
UserPage = page_of(UserSchema, "users", size=2)
user_box = box(UserSchema)
NamedUser = extended(UserSchema)

class Nest(Schema):
    limits = fields.Nested(between(2), many=True)
    users = fields.Nested(lambda: page_of(UserSchema)(exclude=("data",)))

def loaded(schema):
    return schema.load(request.get_json())

def of_result(schema):
    return result_of(schema)

@app.errorhandler(ValidationError)
def wrong(error):
    return jsonify(error.messages), 422

@app.get("/page")
def page():
    return UserPage().dump({"data": [{"id": 1, "name": "ann", "x": 2}], "page_size": 1})

@app.post("/page")
def take_page():
    return UserPage().load(request.get_json())

@app.post("/result")
def result():
    return result_of(users)().load(request.get_json())

@app.post("/limits")
def limits():
    return jsonify(factories.between(maximum=4, minimum=3)(many=True).load(request.get_json()))

@app.post("/box")
def boxed():
    data = user_box.load(request.get_json())
    return data["inside"]

@app.post("/extended")
def named():
    return NamedUser(partial=True).load(request.get_json())

@app.post("/nest")
def nest():
    return Nest().load(request.get_json())
"""


def test_classes_of_functions_answer_as_marshmallow_does(pair):
    made = pair(VIEWS, {"factories.py": FACTORIES})
    assert set(made.runtimes().values()) == {"native"}
    text = "".join(made.conversion.files[path] for path in made.conversion.files if path.startswith("schemas/"))
    assert "class UserPageIn(" in text
    assert "Range(max=2)" in text
    assert '"""What `result_of` makes of `UserSchema`."""' in text
    made.same("GET", "/page")
    for path, *bodies in (
        ("/page", {"data": [{"name": "ann"}], "label": "x"}, {"data": [{"id": 1}], "size": 3}, {}),
        ("/result", {"result": [{"name": "ann"}], "x": 1}, {"result": {"name": "ann"}}),
        ("/limits", [{"value": 3}, {}], [{"value": 5}, {"value": 2}]),
        ("/box", {"inside": {"name": "ann"}}, {}),
        ("/extended", {"more": True}, {"name": "ann", "other": 1}),
        ("/nest", {"limits": [{"value": 2}], "users": {"size": 9}}, {"limits": [{"value": 1}], "users": {"data": []}}),
    ):
        for body in bodies:
            made.same("POST", path, json=body)
