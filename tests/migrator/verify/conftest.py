"""A small legacy application with a suite of its own, and a FastAPI side for it, written by hand, in a folder."""

import json
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner, Result

from migrator.cli.verify import command
from migrator.files import digest_of
from migrator.invocation import Invocation
from migrator.manifest.model import BlueprintEntry, Manifest, OutputEntry, RouteEntry, SourceEntry
from migrator.manifest.store import dump, load
from migrator.runtime import runtime_modules

LEGACY = {
    "shop/__init__.py": "",
    "shop/store.py": """
        ITEMS = []
        """,
    "shop/payments.py": """
        def charge(amount):
            raise RuntimeError("a real payment")
        """,
    "shop/views.py": """
        import datetime
        import uuid

        from flask import Blueprint, Response, current_app, g, jsonify, request, session

        from shop.payments import charge
        from shop.store import ITEMS

        bp = Blueprint("shop", __name__)


        def notify(name):
            raise RuntimeError("a real mail")


        @bp.get("/items")
        def items():
            return jsonify(items=ITEMS, currency=current_app.config["CURRENCY"])


        @bp.post("/items")
        def create():
            item = {"name": request.get_json()["name"], "id": str(uuid.uuid4())}
            item["at"] = datetime.datetime.now().isoformat()
            ITEMS.append(item)
            return jsonify(item), 201, {"Location": f"/items/{item['id']}"}


        @bp.get("/page")
        def page():
            token = uuid.uuid4().hex
            now = datetime.datetime.now()
            return f'<form><input value="{token}"></form><p>{len(ITEMS)} items at {now:%H:%M:%S.%f}</p>'


        @bp.post("/pay")
        def pay():
            return jsonify(receipt=charge(request.get_json()["amount"]))


        @bp.post("/mail")
        def mail():
            return jsonify(sent=notify("somebody"))


        @bp.get("/boom")
        def boom():
            return str(1 // 0)


        @bp.get("/stream")
        def stream():
            return Response((f"{n}\\n" for n in range(3)), mimetype="text/csv")


        @bp.post("/login")
        def login():
            session["user"] = "ada"
            g.user = "ada"
            return jsonify(ok=True)


        @bp.get("/who")
        def who():
            g.user = session.get("user")
            return jsonify(user=g.user)
        """,
    "shop/wsgi.py": """
        from flask import Flask

        from shop.store import ITEMS
        from shop.views import bp


        def create_app():
            ITEMS.clear()
            app = Flask("shop")
            app.config.update(SECRET_KEY="secret", CURRENCY="EUR")
            app.register_blueprint(bp)
            return app
        """,
    "tests/conftest.py": """
        import pytest

        from shop.wsgi import create_app


        @pytest.fixture
        def app():
            app = create_app()
            app.config["TESTING"] = True
            return app


        @pytest.fixture
        def client(app):
            return app.test_client()
        """,
    "tests/test_items.py": """
        def test_create(client):
            answer = client.post("/items", json={"name": "tea"})
            assert answer.status_code == 201
            assert answer.headers["Location"].startswith("/items/")
            assert client.get("/items").get_json()["items"][0]["name"] == "tea"


        def test_page(client):
            assert b"0 items" in client.get("/page").data


        def test_stream(client):
            assert client.get("/stream").data == b"0\\n1\\n2\\n"
        """,
}

