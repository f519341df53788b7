"""Applications that the sources show."""

import pytest

from migrator.candidates import application_candidates


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("app.py", "from flask import Flask\napp = Flask(__name__)", ["app:app"]),
        ("shop/wsgi.py", "import flask\nserver = flask.Flask('x')", ["shop.wsgi:server"]),
        ("shop/__init__.py", "from flask import Flask\ndef make():\n    return Flask(__name__)", ["shop:make()"]),
        ("src/shop/__init__.py", "from flask import Flask\ndef make():\n    return Flask(__name__)", ["shop:make()"]),
        ("tests/test_x.py", "from flask import Flask\napp = Flask(__name__)", []),
        ("conftest.py", "from flask import Flask\napp = Flask(__name__)", []),
        ("views.py", "from flask import Blueprint\nbp = Blueprint('x', __name__)", []),
        ("broken.py", "from flask import Flask\napp = Flask(", []),
    ],
)
def test_candidates(tmp_path, path, text, found):
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text)
    assert application_candidates(tmp_path) == found
