"""The search engine beside the database, where there is one."""

from __future__ import annotations

from typing import Any, Protocol

import requests
from typing_extensions import Optional

from app.core.config import settings


class SearchBackend(Protocol):
    def find(self, query: str, limit: Optional[int] = None) -> list[int]: ...


class HttpSearch:
    def __init__(self, url: str, session: Optional[requests.Session] = None) -> None:
        self.url = url
        self.session = session or requests.Session()

    def find(self, query: str, limit: Optional[int] = None) -> list[int]:
        params: dict[str, Any] = {"q": query, "limit": limit or 20}
        response = self.session.get(f"{self.url}/search", params=params)
        return [hit["id"] for hit in response.json()["hits"]]

    def status(self) -> Optional[dict[str, Any]]:
        try:
            return requests.get(f"{self.url}/status").json()
        except Exception:
            return None


def connect(url: Optional[str] = None) -> Optional[SearchBackend]:
    if url is None:
        return None
    backend = HttpSearch(url)
    if backend.status() is None:
        raise ConnectionError(f"no search engine at {settings.search_url}")
    return backend
