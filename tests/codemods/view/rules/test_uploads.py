"""`request.files` converted: the same answers as Flask's, whatever is sent."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
import io
from flask import Flask, jsonify, request
app = Flask(__name__)
"""
BOUNDARY = "limit"
TYPE = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def part(name: str, value: str, *more: str) -> str:
    return "\r\n".join(
        (f"--{BOUNDARY}", f'Content-Disposition: form-data; name="{name}"{"".join(more)}', "", value, "")
    )


def multipart(*parts: str) -> str:
    return "".join(parts) + f"--{BOUNDARY}--\r\n"


FILE = part("file", "one\ntwo\n", '; filename="a.TXT"\r\nContent-Type: Text/Plain; charset=utf-8')
BODIES = {
    "a file": multipart(FILE),
    "two of a name and a text": multipart(FILE, part("file", "2", '; filename="b"'), part("title", "t")),
    "no name": multipart(part("file", "", '; filename=""\r\nContent-Type: application/octet-stream')),
    "a text in its place": multipart(part("file", "text")),
    "another": multipart(part("other", "o", '; filename="o.bin"')),
    "nothing": multipart(),
}
ONE = "file = request.files['file']\n    "
GOT = "file = request.files.get('file')\n    "
ALL = "found = request.files.getlist('file')\n    "
READS = {
    "get": GOT + "seen = file.filename if file else 'none'",
    "no file": GOT + "seen = 'no' if not file or file.filename == '' else file.read().decode()",
    "none": GOT + "seen = file is None",
    "item": "seen = request.files['file'].read().decode()",
    "a local": ONE + "seen = [file.filename, file.stream.read(2).decode(), file.tell(), bool(file)]",
    "membership": "seen = 'file' in request.files and request.files['file'].filename != ''",
    "type": ONE + "seen = [file.content_type, file.mimetype, file.mimetype_params, file.content_length]",
    "save": ONE + "out = io.BytesIO()\n    file.save(out)\n    seen = out.getvalue().decode()",
    "lines": "seen = [line.decode() for line in request.files['file']]",
    "several": "seen = [[one.filename, len(one.read())] for one in request.files.getlist('file')]",
    "a local of several": ALL + "seen = [one.filename for one in found if one] if found else 0",
    "first of several": ALL + "seen = found[0].filename if len(found) else None",
    "named": "seen = {name: one.filename for name, one in request.files.items()}",
    "len": "seen = [len(request.files), sorted(request.files), bool(request.files)]",
    "beside a form": "seen = [request.form.get('title'), request.form.get('other'), 'file' in request.files]",
    "a reader": ONE + "seen = io.TextIOWrapper(file).read()",
    "beside the data": "seen = [len(request.files), request.get_data(as_text=True), request.form.to_dict()]",
}


@pytest.mark.parametrize("read", READS.values(), ids=list(READS))
def test_a_read_of_the_files(pair: Callable[..., Any], read: str) -> None:
    both = pair(
        HEAD
        + f"""
@app.post("/a")
def a():
    {read}
    return jsonify(seen)
"""
    )
    assert both.runtimes() == {"a": "native"}
    for body in BODIES.values():
        both.same("POST", "/a", headers=TYPE, data=body)
    both.same("POST", "/a", headers={"Content-Type": "text/plain"}, data="x")


ESCAPES = [
    "keep(file)",
    "[file]",
    "file.name",
    "file or None",
    "(lambda: file)()",
    "str(file)",
    "list(request.files.getlist('file'))[0].filename",
]


@pytest.mark.parametrize("read", ESCAPES)
def test_a_file_that_cannot_be_followed_stays_on_flask(pair: Callable[..., Any], read: str) -> None:
    both = pair(
        HEAD
        + f"""
def keep(file):
    return file.save(io.BytesIO())

@app.post("/a")
def a():
    file = request.files["file"]
    return jsonify({read})
"""
    )
    assert both.runtimes() == {"a": "flask"}
    assert both.findings("a")[0][:5] == "FM214"


def test_a_file_is_a_parameter(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.post("/a")
def a():
    photo = request.files["photo"]
    return photo.read()
"""
    )
    text = both.text("routers/root.py")
    assert "def a(photo: Annotated[UploadFile | None, File()] = None) -> Response:" in text
    assert 'photo = required(photo, "photo")' in text
    content = both.make().openapi()["paths"]["/a"]["post"]["requestBody"]["content"]
    assert list(content) == ["multipart/form-data"]
    assert both.answers("POST", "/a", headers=TYPE, data=multipart(part("photo", "p", '; filename="x"')))[1][1] == b"p"


@pytest.mark.parametrize(
    "files",
    ["request.files.to_dict()", "dict(request.files)", "{**request.files}", "{**request.form, **request.files}"],
)
def test_files_that_are_handed_on_as_a_dictionary_stay(pair: Callable[[str], Any], files: str) -> None:
    """Whoever they go to may ask for more than an `UploadFile` has, or for their class."""
    both = pair(f'{HEAD}\n@app.post("/")\ndef index():\n    return {files}["photo"].read()\n')
    assert both.runtimes() == {"index": "flask"}


def test_the_names_of_files_alone(pair: Callable[[str], Any]) -> None:
    both = pair(
        f'{HEAD}\n@app.post("/")\ndef index():\n    return jsonify(sorted(request.files), len(request.files))\n'
    )
    assert both.runtimes() == {"index": "native"}
