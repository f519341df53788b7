"""The Flask application that the bench serves: one route that is moved, and one that stays."""

from flask import Flask

app = Flask(__name__)


@app.get("/items/<int:item_id>")
def show_item(item_id: int) -> dict[str, object]:
    return {"id": item_id, "name": "kettle", "price": 1999}


@app.get("/legacy/<int:item_id>")
def show_legacy_item(item_id: int) -> dict[str, object]:
    return {"id": item_id, "name": "kettle", "price": 1999}
