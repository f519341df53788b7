"""The context that Marshmallow 3's schema objects are given: what reads it, what gives it, and what stays."""

from dataclasses import replace

import pytest

from codemods.pipeline import Conversion, convert
from codemods.scan.scan import scan

APPLICATION = """
from flask import Flask, jsonify, request
from marshmallow import Schema, fields, post_load, validates

app = Flask(__name__)
POST = {"by": "ann", "author": {"name": "ann"}}

def is_mine(post, context):
    return post["by"] == context["me"]

class Author(Schema):
    me = fields.Function(lambda author, context: author["name"] == context.get("me"))

class Post(Schema):
    by = fields.Str()
    mine = fields.Function(is_mine)
    author = fields.Nested(Author, dump_only=True)
    url = fields.Method("get_url")

    def get_url(self, post):
        return self.context["base"] + post["by"] if "base" in self.context else None

    @post_load
    def make(self, data, **kwargs):
        return [data, self.context["me"]]

class Changing(Schema):
    by = fields.Str()
    @validates("by")
    def note(self, value):
        self.context["seen"] = value

class Kept(Schema):
    author = fields.Nested(Author(only=("me",)))

def helper(row):
    schema = Post(context={"me": "ann"})
    return schema.dump(row)

@app.get("/at-once")
def at_once():
    return jsonify(Post(only=("url",), context={"base": request.args["base"]}).dump(POST))

@app.get("/later")
def later():
    schema = Post()
    schema.context["me"] = "ann"
    if request.args.get("base"):
        schema.context["base"] = "/"
    return jsonify(schema.dump(POST))

@app.post("/loaded")
def loaded():
    found = Post(context=POST, only=("by",)).load(request.get_json())
    return jsonify(found)

@app.get("/helped")
def helped():
    return jsonify(helper(POST))

@app.get("/without")
def without():
    return jsonify(Author().dump(POST["author"]))
"""


def converted(more: str = "") -> Conversion:
    sources = {"app.py": (APPLICATION + more).encode()}
    project = scan(sources, "app:app")
    versions = {**project.application.versions, "marshmallow": "3.26.1"}
    project = replace(project, application=replace(project.application, versions=versions))
    return convert(project, sources, [one.name for one in project.endpoints], "target")


def test_the_context_is_given_by_a_context_manager_and_read_where_it_was() -> None:
    found = converted()
    runtimes = {name: one.runtime for name, one in found.outcomes.items() if name != "static"}
    assert runtimes == dict.fromkeys(("at_once", "later", "loaded", "helped", "without"), "native")
    routes, schemas = found.files["routers/root.py"], found.files["schemas/app.py"]
    assert (
        '    with Context({"base": required(base, "base")}):\n        return FlaskJSONResponse(PostUrl.dump(' in routes
    )
    later = """\
    schema_context = {"me": "ann"}
    if base:
        schema_context["base"] = "/"
    with Context(schema_context):
        return FlaskJSONResponse(PostOut.dump(state.POST))
"""
    assert later in routes
    assert "    with Context(state.POST or {}):\n        found = json_body.load().make()\n" in routes
    assert "    return FlaskJSONResponse(AuthorOut.dump(" in routes
    helper = '    schema_context = {"me": "ann"}\n    with Context(schema_context):\n        return PostOut.dump(row)'
    assert helper in found.files["app.py"]
    assert 'Computed(lambda author: author["name"] == Context.get({}).get("me"))' in schemas
    assert "Computed(lambda value: is_mine(value, Context.get({})))" in schemas
    assert 'Context.get({})["base"] + post["by"] if "base" in Context.get({}) else None' in schemas


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return jsonify(Changing().load({}))", "FM405 a hook or method in a form that is not converted: 'note'"),
        ("return jsonify(Kept(context={'me': 1}).dump({}))", "an object of 'Author', which keeps the context"),
        ("return jsonify(id(app), Post(context=id(POST)).dump({}))", ""),
        ("return jsonify([Post(context=POST).dump(one) for one in [POST]], Author().dump(POST))", ""),
        ("if Author(context=POST).validate({}):\n        return ''\n    return jsonify(1)", ""),
        ("schema = Post()\n    id(schema.context)\n    if schema.validate({}):\n        return ''\n    return ''", ""),
    ],
)
def test_what_is_given_or_read_in_another_way_stays(body: str, said: str) -> None:
    found = converted(f"\n@app.get('/it')\ndef it():\n    {body}\n")
    assert found.outcomes["it"].runtime != "native"
    assert said in "".join(map(str, found.outcomes["it"].findings))
