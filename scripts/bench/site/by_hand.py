"""The same route as a FastAPI developer writes it in an application of several routers."""

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse

router = APIRouter()


@router.get("/items/{item_id}")
async def show_item(item_id: int) -> JSONResponse:
    return JSONResponse({"id": item_id, "name": "kettle", "price": 1999})


app = FastAPI()
app.include_router(router)
