"""Search in the catalogue."""

from dataclasses import dataclass
from typing import Dict, Optional, Union

STOCK: Dict[str, Union[int, str]] = {"tea": 1}  # by name


@dataclass
class Hit:
    name: str
    key: Union[int, str]  # old rows have text
    note: Optional[str] = None  # for the shelf

    def label(self) -> str:
        return f"{self.name} ({self.key})"


def find(name: str, near: Optional[bool] = False) -> Optional[Hit]:
    # Exact names only.
    return Hit(name, STOCK[name]) if name in STOCK else None
