"""What schemas are handed by a context, JSON as text, and the order of keys in it."""

from codemods.pipeline import convert
from codemods.scan.scan import scan
from codemods.schemas import analyse
from codemods.styles import Styles
from codemods.view.source import Sources

APPLICATION = """
from flask import Flask, jsonify, request
from marshmallow import Schema, fields
from marshmallow.experimental.context import Context

app = Flask(__name__)

class RowSchema(Schema):
    a = fields.Int()
    b = fields.Int()
    mine = fields.Function(lambda row: row["a"] == Context.get({}).get("a"))

@app.get("/context")
def context():
    with Context({"a": 1}):
        return jsonify(RowSchema().dump({"a": 1}))

@app.get("/text")
def text():
    return RowSchema(only=("b", "a")).dumps({"a": 1, "b": 2})

@app.get("/local")
def local():
    json = 5
    return RowSchema().dumps({"a": json})
"""


def test_routes_that_use_them_are_native() -> None:
    sources = {"app.py": APPLICATION.encode()}
    project = scan(sources, "app:app")
    found = convert(project, sources, [one.name for one in project.endpoints], "target")
    runtimes = {name: one.runtime for name, one in found.outcomes.items() if name != "static"}
    assert runtimes == {"context": "native", "text": "native", "local": "bridged"}
    routes, schemas = found.files["routers/root.py"], found.files["schemas/app.py"]
    assert '    with Context({"a": 1}):\n        return FlaskJSONResponse(RowOut.dump({"a": 1}))' in routes
    assert 'json.dumps(RowBA.dump({"a": 1, "b": 2}))' in routes
    assert "class RowBA(Schema):\n" in schemas
    assert schemas.index("    b: Int", schemas.index("RowBA")) < schemas.index("    a: Int", schemas.index("RowBA"))


def test_a_schema_that_reads_the_context_is_not_used_beside_flask() -> None:
    source = APPLICATION.replace(
        '        return jsonify(RowSchema().dump({"a": 1}))',
        '        return jsonify(RowSchema().dump({"a": current_app.extensions}))',
    ).replace("import Flask,", "import Flask, current_app,")
    sources = {"app.py": source.encode()}
    project = scan(sources, "app:app")
    found = convert(project, sources, ["context"], "target")
    assert found.outcomes["context"].runtime == "bridged"
    assert "compat.schema_context" not in found.files["bridged/routers/root.py"]
    assert "marshmallow.experimental" in found.files["bridged/routers/root.py"]


def test_a_schema_that_reads_the_context_stays_exact() -> None:
    source = APPLICATION.replace(
        '    mine = fields.Function(lambda row: row["a"] == Context.get({}).get("a"))\n',
        "    @validates_schema\n    def mine(self, data, **kwargs):\n        Context.get({})\n",
    ).replace("Schema, fields", "Schema, fields, validates_schema")
    sources = {"app.py": source.encode()}
    plans = analyse(scan(sources, "app:app"), Sources(sources), styles=Styles("idiomatic"), is_worded=False)
    assert "context" in plans["app.RowSchema"].exact_since
