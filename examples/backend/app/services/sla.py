"""When an answer is due."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Dict, Optional, Union

HOURS: Dict[int, Union[int, float]] = {1: 2, 2: 8, 3: 24, 4: 72, 5: 168}


@dataclass
class DayReport:
    date: Optional[date] = None
    opened: int = 0
    solved: int = 0


def due_at(priority: int, opened: Optional[datetime] = None) -> datetime:
    opened = opened or datetime.now(timezone.utc)
    try:
        hours = HOURS[priority]
    except:
        hours = HOURS[3]
    return opened + timedelta(hours=hours)


def hours_left(due: Optional[datetime], now: datetime | None = None) -> Optional[float]:
    if due is None:
        return None
    if due.tzinfo is None:
        due = due.replace(tzinfo=timezone.utc)
    left = due - (now or datetime.now(timezone.utc))
    return round(left.total_seconds() / 3600, 2)


def parse_due(value: Union[str, date, datetime, None]) -> Optional[datetime]:
    """A due date as people write it: ISO, or a day, which ends in the evening."""
    if value is None:
        return None
    elif isinstance(value, datetime):
        return value
    elif isinstance(value, date):
        return datetime(value.year, value.month, value.day, 18, tzinfo=timezone.utc)
    else:
        try:
            return datetime.fromisoformat(value)
        except ValueError as e:
            raise ValueError(f"not a date: {value!r} ({e})")
    return None
