"""Starts the backend in the current folder, asks every route, and prints what came back as JSON.

Time stands still, and the database is new: two runs of the same code print the same bytes.
"""

import datetime
import json
import os
import sys
import tempfile
import time

from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from starlette.routing import compile_path

API = "/api/v1"
NOW = datetime.datetime(2024, 2, 29, 12, 30, 15, 123456, tzinfo=datetime.timezone.utc)


class Clock(type(datetime.datetime)):
    def __instancecheck__(cls, value):
        return isinstance(value, type(NOW))


class Still(datetime.datetime, metaclass=Clock):
    """A clock that stands, for code that says `datetime.now(...)`."""

    @classmethod
    def now(cls, tz=None):
        return NOW.astimezone(tz)


def stop_time():
    """Stop the clocks of the backend, which is loaded: types that were made of `datetime` stay what they are."""
    time.time = NOW.timestamp
    time.perf_counter = lambda: 1.0
    datetime.datetime = Still
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "app" and getattr(module, "datetime", None) is type(NOW):
            module.datetime = Still


class Visit:
    """A client that writes down what it hears, and which routes it came to."""

    def __init__(self, client, routes):
        self.client = client
        self.routes = {key: compile_path(key[1])[0] for key in routes}
        self.seen = set()
        self.heard = []

    def __call__(self, method, path, **how):
        answer = self.client.request(method, path, **how)
        fits = (key for key, regex in self.routes.items() if key[0] == method and regex.match(path))
        self.seen.add(next(fits, None))
        self.heard.append(
            {
                "request": f"{method} {path} {how}",
                "status": answer.status_code,
                "type": answer.headers.get("content-type"),
                "body": answer.content.decode(),
            }
        )
        return answer

    def sign_in(self, name, agent=False):
        account = {"email": f"{name}@example.com", "password": "correct horse"}
        known = self("POST", f"{API}/auth/register", json=account).json()
        if agent:
            make_agent(known["id"])
        token = self("POST", f"{API}/auth/login", params=account).json()["access_token"]
        return {"Authorization": f"Bearer {token}"}


def make_agent(user_id):
    from app.db.session import SessionLocal
    from app.models import User

    with SessionLocal() as db:
        db.get(User, user_id).is_agent = True
        db.commit()


