from typing import Optional

from sqlalchemy import text

from app.db import SessionLocal


def count(session: Optional[SessionLocal] = None) -> int:
    session = session or SessionLocal()
    # No rows in a fresh database.
    return session.execute(text("select 0")).scalar_one()
