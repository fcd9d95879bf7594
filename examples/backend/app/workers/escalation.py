"""Looks for tickets that are late, every few minutes: `python -m app.workers.escalation`."""

import asyncio
import logging
import time
from datetime import datetime, timezone
from typing import List, Optional

from sqlalchemy import select

from app.db.session import SessionLocal
from app.models import Ticket, TicketStatus
from app.services import notifications

logger = logging.getLogger(__name__)


def late_tickets(now: Optional[datetime] = None) -> List[Ticket]:
    now = now or datetime.now(timezone.utc)
    with SessionLocal() as db:
        statement = select(Ticket).where(Ticket.status != TicketStatus.SOLVED, Ticket.due_at < now)
        return list(db.scalars(statement))


async def escalate(ticket: Ticket, pause: Optional[float] = None) -> bool:
    for attempt in range(3):
        try:
            notifications.remind(ticket, reason="late")
            return True
        except Exception as e:
            logger.warning("attempt %s: %s", attempt, e)
            time.sleep(pause or 2**attempt)
    return False


async def run(rounds: int | None = None, pause: float = 300) -> int:
    done = 0
    while rounds is None or rounds > 0:
        for ticket in late_tickets():
            done += await escalate(ticket)
        if rounds is not None:
            rounds -= 1
        await asyncio.sleep(pause if rounds != 0 else 0)
    return done


if __name__ == "__main__":
    asyncio.run(run())
