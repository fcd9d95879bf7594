"""Users and teams, as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import List, Optional

from pydantic import BaseModel, ConfigDict, EmailStr, Field


class UserCreate(BaseModel):
    email: EmailStr
    password: str = Field(min_length=8, max_length=128)
    name: Optional[str] = None
    team: str | None = None


class UserRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    email: EmailStr
    name: str | None
    is_agent: bool
    last_login: Optional[datetime] = None


class TeamRead(BaseModel):
    id: int
    name: str
    parent: Optional["TeamRead"] = None
    members: Optional[List[UserRead]] = None


class Preferences(BaseModel):
    name: str
    mails: bool = True


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"