def walk(visit):
    """Every route, on every path through it that a client can reach."""
    from app.core.config import settings

    visit("GET", "/")
    for path in ("", "/", "/version", "/database", "/services", "/services/chat", "/services/nothing"):
        visit("GET", f"{API}/health{path}")
    visit("GET", f"{API}/health/services/search", params={"expect": "up"})

    ann, bob = visit.sign_in("ann"), visit.sign_in("bob", agent=True)
    visit("POST", f"{API}/auth/login", params={"email": "ann@example.com", "password": "wrong"})
    visit("POST", f"{API}/auth/register", json={"email": "nobody", "password": "correct horse"})
    for headers in (None, ann, bob):
        visit("GET", f"{API}/auth/me", headers=headers)
        visit("GET", f"{API}/auth/me/preferences", headers=headers)
        visit("POST", f"{API}/auth/refresh", headers=headers)
    for token in (ann["Authorization"].removeprefix("Bearer "), "x.y", ""):
        visit("POST", f"{API}/auth/check", params={"token": token})

    body = {"subject": "The printer hums", "priority": 2, "fields": {"floor": 3, "urgent": None}}
    for body in (body, {"subject": "Ink", "due": "2024-03-01", "body": "Blue"}, {"subject": "x"}):
        visit("POST", f"{API}/tickets/", json=body, headers=ann)
    visit("GET", f"{API}/tickets/", params={"q": "printer", "limit": 1}, headers=ann)
    visit("GET", f"{API}/tickets/", params={"limit": 1}, headers=ann)
    for text in ("It stopped.", ""):
        visit("POST", f"{API}/tickets/1/comments", json={"text": text}, headers=ann)
    visit("POST", f"{API}/tickets/1/comments", json={"text": "-", "internal": True}, headers=ann)
    for ticket in (1, 2, 3):
        for part in ("", "/comments", "/last-comment", "/sla"):
            visit("GET", f"{API}/tickets/{ticket}{part}", headers=ann)
    visit("PATCH", f"{API}/tickets/2", json={"status": "waiting"}, headers=bob)
    for headers in (ann, bob, bob):
        visit("POST", f"{API}/tickets/close-waiting", headers=headers)
    visit("PATCH", f"{API}/tickets/1", json={"status": "solved", "assignee_id": "me"}, headers=bob)
    visit("PATCH", f"{API}/tickets/1", json={"status": "waiting"}, headers=bob)
    for form in ("csv", "json", "xml"):
        visit("GET", f"{API}/tickets/export", params={"format": form}, headers=bob)

    visit("GET", f"{API}/users/", headers=bob)
    visit("GET", f"{API}/users/", params={"agents_only": True}, headers=bob)
    for key in ("1", "ann@example.com", "nobody"):
        visit("GET", f"{API}/users/{key}", headers=bob)
    visit("POST", f"{API}/users/teams", params={"name": "Hardware"}, headers=bob)
    visit("POST", f"{API}/users/teams", params={"name": "Printers", "parent": "Hardware"}, headers=bob)
    for name in ("Printers", "Nothing"):
        visit("DELETE", f"{API}/users/teams/{name}", headers=bob)

    visit("GET", f"{API}/reports/summary", headers=bob)
    visit("GET", f"{API}/reports/deadlines")
    visit("GET", f"{API}/reports/wait", params={"seconds": 0})
    for count in ("1", "few", ""):
        visit("GET", f"{API}/reports/newest", params={"count": count}, headers=bob)
    for part, whole in (("1", "8"), ("1", "0"), ("one", "8"), ("-7", "3"), ("2", "200000000")):
        visit("GET", f"{API}/reports/percent", params={"part": part, "whole": whole})

    token = {"X-Token": settings.webhook_token}
    mail = {"subject": "Re: [#1] The printer hums", "from": "x@example.org", "text": "Me too"}
    for mail in (mail, {"subject": "Re: [#99999999999999999999]"}, {}):
        visit("POST", f"{API}/webhooks/mail", json=mail, headers=token)
    visit("POST", f"{API}/webhooks/mail", json=mail)
    visit("POST", f"{API}/webhooks/mail", content=b"{", headers=token)
    for raw in (b'{"do": "list"}', b"[1, 2]", b"list", b"\xff", b""):
        visit("POST", f"{API}/webhooks/chat", content=raw)


def routes_of(app):
    """Every route of the backend, by method and path: what it says of its answer."""
    document = app.openapi()
    found = {}
    for route in iter_route_contexts(app.routes):
        if not isinstance(route.original_route, APIRoute):
            continue
        for method in sorted(route.methods):
            said = document["paths"][route.path_format][method.lower()]["responses"]
            good = next(said[status] for status in sorted(said) if status < "300")
            found[method, route.path] = {
                "model": repr(route.response_model),
                "schema": good["content"]["application/json"]["schema"],
            }
    return found


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HELPDESK_DATABASE_URL"] = f"sqlite:///{folder}/test.db"
        sys.path.insert(0, os.getcwd())

        from app.db.session import engine
        from app.main import app

        routes = routes_of(app)
        stop_time()
        with TestClient(app, raise_server_exceptions=False) as client:
            visit = Visit(client, routes)
            walk(visit)
        engine.dispose()
    missed = routes.keys() - visit.seen
    assert not missed, f"no request came to {sorted(missed)}"
    routes = {f"{method} {path}": said for (method, path), said in routes.items()}
    json.dump({"answers": visit.heard, "routes": routes}, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
