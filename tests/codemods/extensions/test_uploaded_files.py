"""Uploaded files that decorators of API libraries load by a schema: answers are those of the library.

Whoever imports APIFlask has all parsers of webargs take texts for files (`Parser.__location_map__` is one for all), so
no text is sent to the other libraries in the place of a file.
"""

import pytest

APIFLASK = """
from apiflask import APIFlask, Schema
from apiflask.fields import File, Integer, List, String
from apiflask.validators import FileSize, FileType, Length

app = APIFlask(__name__)


class Image(Schema):
    image = File(required=True, validate=[FileType([".png"]), FileSize(max="20 B")])


class Profile(Schema):
    name = String(required=True, validate=Length(min=2))
    age = Integer(data_key="Age")
    avatar = File(validate=FileSize(min="2 B", max="8 B", min_inclusive=False, max_inclusive=False))
    scans = List(File(), validate=Length(max=2))


@app.post("/image")
@app.input(Image, location="files")
def image(files_data):
    sent = files_data["image"]
    return {"name": sent.filename, "type": sent.mimetype, "size": len(sent.read())}, 201


@app.post("/profile")
@app.input(Profile, location="form_and_files", arg_name="data")
def profile(data):
    if "avatar" in data and data["avatar"]:
        data["avatar"].seek(1)
        return {"name": data["name"], "rest": data["avatar"].read().decode()}
    scans = [one.filename for one in data["scans"] if one] if "scans" in data else []
    return {"name": data["name"], "age": data.get("Age", data.get("age")), "scans": scans}


@app.post("/json")
@app.input(Image)
def no_file(json_data):
    return {"keys": list(json_data)}


@app.post("/optional")
@app.input(Profile(partial=True))
def optional_file(json_data):
    return {"keys": sorted(json_data)}
"""


def form(*parts):
    """A form of these parts: a name, the name of a file or None, and the content."""
    body = ""
    for name, filename, content in parts:
        named = "" if filename is None else f'; filename="{filename}"\r\nContent-Type: image/png; q=1'
        body += f'--xx\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n{content}\r\n'
    return {"data": f"{body}--xx--\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=xx"}}


FILES = [
    ("/image", form(("image", "a.PNG", "1234"))),
    ("/image", form(("image", "a.gif", "1234"))),
    ("/image", form(("image", "a.gif", "x" * 21))),
    ("/image", form(("image", "", ""))),
    ("/image", form(("image", None, "text"))),
    ("/image", form(("image", None, ""))),
    ("/image", form(("image", "a.png", "1"), ("other", None, "1"))),
    ("/image", form(("image", "a.png", "1"), ("other", "b.png", "1"))),
    ("/image", form(("image", "a.png", "1"), ("image", None, "text"))),
    ("/image", {"data": {"image": "text"}}),
    ("/image", {}),
    ("/profile", form(("name", None, "Ann"), ("Age", None, "7"))),
    ("/profile", form(("name", None, "Ann"), ("Age", "a.png", "7"))),
    ("/profile", form(("name", "a.png", "Ann"))),
    ("/profile", form(("name", "a.png", "Ann"), ("name", None, "Bob"))),
    ("/profile", form(("name", None, "Ann"), ("avatar", "a.png", "1234"))),
    ("/profile", form(("name", None, "Ann"), ("avatar", "a.png", "12"))),
    ("/profile", form(("name", None, "Ann"), ("avatar", "a.png", "12345678"))),
    ("/profile", form(("name", None, "A"), ("avatar", None, ""))),
    ("/profile", form(("name", None, "Ann"), ("avatar", None, ""))),
    ("/profile", form(("name", None, "Ann"), ("scans", "a", "1"), ("scans", "b", "2"))),
    ("/profile", form(("name", None, "Ann"), ("scans", "a", "1"), ("scans", None, "b"))),
    ("/profile", form(("name", None, "Ann"), ("scans", "a", "1"), ("scans", None, ""))),
    ("/profile", form(*((("scans", "a", "1"),) * 3))),
    ("/profile", {"data": {"name": "Ann", "other": "1"}}),
    ("/json", {"json": {"image": "text"}}),
    ("/json", {"json": {"image": ""}}),
    ("/json", {"json": {"image": None}}),
    ("/json", {"json": {}}),
    ("/optional", {"json": {"avatar": "", "name": "Ann"}}),
    ("/optional", {"json": {"avatar": [], "scans": []}}),
    ("/optional", {"json": {"avatar": {}}}),
]


