from __future__ import annotations

from typing import Optional

from pydantic import BaseModel


class Item(BaseModel):
    price: Optional[int] = None  # in cents
