"""APIFlask's decorators with Pydantic models: what stays and why, and that answers are those of the library."""

import json

import pytest

HEAD = """
from typing import List, Literal, Optional

from apiflask import APIFlask, HTTPTokenAuth
from pydantic import BaseModel, ConfigDict, Field, field_validator
from werkzeug.datastructures import FileStorage

app = APIFlask(__name__)


class Owner(BaseModel):
    name: str = Field(min_length=2)


class PetIn(BaseModel):
    name: str = Field(min_length=1, max_length=5)
    kind: Literal["cat", "dog"] = "cat"
    owners: List[Owner] = []
"""
STAYS = {
    "files": """
class Upload(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    file: FileStorage

@app.post("/")
@app.input(Upload, location="files")
def index(files_data):
    return {}
""",
    "a list of models that is loaded": """
@app.post("/")
@app.input(List[PetIn])
def index(json_data):
    return {}
""",
    "an object of a model": """
@app.get("/")
@app.output(Owner(name="ann"))
def index():
    return {}
""",
    "a check below the input": """
auth = HTTPTokenAuth()

@auth.verify_token
def user_of(token):
    return token

@app.post("/")
@app.input(PetIn)
@app.auth_required(auth)
def index(json_data):
    return {}
""",
    "a model of which shared objects are made": """
OWNERS = [Owner(name="ann")]

@app.get("/")
@app.output(List[Owner])
def index():
    return OWNERS
""",
}


@pytest.mark.parametrize("name", STAYS)
def test_what_cannot_be_read_stays_on_flask(pair, name):
    pair(HEAD + STAYS[name]).stays("index", "FM113")


MODELS = """
class PetOut(PetIn):
    model_config = ConfigDict(from_attributes=True, populate_by_name=True)

    id: int = Field(alias="petId")


class Page(BaseModel):
    size: int = Field(default=10, ge=1)
    tags: List[str] = []


class Sent(BaseModel):
    x_token: str = Field(min_length=2)
    key: Optional[int] = None


class Jar(BaseModel):
    token: int


class Place(BaseModel):
    number: int = Field(le=9)

    @field_validator("number")
    @classmethod
    def is_even(cls, value):
        if value % 2:
            raise ValueError("odd")
        return value


class Pet:
    def __init__(self, petId, name, kind="dog"):
        self.petId, self.name, self.kind, self.owners = petId, name, kind, []


def said(data):
    return {"data": data.model_dump(), "type": type(data).__name__}


@app.post("/json")
@app.input(PetIn)
@app.output(PetOut, status_code=201)
def create(json_data: PetIn):
    return {"petId": 1, **json_data.model_dump()}


@app.post("/either")
@app.input(PetIn, location="json_or_form", arg_name="pet")
def either(pet):
    return said(pet)


@app.post("/form")
@app.input(PetIn, location="form")
def form(form_data):
    return said(form_data)


@app.get("/query")
@app.input(Page, location="querystring")
def query(querystring_data):
    return said(querystring_data)


@app.get("/headers")
@app.input(Sent, location="headers")
@app.input(Page, location="query")
def headers(headers_data, query_data):
    return said(headers_data) | {"size": query_data.size}


@app.get("/cookies")
@app.input(Jar, location="cookies")
def cookies(cookies_data):
    return said(cookies_data)


@app.get("/path/<number>")
@app.input(Place, location="path")
def path(number, path_data):
    return said(path_data) | {"number": number}


@app.get("/out/<kind>")
@app.output(PetOut)
def out(kind):
    if kind == "object":
        return Pet(1, "Max")
    if kind == "model":
        return Owner(name="ann"), 202
    if kind == "list":
        return [Pet(1, "Max"), {"petId": "2", "name": "Kim"}], {"X-Kind": kind}
    if kind == "tuple":
        return (Pet(1, "Max"), 203, {"X-Kind": kind})
    if kind == "wrong":
        return {"name": "Max"}
    return app.make_response(("own", 200)) if kind == "response" else None


@app.get("/outs")
@app.output(List[PetOut])
def outs():
    return [Pet(1, "Max"), Owner(name="ann")]


@app.get("/outs/one")
@app.output(list[PetOut], status_code=203)
def outs_one():
    return Pet(1, "Max")
"""
SETTINGS = """
app.config["VALIDATION_ERROR_STATUS_CODE"] = 400
app.config["VALIDATION_ERROR_DESCRIPTION"] = "Invalid."
"""
BODIES = [
    {"name": "Max"}, {"name": ""}, {"name": "Maximus", "kind": "cow"}, {}, [], [{"name": "Max"}], None, "text", 1,
    {"name": 1, "owners": [{"name": "ann"}, {"name": "b"}, {}, 1]},
    {"name": "Max", "more": 1, "owners": [{"name": "bo"}]},
]  # fmt: skip
RAW = ["", "{", "null", '{"name": "Max"}', '{"name": NaN}', "\xff"]
TYPES = ["application/json", "text/plain", "application/x-www-form-urlencoded", "application/problem+json"]


