"""Shapes that several endpoints share."""

from typing import Generic, List, Optional, TypeVar

from pydantic import BaseModel

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    items: List[T]
    total: int
    next_offset: Optional[int] = None


class Message(BaseModel):
    detail: str
