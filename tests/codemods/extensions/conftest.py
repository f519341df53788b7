"""Applications of a few lines, inventoried by the real script, converted, written and imported beside the original."""

import importlib
import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from flask import Flask

import migrator.inside
from codemods.pipeline import Conversion, convert
from codemods.scan.scan import scan

NUMBERS = itertools.count()


@dataclass(frozen=True)
class Converted:
    """An application, what became of it, and how to make the FastAPI application for it."""

    conversion: Conversion
    flask: Flask
    make: Callable[[], FastAPI]

    def runtimes(self) -> dict[str, str]:
        """What serves each endpoint."""
        return {name: one.runtime for name, one in self.conversion.outcomes.items() if name != "static"}

    def findings(self, endpoint: str) -> list[str]:
        """What was found of an endpoint, as `FM712 detail`."""
        return [f"{one.code} {one.detail}" for one in self.conversion.outcomes[endpoint].findings]


@pytest.fixture
def converted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Converted]:
    """Convert the source of a module with an `app`, or of several modules by name."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(source: str | Mapping[str, str]) -> Converted:
        number = next(NUMBERS)
        name, target = f"tokens_legacy_{number}", f"tokens_target_{number}"
        modules = {name: source} if isinstance(source, str) else source
        if not isinstance(source, str):
            name = next(iter(modules))
        for module, text in modules.items():
            (tmp_path / f"{module}.py").write_text(text)
        conversion = convert_in(tmp_path, name, target)
        for path, text in conversion.files.items():
            file = tmp_path / target / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        app = importlib.import_module(name).app
        return Converted(conversion, app, lambda: importlib.import_module(f"{target}.main").create_app(app))

    return make


def convert_in(folder: Path, name: str, target: str) -> Conversion:
    """Scan and convert what is in a folder, all endpoints."""
    out = folder / "inventory.json"
    script = Path(migrator.inside.__file__).with_name("inventory.py")
    command = [sys.executable, str(script), "--app", f"{name}:app", "--root", ".", "--out", str(out)]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    live: Any = json.loads(out.read_text())
    sources = {path.name: path.read_bytes() for path in folder.glob("*.py")}
    project = scan(sources, f"{name}:app", live)
    return convert(project, sources, [one.name for one in project.endpoints], target)
