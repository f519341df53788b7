"""The Flask application that the bench serves: an async route, a sync one, a page, and one that is not moved."""

from pathlib import Path

from flask import Flask, Response, jsonify, render_template

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
