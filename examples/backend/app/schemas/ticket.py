"""Tickets, as the API takes and shows them."""

from datetime import date, datetime
from typing import Annotated, Any, Dict, List, Literal, Optional, Union

from pydantic import BaseModel, ConfigDict, Field

from app.models.ticket import FieldValue, TicketStatus

Priority = Annotated[int, Field(ge=1, le=5)]


class TicketCreate(BaseModel):
    subject: str = Field(min_length=3, max_length=200)
    body: Optional[str] = Field(default=None, max_length=20_000)
    priority: Optional[Priority] = None
    fields: Optional[Dict[str, FieldValue]] = None
    due: Union[date, datetime, None] = None


class TicketUpdate(BaseModel):
    subject: str | None = None
    status: Optional[TicketStatus] = None
    assignee_id: Union[int, Literal["me"], None] = None
    fields: Optional[
        Dict[str, FieldValue]  # replaces all of them
    ] = None


class CommentCreate(BaseModel):
    text: str
    internal: bool = False


class CommentRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    text: str
    author_id: int | None
    created_at: datetime


class Deadline(BaseModel):
    priority: int
    hours: float


class TicketRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    subject: str
    body: Optional[str]
    status: TicketStatus
    priority: int
    due_at: Optional[datetime] = None
    fields: Optional[Dict[str, Any]] = None
    requester_id: int
    assignee_id: Optional[int] = None
    comments: List[CommentRead] = []
