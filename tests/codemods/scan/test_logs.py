"""Classes that read the request for the log are told of."""

import pytest

from codemods.scan.scan import scan

SOURCE = """
import logging
from flask import Flask, g, has_request_context, request
app = Flask(__name__)

def user():
    return g.user if has_request_context() else None

class Plain(logging.Formatter):
    def format(self, record):
        record.shown = str(request_of(record))
        return super().format(record)

def request_of(record):
    return record.request

class Shown(logging.{base}):
    def {method}(self, record):
        record.user = {value}
        return True
"""


@pytest.mark.parametrize(
    ("base", "method", "value", "asked"),
    [
        ("Formatter", "format", "request.url", "flask.request.url"),
        ("Filter", "filter", "user()", "flask.g.user"),
        ("Filter", "filter", "app.name", None),
    ],
)
def test_what_reads_the_request_for_the_log(base: str, method: str, value: str, asked: str | None) -> None:
    source = SOURCE.format(base=base, method=method, value=value)
    found = [one for one in scan({"app.py": source.encode()}, "app:app").findings if one.code == "FM010"]
    assert [one.detail for one in found] == ([f"'app.Shown' uses '{asked}'"] if asked else [])