@pytest.mark.parametrize("more", ["", SETTINGS])
def test_answers_are_those_of_apiflask(pair, more):
    both = pair(HEAD + MODELS.replace('if kind == "response" else None', 'if kind == "response" else {}') + more)
    both.flask.config["PROPAGATE_EXCEPTIONS"] = False
    assert {one for name, one in both.runtimes().items() if not name.startswith("openapi")} == {"native"}
    with both.served() as same:
        for path in ("/json", "/either"):
            for body in BODIES:
                same("POST", path, json=body)
            for text in RAW:
                for kind in TYPES:
                    same("POST", path, data=text.encode("latin-1"), headers={"Content-Type": kind})
        for path in ("/form", "/either"):
            for sent in ({"name": "Max"}, {"name": ["Max", "Tom"]}, {"name": ""}, {}, {"name": "Max", "owners": "x"}):
                same("POST", path, data=sent)
        for text in ("", "?size=3", "?size=0", "?size=x&size=3", "?size=3&size=x", "?tags=a&tags=b", "?more=1"):
            same("GET", f"/query{text}")
            same("GET", f"/headers{text}", headers={"X-Token": "abc"})
        for sent in ({}, {"X-Token": "a"}, {"X-Token": "ab", "Key": "7"}, {"x-token": "ab", "key": "x"}):
            same("GET", "/headers", headers=sent)
        for number in ("2", "3", "12", "x"):
            same("GET", f"/path/{number}")
        for kind in ("object", "model", "list", "tuple", "wrong", "response", "nothing"):
            same("GET", f"/out/{kind}")
        same("GET", "/outs")
        same("GET", "/outs/one")


@pytest.mark.parametrize("cookies", ["", "token=1", "token=x", "token=1; token=2", "token=2; token=x", "other=1"])
def test_cookies_are_validated_as_apiflask_does(pair, cookies):
    both = pair(HEAD + MODELS)
    with both.clients() as (_, fastapi):
        theirs = both.flask.test_client(use_cookies=False).get("/cookies", headers={"Cookie": cookies})
        mine = fastapi.get("/cookies", headers={"Cookie": cookies})
    assert (mine.status_code, mine.content) == (theirs.status_code, theirs.data)


def test_a_refusal_names_fields_by_their_path(pair):
    with pair(HEAD + MODELS).served() as same:
        status, body, _ = same("POST", "/json", json={"name": "Max", "owners": [{"name": "b"}]})
    detail = {"json": {"owners.0.name": ["String should have at least 2 characters"]}}
    assert (status, json.loads(body)) == (422, {"message": "Validation error", "detail": detail})


def test_openapi_tells_of_the_models(pair):
    document = pair(HEAD + MODELS).make().openapi()
    paths, schemas = document["paths"], document["components"]["schemas"]
    assert {"PetIn", "PetOut", "Owner"} <= schemas.keys()
    body = paths["/json"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/PetIn"}
    created = paths["/json"]["post"]["responses"]["201"]["content"]["application/json"]["schema"]
    assert created["$ref"] == "#/components/schemas/PetOut"
    many = paths["/outs"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert (many["type"], many["items"]) == ("array", {"$ref": "#/components/schemas/PetOut"})
    assert [one["name"] for one in paths["/query"]["get"]["parameters"]] == ["size", "tags"]
    assert {one["name"] for one in paths["/headers"]["get"]["parameters"]} >= {"x-token", "key"}
    form = paths["/form"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    assert form["properties"].keys() == {"name", "kind", "owners"}
    assert form["properties"]["owners"]["items"] == schemas["Owner"]


WRAPPED = """
class Wrapped(BaseModel):
    data: object
    code: int


app.config["BASE_RESPONSE_SCHEMA"] = Wrapped


@app.get("/")
@app.output(Owner)
def index():
    return {"data": {"name": "ann"}, "code": "7"}


@app.get("/wrong")
@app.output(Owner)
def wrong():
    return {"data": {"name": "ann"}}
"""


def test_a_model_around_every_output(pair):
    both = pair(HEAD + WRAPPED)
    both.flask.config["PROPAGATE_EXCEPTIONS"] = False
    assert both.runtimes()["index"] == "native"
    both.same("GET", "/")
    both.same("GET", "/wrong")
