"""Teams: a tree."""

from typing import TYPE_CHECKING, List, Optional

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Dated

if TYPE_CHECKING:
    from app.models.user import User


class Team(Dated, Base):
    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    mailbox: Mapped[Optional[str]] = mapped_column(String(120))
    parent_id: Mapped[Optional[int]] = mapped_column(ForeignKey("teams.id"))

    parent: Mapped[Optional["Team"]] = relationship(back_populates="children", remote_side=[id])
    children: Mapped[List["Team"]] = relationship(back_populates="parent")
    members: Mapped[List["User"]] = relationship(back_populates="team")

    def root(self) -> "Team":
        team: Team = self
        while team.parent is not None:
            team = team.parent
        return team

    def find_member(self, email: str) -> Optional["User"]:
        for member in self.members:
            if member.email == email:
                return member
        return None
