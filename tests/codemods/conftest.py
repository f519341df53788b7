"""Applications of a few lines, inventoried by the real script, converted, written and imported beside the original."""

import importlib
import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from flask import Flask

import migrator.inside
from codemods.carry import Carrier
from codemods.pipeline import Conversion, convert
from codemods.scan.scan import scan
from codemods.styles import Styles
from codemods.view.source import Sources

NUMBERS = itertools.count()
SHOP = Path(__file__).parents[2] / "examples" / "shop"
COMPARED = (
    "content-type", "location", "allow", "cache-control", "etag", "last-modified", "content-disposition",
    "content-range", "content-length", "vary", "x-after",
)  # fmt: skip

Answer = tuple[int, bytes, dict[str, str | None]]


@dataclass(frozen=True)
class Pair:
    """An application and what it was converted to."""

    conversion: Conversion
    flask: Flask
    make: Callable[..., FastAPI]

    def runtimes(self) -> dict[str, str]:
        """What serves each endpoint, but for the application's static files."""
        return {name: one.runtime for name, one in self.conversion.outcomes.items() if name != "static"}

    def findings(self, endpoint: str) -> list[str]:
        """What was found of an endpoint, as `FM712 detail`."""
        return [f"{one.code} {one.detail}" for one in self.conversion.outcomes[endpoint].findings]

    def stays(self, endpoint: str, code: str) -> None:
        """Whether an endpoint is left to Flask, and this finding is the first that says why."""
        assert self.runtimes()[endpoint] == "flask"
        assert self.findings(endpoint)[0].startswith(code)

    def text(self, path: str) -> str:
        """A generated file."""
        return self.conversion.files[path]

    @contextmanager
    def clients(self) -> Iterator[tuple[Any, TestClient]]:
        """A client of Flask's and one of the FastAPI application."""
        with TestClient(
            self.make(), base_url="http://localhost", raise_server_exceptions=False, follow_redirects=False
        ) as client:
            yield self.flask.test_client(), client

    def answers(self, method: str, path: str, **request: Any) -> tuple[Answer, Answer]:
        """Both sides' answers to a request: status, body and the headers that carry meaning."""
        with self.clients() as (flask, fastapi):
            return asked(flask, fastapi, method, path, request)

    @contextmanager
    def served(self) -> Iterator[Callable[..., Answer]]:
        """`same`, for many requests to one FastAPI application; no cookies are kept between them."""
        with self.clients() as (_, fastapi):

            def same(method: str, path: str, **request: Any) -> Answer:
                fastapi.cookies.clear()
                theirs, mine = asked(self.flask.test_client(), fastapi, method, path, request)
                assert mine == theirs, (method, path)
                return mine

            yield same

    def alone(self, method: str, path: str, **request: Any) -> Answer:
        """The answer of the FastAPI application by itself, without a Flask application beside it."""
        with TestClient(
            self.make(None), base_url="http://localhost", raise_server_exceptions=False, follow_redirects=False
        ) as client:
            client.headers.clear()
            mine = client.request(method, path, **for_httpx(request))
            return mine.status_code, mine.content, compared(mine.headers)

    def same(self, method: str, path: str, **request: Any) -> Answer:
        """The answer of both sides, which must be one."""
        theirs, mine = self.answers(method, path, **request)
        assert mine == theirs, (method, path)
        return mine


def asked(flask: Any, fastapi: TestClient, method: str, path: str, request: Mapping[str, Any]) -> tuple[Answer, Answer]:
    """Both sides' answers to a request."""
    theirs = flask.open(path, method=method, **request)
    fastapi.headers.clear()
    mine = fastapi.request(method, path, **for_httpx(request))
    return (
        (theirs.status_code, theirs.get_data(), compared(theirs.headers)),
        (mine.status_code, mine.content, compared(mine.headers)),
    )


def compared(headers: Any) -> dict[str, str | None]:
    """The headers that carry meaning; Flask lists the methods of `Allow` in no order."""
    found = {name: headers.get(name) for name in COMPARED}
    return found | {"allow": ", ".join(sorted((found["allow"] or "").split(", "))) or None}


def for_httpx(request: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of Flask's client as those of FastAPI's."""
    sent = dict(request)
    if "query_string" in sent:
        sent["params"] = sent.pop("query_string")
    if isinstance(sent.get("data"), str | bytes):
        sent["content"] = sent.pop("data")
    return sent


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Pair]:
    """Convert the source of a module with an `app`, beside other files by path."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(
        source: str,
        files: Mapping[str, str] | None = None,
        adopted: Collection[str] = (),
        styles: Styles | None = None,
    ) -> Pair:
        number = next(NUMBERS)
        name, target = f"source_{number}", f"result_{number}"
        write(tmp_path, {f"{name}.py": source, **(files or {})})
        conversion = convert_in(tmp_path, name, target, adopted, styles)
        write(tmp_path, {f"{target}/{path}": text for path, text in conversion.files.items()})
        app = importlib.import_module(name).app
        return Pair(conversion, app, lambda beside=app: importlib.import_module(f"{target}.main").create_app(beside))

    return make


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def convert_in(
    folder: Path, name: str, target: str, adopted: Collection[str] = (), styles: Styles | None = None
) -> Conversion:
    """Scan and convert what is in a folder, all endpoints."""
    out = folder / "inventory.json"
    script = Path(migrator.inside.__file__).with_name("inventory.py")
    command = [sys.executable, str(script), "--app", f"{name}:app", "--root", ".", "--out", str(out)]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    live: Any = json.loads(out.read_text())
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.py")}
    sources = {path: file.read_bytes() for path, file in paths.items() if not path.startswith("result_")}
    project = scan(sources, f"{name}:app", live)
    names = [one.name for one in project.endpoints]
    return convert(project, sources, names, target, adopted, styles=styles or Styles())


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Conversion, frozenset[str]]:
    """The example shop converted as a whole: its folder, the conversion, and what Flask calls of it."""
    root = tmp_path_factory.mktemp("shop")
    shutil.copytree(SHOP, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "instance", ".*"))
    script = Path(migrator.inside.__file__).with_name("inventory.py")
    out = root / "inventory.json"
    command = [sys.executable, str(script), "--app", "wsgi:app", "--root", ".", "--out", str(out)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    sources = {
        str(path.relative_to(root)): path.read_bytes()
        for path in [root / "wsgi.py", *root.glob("shop/**/*.py")]
    }  # fmt: skip
    project = scan(sources, "wsgi:app", json.loads(out.read_text()))
    conversion = convert(project, sources, [one.name for one in project.endpoints], "fastapi_app")
    for path, text in conversion.files.items():
        (root / "fastapi_app" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "fastapi_app" / path).write_text(text)
    return root, conversion, Carrier(project, Sources(sources)).called_by_flask
