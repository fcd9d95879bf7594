"""Numbers for people who do not answer tickets."""

import time
from typing import Any, Dict, Optional, Union

from fastapi import APIRouter, HTTPException

from app.api.deps import Agent, Db
from app.schemas.ticket import Deadline
from app.services import cache, sla, tickets

router = APIRouter()


@router.get("/summary", response_model=dict)
def summary(db: Db, agent: Agent):
    by_status = cache.remember("summary", lambda: tickets.counts(db))
    return {"by_status": by_status, "total": sum(by_status.values())}


@router.get("/wait")
async def wait_for_change(seconds: Union[int, float] = 0.1, step: Optional[float] = None) -> Dict[str, Any]:
    """Long polling: answers when a ticket was opened, or when the time is over."""
    from app.services.notifications import outbox

    seen = len(outbox)
    end = time.monotonic() + min(seconds, 30)
    while time.monotonic() < end:
        if len(outbox) != seen:
            break
        time.sleep(step or 0.05)
    return {"changed": len(outbox) != seen, "events": len(outbox)}


@router.get("/deadlines")
def deadlines():
    return [Deadline(priority=priority, hours=hours) for priority, hours in sla.HOURS.items()]


@router.get("/newest")
def newest(db: Db, agent: Agent, count: str = "5"):
    """The newest tickets. The count is what people typed into a form."""
    try:
        limit = int(count)
    except:
        limit = 5
    found, total = tickets.search(db, limit=limit)
    return {"shown": len(found), "total": total, "subjects": [ticket.subject for ticket in found]}


@router.get("/percent")
def percent(part: str, whole: str):
    try:
        return {"percent": round(100 * int(part) / int(whole), 1)}
    except ZeroDivisionError:
        return {"percent": None}
    except ValueError as e:
        raise HTTPException(status_code=422, detail=str(e))
