"""Checks of APIFlask's below what loads the request: wrong input is refused before it is asked who has sent it."""

import pytest

HEAD = """
from apiflask import APIFlask, HTTPTokenAuth, Schema
from apiflask.fields import DelimitedList, File, Integer, List, String
from apiflask.validators import Length
from marshmallow import post_load

app = APIFlask(__name__)
auth = HTTPTokenAuth(realm="pets")
USERS = {"tok-ann": ["user"], "tok-root": ["user", "admin"]}


@auth.verify_token
def verify(token):
    return USERS.get(token)


@auth.get_user_roles
def roles(user):
    return user


class PetIn(Schema):
    name = String(required=True, validate=Length(min=2))


class Filters(Schema):
    limit = Integer(load_default=3)
    tags = DelimitedList(String())


class Made(PetIn):
    @post_load
    def make(self, data, **kwargs):
        return ["made", data["name"]]
"""
STAYS = {
    "files": (
        "class Photo(Schema):\n    photo = File()\n\n\n"
        '@app.post("/")\n@app.input(Photo, location="files")\n@app.auth_required(auth)\n'
        'def index(files_data):\n    return {"name": files_data["photo"].filename}\n'
    ),
    "a dictionary": (
        '@app.post("/")\n@app.input({"name": String()})\n@app.auth_required(auth)\n'
        "def index(json_data):\n    return json_data\n"
    ),
}


@pytest.mark.parametrize("name", STAYS)
def test_what_is_not_loaded_ahead_stays(pair, name: str):
    both = pair(HEAD + STAYS[name])
    assert both.runtimes()["index"] == "flask"
    assert both.findings("index")


VIEWS = """
@app.post("/pets")
@app.input(PetIn)
@app.auth_required(auth, roles=["admin"])
@app.output(PetIn, status_code=201)
def create(json_data):
    return {**json_data, "by": auth.current_user}


@app.post("/many/<int:number>")
@app.input(Filters, location="querystring", arg_name="filters")
@app.auth_required(auth)
@app.input(PetIn(many=True))
def many(number, filters, json_data):
    return {"number": number, "filters": filters, "pets": json_data}


@app.post("/both")
@app.input(Filters, location="headers")
@app.input(PetIn(partial=True), location="form")
@app.auth_required(auth, optional=True)
def both(headers_data, form_data):
    return {"headers": headers_data, "form": form_data, "known": auth.current_user is not None}


@app.post("/either")
@app.input(PetIn, location="json_or_form")
@app.auth_required(auth)
async def either(json_or_form_data):
    return json_or_form_data


@app.post("/made")
@app.input(Made)
@app.auth_required(auth)
def made(json_data):
    return {"made": json_data}
"""
SETTINGS = """
app.config["VALIDATION_ERROR_STATUS_CODE"] = 400
app.config["VALIDATION_ERROR_DESCRIPTION"] = "Not so"
"""
BODIES = [
    {"json": {"name": "Rex"}},
    {"json": [{"name": "Rex"}]},
    {"json": {"name": "R", "more": 1}},
    {"json": [{"name": "R"}]},
    {"data": "{", "headers": {"Content-Type": "application/json"}},
    {"data": {"name": "Rex"}},
    {"data": {"more": "1"}},
    {},
]
PATHS = ("/pets", "/many/3?limit=2&tags=a,b", "/many/3?limit=x", "/both", "/either", "/made")


@pytest.mark.parametrize("settings", ["", SETTINGS], ids=["by itself", "worded"])
def test_answers_are_those_of_apiflask(pair, settings: str):
    both = pair(HEAD + settings + VIEWS)
    names = ("create", "many", "both", "either", "made")
    assert {both.runtimes()[name] for name in names} == {"native"}, [both.findings(name) for name in names]
    for path in PATHS:
        for sent in BODIES:
            for token in ("", "tok-ann", "tok-root"):
                headers = {**sent.get("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
                both.same("POST", path, **{**sent, "headers": headers})
    for limit in ("7", "x"):
        both.same("POST", "/both", data={"name": "Rex"}, headers={"Limit": limit})
