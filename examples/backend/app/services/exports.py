"""Tickets as files."""

import csv
import io
from typing import Any, Dict, Iterable, List, Optional, Union

from app.models import Ticket

Row = Dict[str, Union[str, int, None]]


def rows(tickets: Iterable[Ticket]) -> List[Row]:
    return [
        {"id": it.id, "subject": it.subject, "status": it.status.value, "assignee": it.assignee_id}
        for it in tickets
    ]


def as_csv(tickets: Iterable[Ticket], columns: Optional[List[str]] = None) -> str:
    columns = columns or ["id", "subject", "status", "assignee"]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows(tickets))
    return out.getvalue()


def as_excel(tickets: Iterable[Ticket]) -> Optional[bytes]:
    try:
        import openpyxl
    except ImportError:
        return None
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows(tickets):
        sheet.append(list(row.values()))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_json(tickets: Iterable[Ticket], indent: Union[int, None] = None) -> str:
    import json

    return json.dumps(rows(tickets), indent=indent)


def pick(row: Row, key: str, default: Any = None) -> Any:
    try:
        return row[key]
    except KeyError:
        return default
