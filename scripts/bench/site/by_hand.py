"""The same routes as a FastAPI developer writes them in an application of several routers."""

from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

PRICES = Path("prices.txt")
CATALOGUE = [{"name": f"kettle {number}", "price": 1999 + number} for number in range(10)]

router = APIRouter()
templates = Jinja2Templates(Path(__file__).with_name("templates"))


@router.get("/items/{item_id}")
async def show_item(item_id: int) -> JSONResponse:
    return JSONResponse({"id": item_id, "name": "kettle", "price": 1999})


@router.get("/prices/{item_id}")
def show_price(item_id: int) -> JSONResponse:
    prices = PRICES.read_text().splitlines()
    return JSONResponse({"id": item_id, "price": prices[item_id]})


@router.get("/catalogue", response_class=HTMLResponse)
def show_catalogue(request: Request) -> HTMLResponse:
    return templates.TemplateResponse(request, "catalogue.html", {"title": "Kettles", "items": CATALOGUE})


app = FastAPI()
app.mount("/static", StaticFiles(directory=Path(__file__).parent), name="static")
app.include_router(router)
