"""Small applications written to disk, scanned, and asked live by the real inventory script."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import migrator.inside
from codemods.model import Project
from codemods.scan.scan import scan

INVENTORY = Path(migrator.inside.__file__).parent / "inventory.py"
Files = Mapping[str, str]


def encoded(files: Files) -> dict[str, bytes]:
    return {name: dedent(text).encode() for name, text in files.items()}


@pytest.fixture
def scan_files() -> Callable[..., Project]:
    """Scan files by their source alone."""

    def run(files: Files | str, app: str = "app:app") -> Project:
        return scan(encoded({"app.py": files} if isinstance(files, str) else files), app)

    return run


@pytest.fixture
def inventory_of(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Write files and let the application's interpreter say what it has."""

    def run(files: Files | str, app: str = "app:app") -> dict[str, Any]:
        root = tmp_path / "project"
        for name, content in encoded({"app.py": files} if isinstance(files, str) else files).items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        out = tmp_path / "inventory.json"
        command = [sys.executable, str(INVENTORY), "--app", app, "--root", str(root), "--out", str(out)]
        finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert out.exists(), finished.stderr
        document: dict[str, Any] = json.loads(out.read_text())
        return document

    return run


@pytest.fixture
def both(inventory_of: Callable[..., dict[str, Any]]) -> Callable[..., tuple[Project, Project]]:
    """The project by its source alone, and joined with the live application."""

    def run(files: Files | str, app: str = "app:app") -> tuple[Project, Project]:
        document = inventory_of(files, app)
        assert "error" not in document, document["error"]["traceback"]
        sources = encoded({"app.py": files} if isinstance(files, str) else files)
        return scan(sources, app), scan(sources, app, document)

    return run


@pytest.fixture
def agreed(both: Callable[..., tuple[Project, Project]]) -> Callable[..., Project]:
    """The joined project, after checking that the source alone says the same of its routes, hooks and handlers."""

    def run(files: Files | str, app: str = "app:app") -> Project:
        static, live = both(files, app)
        assert facts(static) == facts(live)
        assert [str(finding) for endpoint in live.endpoints for finding in endpoint.findings] == []
        return live

    return run


def facts(project: Project) -> dict[str, Any]:
    """What both sides must agree on."""
    routes = {
        (
            endpoint.name, endpoint.blueprint, rule.rule, rule.methods, rule.defaults, rule.strict_slashes,
            rule.merge_slashes, rule.alias, rule.subdomain,
        )
        for endpoint in project.endpoints
        for rule in endpoint.rules
    }  # fmt: skip
    views = {
        endpoint.name: (endpoint.view.kind, endpoint.view.function, [d.qualified for d in endpoint.view.decorators])
        for endpoint in project.endpoints
        if endpoint.view.kind != "static"
    }
    automatic = {
        (rule.rule, rule.methods): (rule.automatic_options, rule.head, [(v.name, v.converter) for v in rule.variables])
        for endpoint in project.endpoints
        for rule in endpoint.rules
    }
    return {
        "routes": routes,
        "views": views,
        "automatic": automatic,
        "blueprints": {(row.name, row.url_prefix, row.variable) for row in project.blueprints},
        "hooks": {(row.kind, row.blueprint, row.function, row.order) for row in project.hooks},
        "handlers": {(row.blueprint, row.code, row.exception, row.function) for row in project.error_handlers},
    }
