"""All tables, so that one import registers them."""

from app.models.base import Base
from app.models.team import Team
from app.models.ticket import Comment, Ticket, TicketStatus
from app.models.user import User

__all__ = ["Base", "Comment", "Team", "Ticket", "TicketStatus", "User"]
