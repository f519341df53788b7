"""Files that views send, native wherever the project knows where they lie."""

from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
import io
import os
from datetime import datetime, timedelta
from flask import Flask, send_file, send_from_directory
app = Flask(__name__)
app.config["SEND_FILE_MAX_AGE_DEFAULT"] = timedelta(minutes=1)
HERE = os.path.dirname(os.path.abspath(__file__))
WHEN = datetime(2024, 1, 2, 3, 4, 5)
"""
FILES = {"texts/a b.txt": "abcdef", "texts/page.html": "<p>", "texts/archive.tar.bz2": "gz"}
SENT = {
    "relative": 'send_file("texts/a b.txt")',
    "absolute": 'send_file(os.path.join(HERE, "texts", "page.html"))',
    "attachment": 'send_file("texts/a b.txt", as_attachment=True)',
    "another name": 'send_file("texts/page.html", download_name="ü.txt", as_attachment=True)',
    "encoding": 'send_file("texts/archive.tar.bz2")',
    "type": 'send_file("texts/page.html", "text/x-own")',
    "age": 'send_file("texts/page.html", max_age=5)',
    "age by path": 'send_file("texts/page.html", max_age=lambda path: len(path[-4:]))',
    "no age": 'send_file("texts/page.html", max_age=0)',
    "tag": 'send_file("texts/page.html", etag="own", last_modified=WHEN)',
    "no tag": 'send_file("texts/page.html", etag=False, conditional=False)',
    "memory": 'send_file(io.BytesIO(b"abc"), mimetype="text/plain")',
    "memory with a name": 'send_file(io.BytesIO(b"abc"), download_name="a.csv", last_modified=1000, etag="t")',
    "memory without a type": 'send_file(io.BytesIO(b"abc"))',
    "text in memory": 'send_file(io.StringIO("abc"), mimetype="text/plain")',
    "missing": 'send_file("texts/none.txt")',
    "directory": 'send_from_directory("texts", "a b.txt")',
    "directory, options": 'send_from_directory("texts", "page.html", as_attachment=True, max_age=7)',
    "directory, absolute": 'send_from_directory(os.path.join(HERE, "texts"), "page.html")',
    "directory, outside": 'send_from_directory("texts", "../source.py")',
    "directory, keyword": 'send_from_directory(directory="texts", path="page.html")',
    "directory, missing": 'send_from_directory("texts", "none")',
    "pair": 'send_file("texts/page.html"), 203, {"X-After": "1"}',
}


@pytest.mark.parametrize("call", ['send_file(*["a"])', 'send_file(**{"path_or_file": "a"})'])
def test_spread_arguments_stay_on_flask(pair: Callable[..., Any], call: str) -> None:
    assert pair(HEAD + f'@app.get("/a")\ndef a():\n    return {call}\n').runtimes() == {"a": "flask"}


def test_files_of_native_routes(pair: Callable[..., Any]) -> None:
    views = "\n".join(
        f'@app.get("/{index}")\ndef view_{index}():\n    return {sent}\n' for index, sent in enumerate(SENT.values())
    )
    both = pair(HEAD + views, FILES)
    assert set(both.runtimes().values()) == {"native"}
    for index in range(len(SENT)):
        found = both.same("GET", f"/{index}")
        both.same("HEAD", f"/{index}")
        both.same("GET", f"/{index}", headers={"Range": "bytes=1-2"})
        if tag := found[2]["etag"]:
            both.same("GET", f"/{index}", headers={"If-None-Match": tag})
            both.same("GET", f"/{index}", headers={"If-Modified-Since": "Tue, 02 Jan 2024 03:04:05 GMT"})


def test_a_buffer_that_is_filled_first(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.get("/a")
def a():
    buffer = io.BytesIO()
    buffer.write(b"a;b")
    buffer.seek(0)
    return send_file(buffer, mimetype="text/csv", download_name="a.csv")
"""
    )
    assert both.runtimes() == {"a": "native"}
    assert "root_path" not in both.text("routers/root.py") + both.text("main.py")
    both.same("GET", "/a")
