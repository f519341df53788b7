"""Subclasses of Flask's `Response`: which of them are more than a way to make one."""

from collections.abc import Callable
from typing import Any

HEAD = """
from flask import Flask, Response, json, jsonify, request
app = Flask(__name__)
LOG = []

def noted(value):
    LOG.append(value)
    return value

class Api(Response):
    \"\"\"JSON with an envelope.\"\"\"

    default_mimetype = "application/json"

    def __init__(self, data=None, status=200, **options):
        super().__init__(json.dumps({"data": data}), status=status, **options)
"""
VIEW = "\n@app.get('/{name}')\ndef {name}():\n    return {answer}\n"
REFUSED = """
SENT = {"Content-Type": "text/plain"}

class More(Response):
    def __init__(self, data):
        self.kept = data
        super().__init__(data)

class Method(Response):
    def shown(self):
        return 1

class Derived(Api):
    pass

class Twice(Response):
    def __init__(self, data):
        super().__init__(data, headers={"X-After": data})

class Turned(Response):
    def __init__(self, kind, data):
        super().__init__(data, mimetype=kind)

class Unused(Response):
    def __init__(self, data, more=None):
        super().__init__(data)
"""
STAYING = {
    "more": "More('x')",
    "method": "Method('x')",
    "derived": "Derived('x')",
    "twice": "Twice(noted('x'))",
    "turned": "Turned(noted('text/plain'), noted('x'))",
    "unused": "Unused('x', noted(1))",
    "spread": "Api(*['x'])",
    "typed": "Api('x', headers=SENT)",
    "asked": "str(isinstance(jsonify(1), Api))",
}


def test_what_is_more_than_a_way_to_make_a_response_stays_on_flask(pair: Callable[..., Any]) -> None:
    views = (VIEW.format(name=name, answer=answer) for name, answer in STAYING.items())
    both = pair(HEAD + REFUSED + "".join(views))
    for name in STAYING:
        both.stays(name, "FM601")


def test_ways_to_make_a_response_are_written_out(pair: Callable[..., Any]) -> None:
    answers = [
        "Api()",
        "Api({'x': request.method}, 201, headers={'X-After': '1'})",
        "Api(noted(1) if request.args else [noted(2)], status=202)",
        "Api('x', mimetype='text/x-own')",
        "Csv('a,b')",
        "Csv('a,b', 200, {'Content-Disposition': 'attachment'})",
        "Csv('a', content_type='text/plain')",
        "Shown('b')",
    ]
    both = pair(
        HEAD
        + "class Csv(Response):\n    default_mimetype = 'text/csv'\n    charset = 'utf-8'\n"
        + "class Shown(Response):\n    def __init__(self, text, *, mark='!'):\n        super().__init__(text + mark)\n"
        + "".join(VIEW.format(name=name, answer=one) for name, one in zip("abcdefgh", answers, strict=True))
        + "@app.errorhandler(404)\ndef lost(error):\n    return Api(str(error.code), error.code)\n"
    )
    assert set(both.runtimes().values()) == {"native"}
    for path in "abcdefgh":
        both.same("GET", f"/{path}")
    both.same("GET", "/none")
    assert "class Api" not in "".join(both.conversion.files.values())
