"""Is it there, and are the others."""

from typing import Any, Dict, Optional

import requests
from fastapi import APIRouter, HTTPException

from app.core.config import settings
from app.db.session import ping

router = APIRouter()

SERVICES: Dict[str, Optional[str]] = {"search": settings.search_url, "chat": settings.chat_webhook_url}


@router.get("/")
async def health():
    return {"status": "ok", "service": settings.app_name}


@router.get("/version")
async def version():
    return {"version": "0.4.0", "api": {"prefix": settings.api_prefix, "debug": settings.debug}}


@router.get("/database")
def database_health():
    import time

    start = time.perf_counter()
    alive = ping()
    return {"alive": alive, "seconds": round(time.perf_counter() - start, 3)}


@router.get("/services", response_model=Dict[str, Any])
async def services_health():
    states: Dict[str, str] = {}
    for name, url in SERVICES.items():
        if url is None:
            states[name] = "not configured"
            continue
        try:
            states[name] = "up" if requests.get(url).ok else "failing"
        except:
            states[name] = "down"
    return {"services": states, "count": len(states)}


@router.get("/services/{name}")
async def service_health(name: str, expect: Optional[str] = None):
    try:
        if name not in SERVICES:
            raise HTTPException(status_code=404, detail=f"no service {name!r}")
        configured = SERVICES[name] is not None
        return {"name": name, "configured": configured, "expected": expect}
    except Exception as e:
        raise HTTPException(status_code=500, detail=f"health check failed: {e}")
