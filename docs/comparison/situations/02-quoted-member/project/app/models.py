from __future__ import annotations

from typing import Optional

from pydantic import BaseModel


class Node(BaseModel):
    name: str
    parent: Optional["Node"] = None  # none for the root
