"""Tickets and what is said about them."""

import enum
from datetime import datetime
from typing import TYPE_CHECKING, Dict, List, Optional, Union

from sqlalchemy import JSON, DateTime, Enum, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Dated

if TYPE_CHECKING:
    from app.models.user import User

# What a custom field may hold.
FieldValue = Union[str, int, bool, None]


class TicketStatus(str, enum.Enum):
    OPEN = "open"
    WAITING = "waiting"
    SOLVED = "solved"


class Ticket(Dated, Base):
    __tablename__ = "tickets"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[Optional[str]] = mapped_column(Text)
    status: Mapped[TicketStatus] = mapped_column(Enum(TicketStatus), default=TicketStatus.OPEN)
    priority: Mapped[int] = mapped_column(default=3)
    due_at: Mapped[Optional[datetime]] = mapped_column(DateTime(timezone=True))
    fields: Mapped[Optional[Dict[str, FieldValue]]] = mapped_column(JSON)
    requester_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    requester: Mapped["User"] = relationship(foreign_keys=[requester_id])
    assignee: Mapped[Optional["User"]] = relationship(
        back_populates="assigned", foreign_keys=[assignee_id]
    )
    comments: Mapped[List["Comment"]] = relationship(
        back_populates="ticket", cascade="all, delete-orphan", order_by="Comment.id"
    )

    def last_comment(self) -> "Optional[Comment]":
        return self.comments[-1] if self.comments else None


class Comment(Dated, Base):
    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    author_id: Mapped[Optional[int]] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(Text)
    internal: Mapped[bool] = mapped_column(default=False)

    ticket: Mapped["Ticket"] = relationship(back_populates="comments")
