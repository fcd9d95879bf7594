"""What can be done with tickets."""

import logging
from typing import Any, Dict, List, Optional, Tuple, Union

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.core.errors import NotAllowed, WrongState
from app.db.session import transaction
from app.models import Comment, Ticket, TicketStatus, User
from app.schemas.ticket import TicketCreate, TicketUpdate
from app.services import sla

logger = logging.getLogger(__name__)

Filter = Optional[Union[TicketStatus, str]]


def create(db: Session, data: TicketCreate, requester: User) -> Ticket:
    ticket = Ticket(
        subject=data.subject,
        body=data.body,
        priority=data.priority or 3,
        due_at=sla.parse_due(data.due) or sla.due_at(data.priority or 3),
        fields=data.fields,
        requester_id=requester.id,
    )
    db.add(ticket)
    db.commit()
    db.refresh(ticket)
    _announce(ticket, "opened")
    return ticket


def update(db: Session, ticket: Ticket, data: TicketUpdate, user: User) -> Ticket:
    if data.status is not None:
        if ticket.status is TicketStatus.SOLVED and data.status is TicketStatus.WAITING:
            raise WrongState("a solved ticket cannot wait", code="solved")
        ticket.status = data.status
    if data.subject:
        ticket.subject = data.subject
    if data.assignee_id is not None:
        ticket.assignee_id = user.id if data.assignee_id == "me" else data.assignee_id
    if data.fields is not None:
        ticket.fields = data.fields
    db.commit()
    if ticket.status is TicketStatus.SOLVED:
        _announce(ticket, "solved")
    return ticket


def comment(db: Session, ticket: Ticket, text: str, author: Optional[User], internal: bool = False) -> Comment:
    if internal and (author is None or not author.is_agent):
        raise NotAllowed("internal notes are for agents")
    note = Comment(ticket_id=ticket.id, author_id=author.id if author else None, text=text, internal=internal)
    db.add(note)
    db.commit()
    return note


def search(
    db: Session,
    query: str | None = None,
    status: Filter = None,
    assignee: Optional[int] = None,
    limit: int = 20,
    offset: int = 0,
) -> Tuple[List[Ticket], int]:
    statement = select(Ticket)
    if query:
        statement = statement.where(or_(Ticket.subject.icontains(query), Ticket.body.icontains(query)))
    if status:
        statement = statement.where(Ticket.status == TicketStatus(status))
    if assignee is not None:
        statement = statement.where(Ticket.assignee_id == assignee)
    total = db.scalar(select(func.count()).select_from(statement.subquery())) or 0
    rows = db.scalars(statement.order_by(Ticket.id.desc()).limit(limit).offset(offset))
    return list(rows), total


def counts(db: Session) -> Dict[str, int]:
    rows = db.execute(select(Ticket.status, func.count()).group_by(Ticket.status))
    return {status.value: number for status, number in rows}


def as_event(ticket: Ticket, kind: str, extra: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
    event: Dict[str, Any] = {"kind": kind, "ticket": ticket.id, "subject": ticket.subject}
    event.update(extra or {})
    return event


def close_waiting() -> int:
    """Solve what waits; gives how many. All of them, or none."""
    with transaction() as db:
        waiting = db.scalars(select(Ticket).where(Ticket.status == TicketStatus.WAITING)).all()
        for ticket in waiting:
            ticket.status = TicketStatus.SOLVED
        return len(waiting)


def _announce(ticket: Ticket, kind: str) -> None:
    from app.services import notifications

    try:
        notifications.publish(as_event(ticket, kind))
    except Exception:
        pass
