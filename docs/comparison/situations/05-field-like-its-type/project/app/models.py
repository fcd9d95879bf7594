from dataclasses import dataclass
from datetime import date
from typing import Optional


@dataclass
class Event:
    name: str = ""
    date: Optional[date] = None  # all day
