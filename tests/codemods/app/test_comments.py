"""Comments and the spelling of constants arrive in the target, beside what they speak of."""

from collections.abc import Callable
from typing import Any

import pytest

Pairs = Callable[..., Any]

SOURCE = r'''
import logging
import re
from functools import wraps
from flask import Flask, abort, jsonify, request
from flask.views import MethodView

app = Flask(__name__)

# How many items a page has.
PAGE = 20  # never more than 50
HERE = 1; THERE = 2  # two of them
LOG = logging.getLogger(__name__)  # ours

# Words that are hidden,
# whatever their case.
HIDDEN = [
    "secret",  # of course
    # and this
    'it\'s',
]
HIDDEN.append("more")  # later
QUERY = """
    SELECT 1
# not a comment"""
NUMBERS = {"million": 1_000_000, "hex": 0xFF}
PATTERN: object = re.compile(r"\d+")  # noqa: E501


# noqa: D103
# Whether a word may be shown.
def shown(word):
    return word not in HIDDEN  # no secrets


# Who are you?
def signed_in(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if "X-User" not in request.headers:
            abort(401)
        return view(*args, **kwargs)
    return wrapper


# A thing.
class Thing:
    name = "x"  # default


# The list.
@app.get("/items")
@signed_in
def items():
    """All items."""
    # first the page
    page = request.args.get("page", 1, type=int)  # lenient
    NUMBERS["asked"] = page
    LOG.info("asked")
    return jsonify([PAGE, HERE, THERE, QUERY, shown("secret"), NUMBERS, Thing.name, PATTERN.pattern])


class Things(MethodView):
    # Reads.
    def get(self):
        return "things"


app.add_url_rule("/things", view_func=Things.as_view("things"))


# Always.
@app.after_request
def plain(response):
    response.headers["X-After"] = "1"
    return response


# Nothing here.
@app.errorhandler(404)
def gone(error):
    return "gone", 404
'''

KEPT = {
    "": [
        "# How many items a page has.\nPAGE = 20  # never more than 50\n",
        "HERE = 1\n",
        "THERE = 2\n",
        "LOG = logging.getLogger('source_",
        'QUERY = """\n    SELECT 1\n# not a comment"""\n',
        "# Whether a word may be shown.\ndef shown(word: Any) -> Any:\n",
        "# A thing.\nclass Thing:\n",
        'PATTERN: object = re.compile(r"\\d+")\n',
    ],
    "state.py": [
        "# Words that are hidden,\n# whatever their case.\n"
        "HIDDEN: list[Any] = [\n    \"secret\",  # of course\n    # and this\n    'it\\'s',\n]\n"
        'HIDDEN.append("more")  # later\n',
        'NUMBERS: dict[Any, Any] = {"million": 1_000_000, "hex": 0xFF}\n',
    ],
    "routers/root.py": [
        '# The list.\n@router.get("/items"',
        "# first the page\n# lenient\npage: Annotated[int",
        '# Reads.\n@router.get("/things"',
    ],
    "dependencies.py": ["# Who are you?\ndef signed_in("],
    "hooks.py": ["# Always.\ndef plain("],
    "errors.py": ["# Nothing here.\ndef gone("],
}


@pytest.fixture
def commented(pair: Pairs) -> Any:
    return pair(SOURCE)


def text(commented: Any, file: str) -> str:
    """A generated file; what is carried stands in a module of the application's own name."""
    return str(commented.text(file or f"{commented.flask.import_name}.py"))


def test_comments_and_literals_arrive_as_the_source_spells_them(commented: Any) -> None:
    assert set(commented.runtimes().values()) == {"native"}
    for file, texts in KEPT.items():
        for one in texts:
            assert one in text(commented, file), (file, one)


def test_nothing_arrives_that_speaks_to_tools_about_the_old_code_or_is_no_comment(commented: Any) -> None:
    everything = "".join(text(commented, file) for file in KEPT)
    assert "E501" not in everything
    assert "D103" not in everything
    assert "\n# not a comment" in text(commented, "")
    assert everything.count("# not a comment") == 1


def test_the_answers_are_the_same_with_comments_among_the_parameters(commented: Any) -> None:
    for headers in ({}, {"X-User": "ann"}):
        commented.same("GET", "/items?page=2", headers=headers)
    commented.same("GET", "/things")
    commented.same("GET", "/nothing")


def test_values_that_share_a_line_are_told_apart(pair: Pairs) -> None:
    both = pair(
        "from flask import Flask, jsonify\n\napp = Flask(__name__)\nstores, items = {}, {}  # both\n\n\n"
        '@app.get("/<name>")\ndef add(name):\n    stores[name] = len(items)\n    return jsonify(stores)\n'
    )
    assert both.runtimes() == {"add": "native"}
    assert both.same("GET", "/a")[0] == 200
    assert "stores: dict[Any, Any] = {}\n" in both.text("state.py")