ROUTER = """
import datetime
import uuid

from fastapi import APIRouter, Body, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse

from shop.store import ITEMS

from ..payments import charge

router = APIRouter()


def _send(name):
    raise RuntimeError("a real mail")


@router.get("/items", name="shop.items")
def items(request: Request):
    return {"items": ITEMS, "currency": request.app.state.flask_app.config["CURRENCY"]}


@router.post("/items", name="shop.create")
def create(body: dict = Body()):
    item = {"name": body["name"], "id": str(uuid.uuid4())}
    item["at"] = datetime.datetime.now().isoformat()
    ITEMS.append(item)
    return JSONResponse(item, 201, {"Location": f"/items/{item['id']}"})


@router.get("/page", name="shop.page")
def page():
    token = uuid.uuid4().hex
    text = f'<form><input value="{token}"></form><p>{len(ITEMS)} items at {datetime.datetime.now():%H:%M:%S.%f}</p>'
    return HTMLResponse(text)


@router.post("/pay", name="shop.pay")
def pay(body: dict = Body()):
    return {"receipt": charge(body["amount"])}


@router.post("/mail", name="shop.mail")
def mail():
    return {"sent": _send("somebody")}


@router.get("/boom", name="shop.boom")
def boom():
    return str(1 // 0)


@router.get("/stream", name="shop.stream")
def stream():
    return StreamingResponse((f"{n}\\n" for n in range(3)), media_type="text/csv")


@router.get("/who", name="shop.who")
def who(request: Request):
    return {"user": None}
"""

TARGET = {
    "fastapi_app/__init__.py": "",
    "fastapi_app/payments.py": """
        def charge(amount):
            raise RuntimeError("a real payment")
        """,
    "fastapi_app/routers/__init__.py": "",
    "fastapi_app/main.py": """
        from fastapi import FastAPI

        from .routers.shop import router


        def create_app(flask_app=None):
            app = FastAPI()
            app.state.flask_app = flask_app
            app.include_router(router)
            return app


        app = create_app()
        """,
    "fastapi_app/gateway/__init__.py": """
        from pathlib import Path

        from ..main import create_app
        from .dispatch import Gateway


        def create_gateway(flask_app):
            return Gateway(flask_app, create_app(flask_app), package=Path(__file__).parent.parent)
        """,
    "fastapi_app/asgi.py": """
        raise AssertionError("verification makes no application of its own")
        """,
}

ROUTES = {
    "items": "GET /items",
    "create": "POST /items",
    "page": "GET /page",
    "pay": "POST /pay",
    "mail": "POST /mail",
    "boom": "GET /boom",
    "stream": "GET /stream",
    "who": "GET /who",
}


@dataclass
class Shop:
    """The project. `verify` runs the command in it."""

    root: Path

    def write(self, file: str, text: str) -> None:
        """Write a file, dedented."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), "utf-8")

    def convert(self, router: str = ROUTER, state: str = "converted") -> None:
        """Write the FastAPI side with this router, and the manifest that says so."""
        self.write("fastapi_app/routers/shop.py", router)
        output = "fastapi_app/routers/shop.py"
        digest = digest_of((self.root / output).read_bytes())
        routes = {
            key: RouteEntry(
                endpoint=f"shop.{name}",
                rule=key.split()[1],
                method=key.split()[0],
                state=state,
                runtime="native",
                source=SourceEntry(file="shop/views.py", line=1, digest="sha256:0"),
                output=OutputEntry(file=output, digest=digest),
            )
            for name, key in ROUTES.items()
        }
        routes["POST /login"] = RouteEntry(endpoint="shop.login", rule="/login", method="POST")
        manifest = Manifest(
            app="shop.wsgi:create_app()", target="fastapi_app", blueprints={"shop": BlueprintEntry(routes=routes)}
        )
        (self.root / "migration.json").write_bytes(dump(manifest))

    def verify(self, *arguments: str) -> Result:
        """Run `migrate verify`."""
        return CliRunner().invoke(command, list(arguments), obj=Invocation(self.root, quiet=True))

    def report(self, *arguments: str, code: int) -> dict:
        """Run `migrate verify --format json`; its document."""
        result = self.verify(*arguments, "--format", "json")
        assert result.exit_code == code, result.output + str(result.exception or "")
        return json.loads(result.stdout)

    def route(self, key: str) -> RouteEntry:
        """A route as the manifest has it now."""
        return next(route for _, name, route in load(self.root).routes() if name == key)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The project, converted faithfully. Its suite runs without the plugins that happen to be installed here."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    project = Shop(tmp_path / "project")
    for file, text in {**LEGACY, **TARGET}.items():
        project.write(file, text)
    for name, text in runtime_modules().items():
        project.write(f"fastapi_app/{name}", text)
    project.convert()
    return project
