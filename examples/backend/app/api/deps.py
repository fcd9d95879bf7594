"""What the endpoints depend on."""

from typing import Annotated, Optional

from fastapi import Depends, Header, HTTPException, status
from sqlalchemy.orm import Session

from app.core.security import read_token
from app.db.session import get_db
from app.models import Ticket, User
from app.schemas.user import Preferences
from app.services import cache

Db = Annotated[Session, Depends(get_db)]


def current_user_or_none(db: Db, authorization: Annotated[Optional[str], Header()] = None) -> Optional[User]:
    if not authorization:
        return None
    payload = read_token(authorization.removeprefix("Bearer "))
    return db.get(User, payload["sub"]) if payload else None


def current_user(user: Annotated[Optional[User], Depends(current_user_or_none)]) -> User:
    if user is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "log in first")
    return user


def agent(user: Annotated[User, Depends(current_user)]) -> User:
    if not user.is_agent:
        raise HTTPException(status.HTTP_403_FORBIDDEN, "for agents only")
    return user


CurrentUser = Annotated[User, Depends(current_user)]
Agent = Annotated[User, Depends(agent)]


def preferences(user: CurrentUser) -> Preferences:
    return cache.remember(f"preferences:{user.id}", lambda: Preferences(name=user.display_name))


def get_ticket(ticket_id: int, db: Db) -> Ticket:
    ticket = db.get(Ticket, ticket_id)
    if ticket is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such ticket")
    return ticket


TheTicket = Annotated[Ticket, Depends(get_ticket)]
