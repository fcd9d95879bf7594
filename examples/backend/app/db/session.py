"""The engine, and a session for a request."""

import logging
from contextlib import contextmanager
from typing import Generator, Iterator, Optional

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.core.config import settings

logger = logging.getLogger(__name__)

connect_args = {"check_same_thread": False} if settings.database_url.startswith("sqlite") else {}
engine = create_engine(settings.database_url, echo=settings.debug, connect_args=connect_args)
SessionLocal = sessionmaker(bind=engine, autoflush=False, expire_on_commit=False)


def get_db() -> Generator[Session, None, None]:
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


@contextmanager
def transaction() -> Iterator[Session]:
    db = SessionLocal()
    try:
        yield db
        db.commit()
    except:
        db.rollback()
        raise
    finally:
        db.close()


def new_session(factory: Optional[SessionLocal] = None) -> Session:
    return (factory or SessionLocal)()


def create_tables() -> None:
    from app.models import Base

    Base.metadata.create_all(engine)


def ping(retries: int = 3, delay: Optional[float] = 0.2) -> bool:
    import time

    for _ in range(retries):
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1"))
            return True
        except OperationalError:
            time.sleep(delay or 0)
            continue
            logger.warning("database is not there yet")
    return False
