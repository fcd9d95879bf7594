"""People: those who ask and those who answer."""

from __future__ import annotations

import typing as t
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Dated

if t.TYPE_CHECKING:
    from app.models.team import Team
    from app.models.ticket import Ticket


class User(Dated, Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(120), unique=True, index=True)
    name: Mapped[t.Optional[str]] = mapped_column(String(120))
    password: Mapped[str] = mapped_column(String(200))
    is_agent: Mapped[bool] = mapped_column(default=False)
    last_login: Mapped[datetime | None] = mapped_column()
    team_id: Mapped[t.Optional[int]] = mapped_column(ForeignKey("teams.id"))

    team: Mapped[t.Optional["Team"]] = relationship(back_populates="members")
    assigned: Mapped[t.List["Ticket"]] = relationship(
        back_populates="assignee", foreign_keys="Ticket.assignee_id"
    )

    @property
    def display_name(self) -> str:
        return self.name or self.email.partition("@")[0]
