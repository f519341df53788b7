"""Bodies that are too large are refused as the Flask application is set up, also when a test changes its settings."""

import io

import pytest

SOURCE = """
from flask import Flask, jsonify, request

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 600


@app.post("/json")
def json():
    return jsonify(request.get_json())


@app.post("/form")
def form():
    return jsonify(name=request.form.get("name"))


@app.post("/file")
def file():
    return jsonify(name=request.files["file"].filename)


@app.post("/data")
def data():
    return request.get_data()


@app.post("/unread")
def unread():
    return "unread"
"""


@pytest.fixture
def both(pair):
    return pair(SOURCE)


@pytest.mark.parametrize("size", [1, 900])
def test_bodies_of_every_kind(both, size):
    text = "x" * size
    statuses = [
        both.same("POST", "/json", json=[text])[0],
        both.same("POST", "/form", data={"name": text})[0],
        both.same("POST", "/data", data=text)[0],
        both.same("POST", "/unread", data=text)[0],
    ]
    assert statuses == ([200, 200, 200, 200] if size == 1 else [413, 413, 413, 200])


def test_a_file(both):
    with both.clients() as (flask, fastapi):
        theirs = flask.post("/file", data={"file": (io.BytesIO(b"x" * 900), "a.txt")})
        mine = fastapi.post("/file", files={"file": ("a.txt", b"x" * 900)})
        assert (mine.status_code, mine.content) == (theirs.status_code, theirs.data)
        assert mine.status_code == 413


@pytest.mark.parametrize("fields", [1, 2, 3])
def test_parts_are_fields_and_files_together(both, fields):
    both.flask.config["MAX_FORM_PARTS"] = 3
    with both.clients() as (flask, fastapi):
        texts = {f"field_{number}": "x" for number in range(fields)}
        theirs = flask.post("/file", data={**texts, "file": (io.BytesIO(b"x"), "a.txt")})
        mine = fastapi.post("/file", data=texts, files={"file": ("a.txt", b"x")})
        assert (mine.status_code, mine.content) == (theirs.status_code, theirs.data)
        assert mine.status_code == (413 if fields == 3 else 200)


def test_the_settings_are_read_when_a_request_comes(both):
    both.flask.config["MAX_CONTENT_LENGTH"] = None
    assert both.same("POST", "/json", json=["x" * 900])[0] == 200
    both.flask.config["MAX_FORM_MEMORY_SIZE"] = 10
    assert both.same("POST", "/form", data={"name": "x" * 900})[0] == 200  # that limit is for multipart forms


def test_without_flask_the_limits_are_those_of_the_conversion(both):
    assert both.flask.config["MAX_CONTENT_LENGTH"] == 600
    assert 'app.state.limits = {"MAX_CONTENT_LENGTH": 600} if flask_app is None else flask_app.config' in both.text(
        "main.py"
    )
