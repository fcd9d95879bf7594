"""The application: `uvicorn app.main:app`."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, AsyncIterator, Optional

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from app.api.v1.router import api_router
from app.core.config import settings
from app.core.errors import HelpdeskError
from app.db.session import create_tables

if TYPE_CHECKING:
    from app.services.search import SearchBackend

logger = logging.getLogger(__name__)

search_backend: Optional["SearchBackend"] = None


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    global search_backend
    create_tables()
    try:
        from app.services.search import connect

        search_backend = connect(settings.search_url)
    except Exception:
        pass
    yield
    search_backend = None


def create_app(title: Optional[str] = None) -> FastAPI:
    app = FastAPI(title=title or settings.app_name, lifespan=lifespan)
    app.include_router(api_router, prefix=settings.api_prefix)

    @app.exception_handler(HelpdeskError)
    async def helpdesk_error(request: Request, exc: HelpdeskError) -> JSONResponse:
        logger.info("%s %s: %s", request.method, request.url.path, exc)
        return JSONResponse({"detail": str(exc), "code": exc.code}, status_code=exc.status)

    return app


app = create_app()


@app.get("/")
async def root() -> dict[str, Any]:
    return {"service": settings.app_name, "docs": "/docs"}
