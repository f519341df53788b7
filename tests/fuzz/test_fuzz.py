"""Random applications of the supported idioms answer alike on Flask and converted, promoted whole and by half.

`FUZZ_APPLICATIONS` says how many are tried (`make fuzz`: 2,000, drawn anew each time); by default always the same 100.
"""

import os
import sys
from collections import Counter
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings

from .both_sides import INSIDE, TARGET, converted, replay
from .grammar import Application, applications

ASKED = os.environ.get("FUZZ_APPLICATIONS")


@pytest.fixture
def inventory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The script that asks a live application, importable; what is imported leaves no bytecode."""
    monkeypatch.syspath_prepend(str(INSIDE))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


@pytest.fixture
def compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules of the targets are compiled once for each text: most are the same in every application."""
    compiling = SourceFileLoader.source_to_code
    known: dict[bytes, CodeType] = {}

    def compiled(loader: SourceFileLoader, data: bytes, path: str) -> CodeType:
        if not loader.name.startswith(TARGET):
            return compiling(loader, data, path)
        if data not in known:
            known[data] = compiling(loader, data, path)
        return known[data]

    monkeypatch.setattr(SourceFileLoader, "source_to_code", compiled)


def compare(application: Application, folder: Path, tally: Counter[str]) -> None:
    """Fail with the first request that is answered otherwise."""
    with converted(application, folder) as moved:
        tally.update(one.runtime for name, one in moved.conversion.outcomes.items() if not name.endswith("static"))
        expected = replay(moved.gateway(frozenset()), application.requests)
        for which, promoted in (("all", moved.keys), ("odd", moved.keys[::2]), ("even", moved.keys[1::2])):
            found = replay(moved.gateway(frozenset(promoted)), application.requests)
            for request, theirs, mine in zip(application.requests, expected, found, strict=True):
                if theirs != mine:
                    note(f"{which} promoted: {request}\nFlask:   {theirs}\nFastAPI: {mine}\n\n{application.source}")
                    for path, text in moved.conversion.files.items():
                        if "router" in path and "def " in text:
                            note(f"# {path}\n{text}")
                assert theirs == mine


def test_random_applications_answer_alike(inventory: None, compiled_once: None, tmp_path: Path) -> None:
    tally: Counter[str] = Counter()

    @settings(
        max_examples=int(ASKED or 100),
        derandomize=ASKED is None,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink) if ASKED else (Phase.generate,),
    )
    @given(application=applications())
    def alike(application: Application) -> None:
        compare(application, tmp_path, tally)

    alike()
    print(dict(tally))
    assert tally["native"] + tally["bridged"] > 10 * tally["flask"], "most of what the grammar says must convert"
