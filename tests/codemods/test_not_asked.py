"""An application that was not asked: what extensions add to all its routes is not known, and nothing may go without."""

import pytest

from codemods.pipeline import convert
from codemods.scan.scan import scan
from migrator.planning.forecast import forecast

VIEW = b"""
from flask import Flask
app = Flask(__name__)

@app.post("/pay")
def pay():
    return "paid"
"""


def runtime(source: bytes) -> tuple[str, list[str]]:
    """What serves the view, and the codes of the findings."""
    sources = {"app.py": source}
    project = scan(sources, "app:app", None)
    outcome = convert(project, sources, ["pay"], "result").outcomes["pay"]
    (planned,) = [one for one in forecast(project).routes if one.endpoint == "pay"]
    assert (planned.runtime == "flask") == (outcome.runtime == "flask")
    return outcome.runtime, [one.code for one in outcome.findings]


def test_an_application_without_such_an_extension_converts() -> None:
    assert runtime(VIEW) == ("native", [])
    assert runtime(b"from flask_wtf import FlaskForm\n" + VIEW)[0] == "native"


@pytest.mark.parametrize(
    "extension",
    ["flask_wtf import CSRFProtect", "flask_wtf.csrf import CSRFProtect as Check", "flask_limiter import Limiter"],
)
def test_an_extension_that_may_turn_requests_away_keeps_all_routes(extension: str) -> None:
    name = extension.split()[-1]
    assert runtime(f"from {extension}\n".encode() + VIEW + f"{name}(app)\n".encode()) == ("flask", ["FM187"])
