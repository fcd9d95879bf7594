"""Accounts and tokens."""

import logging
from typing import Annotated, Optional

from fastapi import APIRouter, Depends, HTTPException, status
from sqlalchemy import select

from app.api.deps import CurrentUser, Db, preferences
from app.core.security import create_token, hash_password, read_token, verify_password
from app.models import Team, User
from app.schemas.user import Preferences, Token, UserCreate, UserRead

router = APIRouter()
logger = logging.getLogger(__name__)


@router.post("/register", response_model=UserRead, status_code=status.HTTP_201_CREATED)
async def register(data: UserCreate, db: Db):
    from app.services.notifications import send_mail

    if db.scalar(select(User).where(User.email == data.email)):
        raise HTTPException(status.HTTP_409_CONFLICT, "this address has an account")
    user = User(email=data.email, name=data.name, password=hash_password(data.password))
    if data.team:
        team = db.scalar(select(Team).where(Team.name == data.team))
        user.team_id = team.id if team else None
    db.add(user)
    db.commit()
    if not user.email.endswith("@example.com"):
        await send_mail(user.email, "Welcome", f"Hello {user.display_name}")
    return user


@router.post("/login")
def login(email: str, password: str, db: Db) -> Token:
    from datetime import datetime, timezone

    try:
        user: Optional[User] = db.scalar(select(User).where(User.email == email))
        if user is None or not verify_password(password, user.password):
            raise HTTPException(status.HTTP_401_UNAUTHORIZED, "wrong address or password")
        user.last_login = datetime.now(timezone.utc)
        db.commit()
        return Token(access_token=create_token(user.id))
    except HTTPException:
        raise
    except Exception as e:
        logger.exception("login")
        raise HTTPException(500, "login failed") from e


@router.get("/me", response_model=Optional[UserRead])
async def me(user: CurrentUser):
    return user


@router.get("/me/preferences")
async def my_preferences(chosen: Annotated[Preferences, Depends(preferences)]):
    return chosen


@router.post("/check")
async def check_token(token: str):
    answer = {"valid": read_token(token) is not None}
    if not answer["valid"]:
        answer["reason"] = "changed, or too old"
    return answer


@router.post("/refresh")
async def refresh(user: CurrentUser):
    return Token(access_token=create_token(user.id, minutes=30))
