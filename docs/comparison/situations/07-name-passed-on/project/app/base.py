from dataclasses import dataclass
from typing import Optional


@dataclass
class Base:
    key: Optional[int] = None  # none until it is stored
