"""Request parsers that take uploaded files: what stays on Flask, and that every request gets the same answer."""

import pytest

APP = """
from flask import Flask
from LIBRARY import Api, Resource, reqparse
from werkzeug.datastructures import FileStorage

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False
api = Api(app)
upload = reqparse.RequestParser()
upload.add_argument("photo", type=FileStorage, location="files", required=True, help="A photo.")
upload.add_argument("title", location="form", default="none")
many = reqparse.RequestParser()
many.add_argument("docs", type=FileStorage, location="files", action="append", dest="papers")


def names(papers):
    return [one.filename for one in papers]


class Files(Resource):
    def post(self):
        args = upload.parse_args()
        photo = args["photo"]
        if not photo:
            return {"none": args.title}, 202
        return {"name": args.photo.filename, "type": photo.mimetype, "size": len(photo.read()), "title": args["title"]}

    def put(self):
        found = []
        for one in many.parse_args()["papers"] or []:
            found.append([one.filename, one.read().decode()])
        return found

    def patch(self):
        args = many.parse_args()
        if args.papers is None:
            return "nothing"
        return len(args.papers)


api.add_resource(Files, "/files")
"""
STAYS = {
    "handed on as a whole": ('photo = args["photo"]', 'photo = dict(args)["photo"]'),
    "listed": ('photo = args["photo"]', "photo = [one for one in args.values()][0]"),
    "parsed by a helper": ("args = upload.parse_args()\n        photo", "args = parsed()\n        photo"),
    "a file of several places": ('location="files", required', 'location=["files", "form"], required'),
    "a file with a default": ('location="files", required', 'location="files", default=None, required'),
    "files handed to a helper": ("len(args.papers)", "names(args.papers)"),
    "bound twice": ('photo = args["photo"]', 'photo = args["photo"]\n        args = {}'),
}


def sent(*parts):
    """A form with these parts: name, file name (None for a text), content, content type."""
    body = ""
    for name, filename, content, kind in parts:
        file = f'; filename="{filename}"' if filename is not None else ""
        kind = f"Content-Type: {kind}\r\n" if kind else ""
        body += f'--xx\r\nContent-Disposition: form-data; name="{name}"{file}\r\n{kind}\r\n{content}\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=xx"}
    return {"data": f"{body}--xx--\r\n".encode(), "headers": headers}


REQUESTS = (
    {},
    {"data": {"title": "t"}},
    sent(("photo", "a.txt", "abc", "text/plain; charset=utf-8")),
    sent(("photo", "", "abc", "text/plain"), ("title", None, "x", "")),
    sent(("photo", "ü.txt", "", "text/plain"), ("photo", "b", "b", "a/b"), ("title", None, "x", "")),
    sent(("docs", "a", "1", "a/b"), ("docs", "b", "2", "a/b")),
    sent(("photo", None, "text", ""), ("docs", None, "text", "")),
    {"data": {"photo": "text", "docs": "text"}},
)


def both_of(pair, library, old="", new=""):
    helper = "def names(papers)", "def parsed():\n    return upload.parse_args()\n\n\ndef names(papers)"
    assert old in APP
    return pair(APP.replace("LIBRARY", library).replace(*helper).replace(old, new))


@pytest.mark.parametrize("library", ["flask_restful", "flask_restx"])
@pytest.mark.parametrize("name", STAYS)
def test_files_that_go_where_nobody_can_follow_them_stay(pair, library, name):
    both = both_of(pair, library, *STAYS[name])
    assert both.runtimes()["files"] == "flask"
    assert both.findings("files")[0][:5] in ("FM214", "FM775", "FM601")


@pytest.mark.parametrize("library", ["flask_restful", "flask_restx"])
def test_files_are_parsed_as_flask_does(pair, library):
    both = both_of(pair, library)
    assert both.runtimes()["files"] == "native", both.findings("files")
    for method in ("POST", "PUT", "PATCH"):
        for request in REQUESTS:
            both.same(method, "/files", **request)


def test_openapi_tells_of_the_files(pair):
    operations = both_of(pair, "flask_restful").make(None).openapi()["paths"]["/files"]
    [(kind, told)] = operations["post"]["requestBody"]["content"].items()
    assert kind == "multipart/form-data"
    assert told["schema"]["properties"]["photo"] == {"type": "string", "format": "binary", "description": "A photo."}
    assert told["schema"]["properties"]["title"] == {"type": "string", "default": "none"}
    assert told["schema"]["required"] == ["photo"]
    [told] = operations["put"]["requestBody"]["content"].values()
    assert told["schema"]["properties"]["docs"]["items"] == {"type": "string", "format": "binary"}
