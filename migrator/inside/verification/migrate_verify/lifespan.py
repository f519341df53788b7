"""The start of a FastAPI application, on the loop of the thread that makes its gateway."""

from __future__ import annotations

from typing import Any

from .asgi import loop_of_thread, run_here


def start(gateway: Any) -> dict[str, Any]:
    """Enter the lifespan of a gateway's FastAPI application; the state that it hands to requests.

    It is left when the application is collected (an asynchronous generator is closed by its loop then): a suite never
    says when it is done with one. Hence not by a pending ASGI lifespan, which Starlette ends with a traceback.
    """
    application = getattr(gateway, "fastapi_app", None)
    if application is None:
        return {}
    context = application.router.lifespan_context(application)

    async def entered() -> Any:
        return await context.__aenter__()

    state = run_here(loop_of_thread(), entered())
    gateway.migrate_lifespan = context
    return dict(state or {})