def test_apiflask(pair):
    both = pair(APIFLASK)
    assert {both.runtimes()[name] for name in ("image", "profile", "no_file", "optional_file")} == {"native"}, [
        both.findings(x) for x in ("image", "profile", "no_file", "optional_file")
    ]
    for path, sent in FILES:
        both.same("POST", path, **sent)
    told = both.make().openapi()["paths"]["/image"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert told["properties"]["image"] == {"type": "string", "format": "binary", "title": "Image"}


SETTINGS = """
app.config["VALIDATION_ERROR_STATUS_CODE"] = 400
app.config["VALIDATION_ERROR_DESCRIPTION"] = "Not so"
"""


def test_refusals_are_worded_as_apiflasks_settings_say(pair):
    both = pair(APIFLASK + SETTINGS)
    for path in ("/image", "/profile"):
        assert both.same("POST", path)[0] == 400


APIFAIRY = """
from apifairy import APIFairy, arguments, body, response
from apifairy.fields import FileField
from flask import Flask
from flask_marshmallow import Marshmallow
from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

app = Flask(__name__)
apifairy = APIFairy(app)
ma = Marshmallow(app)


class Login(Schema):
    user = fields.Str(required=True)
    again = fields.Str(required=True)

    @validates_schema
    def same(self, data, **kwargs):
        if data["user"] != data["again"]:
            raise ValidationError("Not the same.", "again")

    @post_load
    def drop(self, data, **kwargs):
        del data["again"]
        return data


class Photo(Schema):
    title = fields.Str(required=True)
    photo = FileField(required=True, error_messages={"invalid": "?", "required": "Which?"})
    more = fields.List(FileField())


class Scans(Schema):
    scans = fields.List(FileField(), required=True)


class Out(ma.Schema):
    title = fields.Str()
    size = fields.Int()


@app.post("/login")
@body(Login, location="form")
def login(data):
    return data, 201


@app.post("/photo")
@body(Photo, location="form", media_type="multipart/form-data")
@response(Out, 201)
def photo(data):
    more = data.get("more")
    size = sum(len(one.read()) for one in more) if more else 0
    return {"title": data["title"], "size": size + len(data["photo"].read())}


@app.post("/scans")
@body(Scans, location="files")
def scans(files):
    return {"names": [one.filename for one in files["scans"]]}
"""
FORMS = [
    ("/login", {"data": {"user": "ann", "again": "ann"}}),
    ("/login", {"data": {"user": "ann", "again": "bob"}}),
    ("/login", {"data": {"user": "ann"}}),
    ("/login", form(("user", None, "ann"), ("again", None, "ann"))),
    ("/login", form(("user", None, "ann"), ("again", None, "ann"), ("file", "a", "1"))),
    ("/login", form(("user", "a", "ann"), ("again", None, "ann"))),
    ("/login", {}),
    ("/photo", form(("title", None, "t"), ("photo", "a.png", "123"))),
    ("/photo", form(("title", None, "t"), ("photo", "", ""))),
    ("/photo", form(("title", None, "t"), ("photo", None, "123"))),
    ("/photo", form(("title", None, "t"), ("photo", None, ""))),
    ("/photo", form(("title", None, "t"), ("photo", "a", "1"), ("photo", None, "text"))),
    ("/photo", form(("title", None, "t"), ("photo", "a", "1"), ("more", "b", "12"), ("more", "c", "123"))),
    ("/photo", form(("title", None, "t"), ("photo", "a", "1"), ("more", "b", "12"), ("more", None, "123"))),
    ("/photo", {"data": {"title": "t"}}),
    ("/scans", form(("scans", "a", "1"), ("scans", "b", "1"), ("title", None, "t"))),
    ("/scans", {}),
]


def test_apifairy(pair):
    both = pair(APIFAIRY)
    assert {both.runtimes()[name] for name in ("login", "photo", "scans")} == {"native"}, [
        both.findings(x) for x in ("login", "photo", "scans")
    ]
    for path, sent in FORMS:
        both.same("POST", path, **sent)
    paths = both.make().openapi()["paths"]
    assert set(paths["/photo"]["post"]["requestBody"]["content"]) == {"multipart/form-data"}
    assert set(paths["/login"]["post"]["requestBody"]["content"]) == {"application/x-www-form-urlencoded"}


BESIDE = """
from apiflask import APIFlask
from flask import jsonify
from webargs import fields
from webargs.flaskparser import use_args

app = APIFlask(__name__)


@app.post("/")
@use_args({"file": fields.Raw(required=True)}, location="files")
def index(files):
    return jsonify(files["file"].filename)
"""


def test_apiflask_changes_what_files_are_for_all_parsers(pair):
    pair(BESIDE).stays("index", "FM781")


SMOREST = """
from flask import Flask
from flask_smorest import Api, Blueprint
from flask_smorest.fields import Upload
from marshmallow import Schema, fields

app = Flask(__name__)
app.config.update(API_TITLE="Files", API_VERSION="v1", OPENAPI_VERSION="3.0.3")
api = Api(app)
blp = Blueprint("files", __name__)


class Files(Schema):
    report = Upload(required=True)
    picture = Upload("base64", data_key="Picture")


class Texts(Schema):
    title = fields.Str(load_default="?")


@blp.route("/files", methods=["POST"])
@blp.arguments(Files, location="files")
@blp.arguments(Texts, location="form")
@blp.response(201)
def take(files, form):
    picture = files.get("picture", None)
    if not picture:
        return {"name": files["report"].filename, "title": form["title"]}
    return {"name": files["report"].filename, "more": picture.filename, "size": len(picture.read())}


api.register_blueprint(blp)
"""


@pytest.mark.parametrize("parts", [
    [("report", "a.txt", "1")],
    [("report", "a.txt", "1"), ("title", None, "t"), ("Picture", "b.png", "12")],
    [("report", "", ""), ("Picture", "", "")],
    [("title", None, "t")],
    [("report", "a.txt", "1"), ("report", "b.txt", "1"), ("other", "c", "1")],
])  # fmt: skip
def test_smorest(pair, parts):
    both = pair(SMOREST)
    assert both.runtimes()["files.take"] == "native"
    both.same("POST", "/files", **form(*parts))
