"""Modules are read when something leads to them, and nothing that matters is overlooked."""

import pytest

from codemods.model import Project
from codemods.scan import reading
from codemods.scan.imported import imported_names
from codemods.scan.link import late_findings
from codemods.scan.scan import scan

APP = "from flask import Flask\napp = Flask(__name__)\n"


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import a.b, c as d\n", {"a.b", "c"}),
        ("from a import b as c, d\n", {"a.b", "a.d"}),
        ("from a import (  # (really)\n    b,\n    c as d,  # last\n)\n", {"a.b", "a.c"}),
        ("from a import b, \\\n    c\n", {"a.b", "a.c"}),
        ("from .near import x\nfrom . import y\nfrom ..far import z\n", {"p.q.near.x", "p.q.y", "p.far.z"}),
        ("from a import *\n", {"a.*"}),
        ("def f():\n    from a import b\n    if b: import c; import d\n", {"a.b", "c", "d"}),
        ("try: import a\nexcept ImportError: pass\n", {"a"}),
        ("# import a\ntext = 'we import b'\n", set()),
    ],
)
def test_imports_are_read_from_the_bytes(source, names):
    assert set(imported_names(source.encode(), "p.q.m", is_package=False)) == names


def test_a_package_imports_relative_to_itself():
    assert set(imported_names(b"from . import x\nfrom .. import y", "p.q", is_package=True)) == {"p.q.x", "p.y"}


def rules(project: Project) -> set[str]:
    return {rule.rule for endpoint in project.endpoints for rule in endpoint.rules}


@pytest.mark.parametrize(
    "files",
    [
        {  # handed on by a function that has no word of Flask
            "app.py": f"{APP}from setup import install\ninstall(app)\n",
            "setup.py": "from views import init\n\ndef install(target):\n    init(target)\n",
            "views.py": "def init(app):\n    @app.route('/x')\n    def x(): ...\n",
        },
        {  # a class of applications that another module instantiates
            "base.py": "from flask import Flask\n\nclass Shop(Flask):\n    pass\n",
            "app.py": "from base import Shop\napp = Shop(__name__)\nimport views\n",
            "views.py": "from app import app\n\n@app.get('/x')\ndef x(): ...\n",
        },
        {  # under another name, through a package that only re-exports it
            "app.py": f"{APP}from parts import store\nimport extra\napp.register_blueprint(store)\n",
            "parts/__init__.py": "from .shop import bp as store\n",
            "parts/shop.py": "from flask import Blueprint\nbp = Blueprint('shop', __name__)\n",
            "extra.py": "from parts import store\nagain = store\n\n@again.post('/x')\ndef x(): ...\n",
        },
        {  # by its module
            "app.py": f"{APP}import objects\nimport views\napp.register_blueprint(objects.bp)\n",
            "objects.py": "import flask\nbp = flask.Blueprint('shop', __name__)\n",
            "views.py": "import objects as o\nshort = o.bp\n\n@short.route('/x')\ndef x(): ...\n",
        },
    ],
)
def test_routes_are_found_whatever_module_leads_to_them(scan_files, files):
    assert "/x" in rules(scan_files(files))


def test_what_no_route_leads_to_is_not_parsed(scan_files, monkeypatch):
    parsed: list[str] = []
    real = reading.parse
    monkeypatch.setattr(reading, "parse", lambda file, source: parsed.append(file) or real(file, source))
    project = scan_files({"app.py": f"{APP}import helpers\n", "helpers.py": "import far\n", "far.py": "x = [1]\n"})
    assert parsed == ["app.py"]
    assert set(project.modules) == {"app", "helpers", "far"}
    assert project.modules["far"].definitions["x"].kind == "state"
    assert parsed == ["app.py", "far.py"]


def test_a_broken_module_far_from_the_routes_is_reported_when_it_is_read(scan_files):
    project = scan_files({"app.py": f"{APP}import helpers\n", "helpers.py": "import far\n", "far.py": "def f(:\n"})
    assert late_findings(project) == ()
    assert project.modules["far"].dynamic_imports
    assert [(finding.code, str(finding.location)) for finding in late_findings(project)] == [("FM001", "far.py:1")]


def test_a_broken_module_near_the_routes_is_no_module(scan_files):
    project = scan({"app.py": f"{APP}import near\n".encode(), "near.py": b"def f(:\n"}, "app:app")
    assert [finding.code for finding in project.findings if finding.code == "FM001"] == ["FM001"]
    assert set(project.modules) == {"app"}
