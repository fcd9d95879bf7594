"""Mail that comes in."""

import json
import logging
from typing import Any, Dict, Optional

from fastapi import APIRouter, Header, HTTPException, Request
from sqlalchemy import select

from app.api.deps import Db
from app.core.config import settings
from app.models import Ticket, User
from app.services import tickets

router = APIRouter()
logger = logging.getLogger(__name__)


@router.post("/mail")
async def incoming_mail(request: Request, db: Db, x_token: Optional[str] = Header(default=None)):
    if x_token != settings.webhook_token:
        raise HTTPException(status_code=401, detail="wrong token")
    raw = await request.body()
    try:
        data: Dict[str, Any] = json.loads(raw)
    except ValueError:
        raise HTTPException(status_code=400, detail="not JSON")
    ticket = find_ticket(db, data.get("subject"))
    if ticket is None:
        return {"stored": False, "reason": "no ticket in the subject"}
    author: Optional[User] = db.scalar(select(User).where(User.email == data.get("from")))
    note = tickets.comment(db, ticket, str(data.get("text", "")), author)
    return {"stored": True, "comment": note.id}


@router.post("/chat")
async def chat_command(request: Request):
    raw = await request.body()
    try:
        command = json.loads(raw)
    except:
        return {"understood": False, "text": None}
    return {"understood": isinstance(command, dict), "text": str(command)}


def find_ticket(db: Db, subject: Optional[str]) -> Optional[Ticket]:
    """The ticket whose number stands in a subject: `Re: [#12] Printer`."""
    import re

    match = re.search(r"\[#(\d+)\]", subject or "")
    if match:
        try:
            return db.get(Ticket, int(match.group(1)))
        except:
            pass
    return None
