"""The same route as a FastAPI developer writes it."""

from fastapi import FastAPI
from fastapi.responses import JSONResponse

app = FastAPI()


@app.get("/items/{item_id}")
async def show_item(item_id: int) -> JSONResponse:
    return JSONResponse({"id": item_id, "name": "kettle", "price": 1999})
