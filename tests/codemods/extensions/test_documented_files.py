"""Answers of which decorators only tell: files and other content that no schema dumps."""

from .smorest_pets import APP, END

APIFLASK = """
import io
from apiflask import APIFlask, Schema
from apiflask.fields import String
from apiflask.schemas import FileSchema
from flask import Response, send_file

app = APIFlask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False


class Wrapping(Schema):
    data = String()


app.config["BASE_RESPONSE_SCHEMA"] = Wrapping


@app.get("/file")
@app.output(FileSchema(type="string", format="binary"), content_type="image/png", description="A picture")
def picture():
    return send_file(io.BytesIO(b"abc"), mimetype="image/png")


@app.get("/text")
@app.output(FileSchema, status_code=203)
def text():
    return "a,b"


@app.get("/bytes")
@app.output(FileSchema(format="base64"), content_type="text/plain")
def content():
    return b"YQ==", {"X-After": "yes"}


@app.get("/both")
@app.output(FileSchema())
def both():
    return Response("x", 202), 201, {"X-After": "both"}


@app.get("/data")
@app.output(FileSchema())
def data():
    return {"a": 1}, 206


@app.get("/alone")
@app.output(FileSchema(), status_code=201)
def alone():
    return (["a"],)


@app.get("/none")
@app.output(FileSchema())
def none():
    return None
"""


def test_files_of_apiflask(pair):
    both = pair(APIFLASK)
    paths = ("picture", "text", "content", "both", "data", "alone", "none")
    assert {both.runtimes()[name] for name in paths} == {"native"}, both.findings("picture")
    for path in ("/file", "/text", "/bytes", "/both", "/data", "/alone", "/none"):
        both.same("GET", path)
    told = both.make().openapi()["paths"]
    assert told["/file"]["get"]["responses"]["200"] == {
        "description": "A picture",
        "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
    }
    assert told["/bytes"]["get"]["responses"]["200"]["content"] == {
        "text/plain": {"schema": {"type": "string", "format": "base64"}}
    }


SMOREST = """
from flask import Response

BINARY = {"type": "string", "format": "binary"}


@blp.route("/csv")
@blp.response(200, {"type": "string", "format": "binary"}, content_type="text/csv")
@blp.alt_response(404, "DefaultError")
@blp.alt_response(409, schema={"type": "string"}, content_type="text/plain", description="Locked")
def csv():
    return Response("a,b", mimetype="text/csv"), 206, {"X-After": "csv"}


@blp.route("/object")
@blp.response(200, {"type": "object"}, example={"a": 1})
@blp.alt_response(404, response="PET_NOT_FOUND")
def as_object():
    return jsonify(a=1)


@blp.route("/named")
@blp.response(201, "Pet")
def named():
    return jsonify(a=1)


@blp.route("/nothing")
@blp.response(200, {"type": "object"})
def nothing():
    return {"a": 1}


@blp.route("/computed")
@blp.response(200, BINARY)
def computed():
    return jsonify(a=1)
"""


def test_documented_answers_of_flask_smorest(pair):
    both = pair(APP + SMOREST + END)
    runtimes = both.runtimes()
    assert {runtimes[f"pets.{name}"] for name in ("csv", "as_object", "named", "nothing")} == {"native"}
    assert runtimes["pets.computed"] == "flask"
    for path in ("csv", "object", "named", "nothing"):
        both.same("GET", f"/pets/{path}")
    told = both.make().openapi()["paths"]["/pets/csv"]["get"]["responses"]
    assert told["200"]["content"] == {"text/csv": {"schema": {"type": "string", "format": "binary"}}}
    assert told["404"]["description"] == "Not Found"
    assert told["409"]["content"] == {"text/plain": {"schema": {"type": "string"}}}
