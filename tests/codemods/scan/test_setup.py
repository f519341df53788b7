"""What is done in a context of the application while that is made is told of."""

import pytest

from codemods.scan.scan import scan

FACTORY = (
    "from flask import Flask\ndef create_app():\n    app = Flask(__name__)\n{}    return app\napp = create_app()\n"
)
WITH = "    with app.app_context():\n        {}\n"


@pytest.mark.parametrize(
    "done",
    ["from . import views", "app.register_blueprint(views)", "known = current_app.config['A']"],
)
def test_what_is_nothing_else(done):
    project = scan({"app.py": FACTORY.format(WITH.format(done)).encode()}, "app:app")
    assert "FM008" not in [one.code for one in project.findings]


@pytest.mark.parametrize("done", ["db.create_all()", "if True:\n            seed(1)"])
def test_what_is_done(done):
    project = scan({"app.py": FACTORY.format(WITH.format(done)).encode()}, "app:app")
    [found] = [one for one in project.findings if one.code == "FM008"]
    assert (found.location.line, found.detail) == (4, "'db.create_all()'" if "db" in done else "'seed(1)'")


def test_what_a_module_does():
    source = (
        "from flask import Flask\napp = Flask(__name__)\nif app.debug:\n    with app.app_context():\n        seed()\n"
    )
    source += "if __name__ == '__main__':\n    with app.app_context():\n        seed()\n"
    other = "def test(app):\n    with app.app_context():\n        seed()\n"
    project = scan({"app.py": source.encode(), "other.py": other.encode()}, "app:app")
    assert [one.location.line for one in project.findings if one.code == "FM008"] == [4]
