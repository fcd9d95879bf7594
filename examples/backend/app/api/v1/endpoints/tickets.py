"""Tickets and comments."""

import logging
from typing import Any, Dict, Optional, Union

from fastapi import APIRouter, HTTPException, Query, status
from fastapi.responses import PlainTextResponse

from app.api.deps import Agent, CurrentUser, Db, TheTicket
from app.models import TicketStatus
from app.schemas.common import Page
from app.schemas.ticket import CommentCreate, CommentRead, TicketCreate, TicketRead, TicketUpdate
from app.services import cache, sla, tickets

router = APIRouter()
logger = logging.getLogger(__name__)


@router.post("/", response_model=TicketRead, status_code=status.HTTP_201_CREATED)
def create_ticket(data: TicketCreate, db: Db, user: CurrentUser):
    return tickets.create(db, data, user)


@router.get("/", response_model=Page[TicketRead])
def list_tickets(
    db: Db,
    user: CurrentUser,
    q: Optional[str] = Query(default=None, max_length=100),
    status: Optional[TicketStatus] = None,
    assignee: Union[int, None] = None,
    limit: int = 20,
    offset: int = 0,
):
    found, total = tickets.search(db, q, status, assignee, limit, offset)
    after = offset + limit
    return Page[TicketRead](
        items=[TicketRead.model_validate(ticket) for ticket in found],
        total=total,
        next_offset=after if after < total else None,
    )


@router.post("/close-waiting")
def close_waiting(agent: Agent):
    closed = tickets.close_waiting()
    return {"closed": closed, "message": f"closed {closed} tickets"}


@router.get("/export")
def export_tickets(db: Db, agent: Agent, format: str = "csv"):
    from app.services import exports

    found, _ = tickets.search(db, limit=1000)
    if format == "csv":
        return PlainTextResponse(exports.as_csv(found), media_type="text/csv")
    if format == "json":
        return PlainTextResponse(exports.as_json(found), media_type="application/json")
    raise HTTPException(status_code=422, detail=f"no format {format!r}")
    logger.info("exported %s tickets", len(found))


@router.get("/{ticket_id}", response_model=TicketRead)
def get_ticket(ticket: TheTicket, user: CurrentUser):
    try:
        if not user.is_agent and ticket.requester_id != user.id:
            raise HTTPException(status_code=403, detail="somebody else's ticket")
        return ticket
    except Exception as e:
        logger.error("reading ticket: %s", e)
        raise HTTPException(status_code=500, detail="could not read the ticket")


@router.patch("/{ticket_id}", response_model=TicketRead)
def update_ticket(ticket: TheTicket, data: TicketUpdate, db: Db, agent: Agent):
    updated = tickets.update(db, ticket, data, agent)
    cache.forget("summary")
    return updated


@router.post("/{ticket_id}/comments", response_model=CommentRead)
def add_comment(ticket: TheTicket, data: CommentCreate, db: Db, user: CurrentUser):
    return tickets.comment(db, ticket, data.text, user, data.internal)


@router.get("/{ticket_id}/sla")
def ticket_sla(ticket: TheTicket, user: CurrentUser) -> Dict[str, Any]:
    left = sla.hours_left(ticket.due_at)
    return {"ticket": ticket.id, "hours_left": left, "late": left is not None and left < 0}


@router.get("/{ticket_id}/comments")
def list_comments(ticket: TheTicket, user: CurrentUser):
    return [CommentRead.model_validate(note) for note in ticket.comments]


@router.get("/{ticket_id}/last-comment")
def last_comment(ticket: TheTicket, user: CurrentUser) -> Optional[CommentRead]:
    note = ticket.last_comment()
    return CommentRead.model_validate(note) if note else None
