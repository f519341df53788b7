"""Which file is which module, and files that cannot be read."""

import pytest

from codemods.findings import Finding, Location
from codemods.scan.files import module_files, parse
from codemods.scan.scan import scan

APP = b"from flask import Flask\napp = Flask(__name__, static_folder=None)\n"


@pytest.mark.parametrize(
    ("files", "app", "expected"),
    [
        (
            ["shop/__init__.py", "shop/wsgi.py"],
            "shop.wsgi:app",
            {"shop": "shop/__init__.py", "shop.wsgi": "shop/wsgi.py"},
        ),
        (
            ["src/shop/__init__.py", "tests/test_x.py"],
            "shop",
            {"shop": "src/shop/__init__.py", "tests.test_x": "tests/test_x.py"},
        ),
        (
            ["backend/shop/wsgi.py", "backend/manage.py"],
            "shop.wsgi",
            {"shop.wsgi": "backend/shop/wsgi.py", "manage": "backend/manage.py"},
        ),
        (["src/__init__.py", "src/app.py"], "src.app", {"src": "src/__init__.py", "src.app": "src/app.py"}),
    ],
)
def test_module_names(files, app, expected):
    found = module_files(dict.fromkeys(files, b""), app, {})
    assert {name: file.file for name, file in found.items()} == expected


def test_roots_from_pyproject_and_from_what_is_loaded():
    sources = {
        "pyproject.toml": b'[tool.setuptools.packages.find]\nwhere = ["lib"]\n',
        "lib/shop/a.py": b"",
        "py/b.py": b"",
    }
    found = module_files(sources, "app", {"b": "py/b.py"})
    assert {name: file.file for name, file in found.items()} == {"shop.a": "lib/shop/a.py", "b": "py/b.py"}


def test_broken_pyproject_is_no_obstacle():
    assert "a" in module_files({"pyproject.toml": b"[[[", "a.py": b""}, "a", {})


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        (b"x = 1\ndef f(:\n", "FM001", 2),
        (b"x = 1\0\n", "FM001", 1),
        (b"# coding: no-such-code\n", "FM002", 1),
        (b"x = '\xff'\n", "FM002", 1),
    ],
)
def test_a_file_that_cannot_be_read_is_a_finding_and_the_rest_goes_on(source, code, line):
    project = scan({"app.py": APP + b"import broken\n@app.get('/x')\ndef x(): ...\n", "broken.py": source}, "app:app")
    found = [finding for finding in project.findings if finding.code in ("FM001", "FM002")]
    assert [finding.code for finding in found] == [code]
    assert found[0].location is not None
    assert found[0].location.file == "broken.py"
    assert found[0].location.line in (line, 0, 1)
    assert [row.name for row in project.endpoints] == ["x"]


@pytest.mark.parametrize(
    "source", [b"\xef\xbb\xbfx = '\xc3\xa9'\n", b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", b"x = 1\r\ny = 2\r\n"]
)
def test_encodings_that_python_reads(source):
    assert not isinstance(parse("a.py", source), Finding)


def test_a_module_that_nothing_imports_is_left_out():
    project = scan({"app.py": APP, "scripts/other.py": APP}, "app:app")
    assert set(project.modules) == {"app"}


def test_imported_by_a_computed_name():
    project = scan(
        {
            "app.py": APP + b"import importlib\nfor name in ('a',):\n    importlib.import_module('views.' + name)\n",
            "views/a.py": b"from flask import Blueprint\nfrom app import app\n@app.get('/a')\ndef a(): ...\n",
            "other.py": b"x = 1\n",
        },
        "app:app",
    )
    assert set(project.modules) == {"app", "views.a"}
    assert [row.name for row in project.endpoints] == ["a"]


def test_no_application():
    project = scan({"app.py": b"x = 1\n"}, "app:app")
    assert [finding.code for finding in project.findings] == ["FM003"]
    assert project.endpoints == ()


def test_nothing_at_all():
    assert [finding.code for finding in scan({}, "app:app").findings] == ["FM003"]


def test_an_unknown_module_is_looked_for_in_all_that_speaks_of_flask():
    project = scan({"web/main.py": APP + b"@app.get('/x')\ndef x(): ...\n"}, "nowhere:app")
    assert [(row.name, row.view.function.location) for row in project.endpoints] == [("x", Location("web/main.py", 4))]
