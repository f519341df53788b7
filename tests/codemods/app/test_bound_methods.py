"""Methods of the project's objects as hooks and error handlers: functions, where they do nothing with their object."""

import pytest

HEAD = """
from flask import Flask, g, jsonify, request

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False


class Base:
    def log(self):
        pass


class Own(Base):
    status = 402

    {methods}


own = Own()
{registered}


@app.get("/")
def index():
    if request.args.get("wrong"):
        raise KeyError(request.args["wrong"])
    return jsonify(seen=g.get("seen", "no"))
"""
STAYS = {
    "an attribute": (
        "def answer(self, error):\n        return {}, self.status",
        "app.register_error_handler(KeyError, own.answer)",
    ),
    "a base": (
        "def answer(self, error):\n        super().log()\n        return {}, 400",
        "app.register_error_handler(KeyError, own.answer)",
    ),
    "its class": (
        "def answer(self, error):\n        return {}, __class__.status",
        "app.register_error_handler(KeyError, own.answer)",
    ),
    "a class method": (
        "@classmethod\n    def answer(cls, error):\n        return {}, 400",
        "app.register_error_handler(KeyError, own.answer)",
    ),
    "a method without its object": (
        "def answer(error):\n        return {}, 400",
        "app.register_error_handler(KeyError, Own.answer)",
    ),
}


@pytest.mark.parametrize("name", STAYS)
def test_what_more_than_a_function_does_stays(pair, name: str):
    methods, registered = STAYS[name]
    both = pair(HEAD.replace("{methods}", methods).replace("{registered}", registered))
    assert both.runtimes()["index"] == "flask"


def test_methods_that_are_functions(pair):
    methods = """def answer(self, error):
        "What is missing."
        return {"missing": str(error), "path": request.path}, 404

    def see(self):
        if request.args.get("stop"):
            return jsonify(stopped=True), 403
        g.seen = request.args.get("seen", "?")

    def add(self, response):
        response.headers["X-After"] = "own"
        return response"""
    registered = (
        "app.register_error_handler(KeyError, own.answer)\napp.before_request(own.see)\napp.after_request(own.add)"
    )
    both = pair(HEAD.replace("{methods}", methods).replace("{registered}", registered))
    assert both.runtimes()["index"] == "native", both.findings("index")
    for path in ("/", "/?seen=1", "/?wrong=x", "/?stop=1"):
        both.same("GET", path)
