"""The Flask application that the bench serves: an async route, a sync one, a page, and some that are not moved.

`BENCH_RULES` adds as many rules as it says, and `BENCH_POSTED` names the file in which the orders are that were posted.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from flask import Flask, Response, jsonify, render_template, request

app = Flask(__name__)
PRICES = Path("prices.txt")
CATALOGUE = [{"name": f"kettle {number}", "price": 1999 + number} for number in range(10)]


@app.get("/items/<int:item_id>")
def show_item(item_id: int) -> dict[str, object]:
    return {"id": item_id, "name": "kettle", "price": 1999}


@app.get("/prices/<int:item_id>")
def show_price(item_id: int) -> Response:
    prices = PRICES.read_text().splitlines()
    return jsonify(id=item_id, price=prices[item_id])


@app.get("/catalogue")
def show_catalogue() -> str:
    return render_template("catalogue.html", title="Kettles", items=CATALOGUE)


@app.get("/legacy/<int:item_id>")
def show_legacy_item(item_id: int) -> dict[str, object]:
    return {"id": item_id, "name": "kettle", "price": 1999}


@app.get("/legacy/page")
def show_page() -> Response:
    return Response("x" * 100_000, mimetype="text/plain")


@app.get("/legacy/stream")
def show_stream() -> Response:
    return Response((b"x" * 5_000 for _ in range(20)), mimetype="text/plain")


@app.get("/legacy/large/<int:size>")
def download(size: int) -> Response:
    piece = b"x" * 65_536
    return Response((piece for _ in range(size // len(piece))), mimetype="application/octet-stream")


@app.post("/legacy/upload")
def upload() -> dict[str, int]:
    return {"size": sum(map(len, pieces()))}


def pieces() -> Iterator[bytes]:
    while piece := request.stream.read(65_536):
        yield piece


@app.post("/legacy/orders/<name>")
def post_order(name: str) -> dict[str, str]:
    with Path(os.environ["BENCH_POSTED"]).open("a") as posted:
        posted.write(f"{name}\n")
    return {"name": name}


@app.get("/legacy/process")
def show_process() -> dict[str, int]:
    return {"process": os.getpid()}


for number in range(int(os.environ.get("BENCH_RULES", "0"))):
    app.add_url_rule(f"/more{number}/<int:item_id>/<name>", f"more{number}", show_legacy_item)
