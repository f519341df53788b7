"""Extensions that give templates an object: it is there for converted pages, too."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codemods.extensions.template_objects import in_templates
from codemods.model import Application, Callee, Hook, Project
from codemods.view.source import Sources

EXTENSION = """
from flask import current_app
from markupsafe import Markup

class moment:
    def __init__(self, text):
        self.text = text

    def shown(self):
        return Markup(f"<time>{current_app.config['NAME']} {self.text}</time>")

class Moment:
    def init_app(self, app):
        app.extensions["moment"] = moment
        app.context_processor(self.context_processor)

    @staticmethod
    def context_processor():
        return {"moment": current_app.extensions["moment"]}
"""
APP = """
from flask import Flask, render_template_string
from flask_moment import Moment
app = Flask(__name__)
app.config["NAME"] = "<shop>"
Moment().init_app(app)

@app.get("/")
def index():
    return render_template_string("{{ moment('now').shown() }}")

@app.get("/plain")
def plain():
    return "plain"
"""


@pytest.fixture
def installed(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of the extension's name, beside the application's own modules."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "flask_moment.py").write_text(EXTENSION)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=":")
    monkeypatch.delitem(sys.modules, "flask_moment", raising=False)


@pytest.mark.usefixtures("installed")
def test_the_object_is_in_converted_pages(pair: Callable[..., Any]) -> None:
    both = pair(APP)
    assert both.runtimes() == {"index": "bridged", "plain": "native"}
    status, body, _ = both.same("GET", "/")
    assert (status, body) == (200, b"<time><shop> now</time>")
    both.same("GET", "/plain")


@pytest.mark.parametrize(("name", "old"), [("moment", "0.5.1"), ("pagedown", "0.2.2")])
def test_versions_that_are_not_known(name: str, old: str) -> None:
    hook = Hook(
        "context_processor",
        "",
        Callee(f"flask_{name}.{'Moment' if name == 'moment' else 'PageDown'}.context_processor"),
        0,
    )
    project = Project(Application("app:app", versions={f"flask-{name}": old}), {})
    assert "FM789" in str(in_templates(project, Sources({}), hook))
