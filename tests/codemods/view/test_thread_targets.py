"""Functions that run in threads of their own: Flask's contexts are not there, on either side."""

from collections.abc import Callable
from typing import Any

HEAD = """
import threading
from threading import Thread
from flask import Flask, current_app, jsonify, render_template_string, request, url_for
app = Flask(__name__)
app.config["SERVER_NAME"] = "shop.test"
WRITTEN = []

def write(app, subject, **values):
    with app.app_context():
        WRITTEN.append(f"{subject} {render_template_string('<{{ name }}>', **values)} {url_for('index')}")

def send(subject, **values):
    thread = Thread(target=write, args=(current_app._get_current_object(), subject), kwargs=values)
    thread.start()
    return thread

@app.get("/")
def index():
    send("first", name="a&b").join()
    return {"written": WRITTEN.pop()}

"""


def test_a_function_that_a_thread_runs_is_flasks_own(pair: Callable[..., Any]) -> None:
    both = pair(HEAD)
    assert both.runtimes() == {"index": "bridged"}
    carried = next(text for path, text in both.conversion.files.items() if path.startswith("bridged/source_"))
    assert "thread = Thread(target=write, args=(current_app._get_current_object(), subject)" in carried
    status, body, _ = both.same("GET", "/", headers={"host": "shop.test"})
    assert (status, b"http://shop.test/" in body) == (200, True)


VIEWS = """
@app.get("/page")
def page():
    return request.path

@app.get("/view")
def view():
    threading.Thread(target=page).start()
    return "started"

@app.get("/wrapped")
def wrapped():
    threading.Thread(target=lambda: write(app, "later", name="a")).start()
    return "started"

@app.get("/inner")
def inner():
    def later():
        write(app, "later", name="a")
    threading.Thread(target=later).start()
    return "started"
"""


def test_what_stays(pair: Callable[..., Any]) -> None:
    """A view is never called; an inner function may read what the request says."""
    both = pair(HEAD + VIEWS)
    assert [both.runtimes()[name] for name in ("view", "wrapped", "inner")] == ["flask"] * 3
