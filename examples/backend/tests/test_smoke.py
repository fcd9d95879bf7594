"""One walk through the service."""

import os
import tempfile

import pytest

_folder = tempfile.TemporaryDirectory()
os.environ["HELPDESK_DATABASE_URL"] = f"sqlite:///{_folder.name}/test.db"

from fastapi.testclient import TestClient  # noqa: E402

from app.core.config import settings  # noqa: E402
from app.db.session import SessionLocal, engine  # noqa: E402
from app.main import app  # noqa: E402
from app.models import User  # noqa: E402

API = "/api/v1"


@pytest.fixture(scope="module")
def client():
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
    engine.dispose()


def sign_in(client: TestClient, name: str, agent: bool = False) -> dict[str, str]:
    account = {"email": f"{name}@example.com", "password": "correct horse"}
    answer = client.post(f"{API}/auth/register", json=account)
    assert answer.status_code == 201, answer.text
    if agent:
        with SessionLocal() as db:
            db.get(User, answer.json()["id"]).is_agent = True
            db.commit()
    answer = client.post(f"{API}/auth/login", params=account)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@pytest.fixture(scope="module")
def ann(client):
    return sign_in(client, "ann")


@pytest.fixture(scope="module")
def bob(client):
    return sign_in(client, "bob", agent=True)


@pytest.fixture(scope="module")
def ticket(client, ann):
    body = {"subject": "The printer hums", "priority": 2, "fields": {"floor": 3, "urgent": None}}
    answer = client.post(f"{API}/tickets/", json=body, headers=ann)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_it_is_there(client):
    assert client.get("/").json()["service"] == "Helpdesk"
    assert client.get(f"{API}/health/").json() == {"status": "ok", "service": "Helpdesk"}
    assert client.get(f"{API}/health/version").json()["api"] == {"prefix": API, "debug": False}
    assert client.get(f"{API}/health/database").json()["alive"] is True
    assert client.get(f"{API}/health/services").json()["count"] == 2
    assert client.get(f"{API}/health/services/chat").json()["configured"] is False
    assert client.get("/openapi.json").status_code == 200


def test_accounts(client, ann):
    assert client.get(f"{API}/auth/me").status_code == 401
    assert client.get(f"{API}/auth/me", headers=ann).json()["email"] == "ann@example.com"
    assert client.get(f"{API}/auth/me/preferences", headers=ann).json() == {"name": "ann", "mails": True}
    token = ann["Authorization"].removeprefix("Bearer ")
    assert client.post(f"{API}/auth/check", params={"token": token}).json() == {"valid": True}
    assert "reason" in client.post(f"{API}/auth/check", params={"token": "x.y"}).json()
    wrong = {"email": "ann@example.com", "password": "battery staple"}
    assert client.post(f"{API}/auth/login", params=wrong).status_code == 401
    bad = {"email": "nobody", "password": "correct horse"}
    assert client.post(f"{API}/auth/register", json=bad).status_code == 422


def test_a_ticket_lives(client, ann, bob, ticket):
    url = f"{API}/tickets/{ticket['id']}"
    assert client.get(url, headers=ann).json()["fields"] == {"floor": 3, "urgent": None}
    assert client.get(f"{url}/last-comment", headers=ann).json() is None
    note = client.post(f"{url}/comments", json={"text": "It stopped."}, headers=ann)
    assert note.json()["text"] == "It stopped."
    assert client.post(f"{url}/comments", json={"text": "-", "internal": True}, headers=ann).status_code == 403
    assert len(client.get(f"{url}/comments", headers=ann).json()) == 1
    done = client.patch(url, json={"status": "solved", "assignee_id": "me"}, headers=bob)
    assert done.json()["status"] == "solved"
    assert client.patch(url, json={"status": "waiting"}, headers=bob).status_code == 409
    assert client.post(f"{API}/tickets/close-waiting", headers=bob).json()["closed"] == 0
    assert client.get(f"{url}/sla", headers=ann).json()["late"] is False
    page = client.get(f"{API}/tickets/", params={"q": "printer"}, headers=ann).json()
    assert page["total"] == 1 and page["next_offset"] is None


def test_people(client, bob):
    assert len(client.get(f"{API}/users/", headers=bob).json()) == 2
    assert client.get(f"{API}/users/ann@example.com", headers=bob).json()["is_agent"] is False
    team = client.post(f"{API}/users/teams", params={"name": "Hardware"}, headers=bob)
    assert team.json()["parent"] is None
    assert client.delete(f"{API}/users/teams/Hardware", headers=bob).json()["deleted"] is True


def test_reports_and_exports(client, bob, ticket):
    assert client.get(f"{API}/reports/summary", headers=bob).json()["total"] == 1
    assert client.get(f"{API}/reports/newest", params={"count": "few"}, headers=bob).json()["shown"] == 1
    assert client.get(f"{API}/reports/deadlines").json()[0] == {"priority": 1, "hours": 2}
    assert client.get(f"{API}/reports/wait").json()["changed"] is False
    assert client.get(f"{API}/reports/percent", params={"part": 1, "whole": 8}).json() == {"percent": 12.5}
    assert client.get(f"{API}/tickets/export", headers=bob).text.startswith("id,subject")


def test_mail_comes_in(client, ticket):
    token = {"X-Token": settings.webhook_token or ""}
    mail = {"subject": f"Re: [#{ticket['id']}] The printer hums", "from": "x@example.org", "text": "Me too"}
    assert client.post(f"{API}/webhooks/mail", json=mail, headers=token).json()["stored"] is True
    assert client.post(f"{API}/webhooks/mail", json={}, headers=token).json()["stored"] is False
    assert client.post(f"{API}/webhooks/mail", json=mail).status_code == 401


def test_chat_commands(client):
    assert client.post(f"{API}/webhooks/chat", json={"do": "list"}).json()["understood"] is True
    assert client.post(f"{API}/webhooks/chat", content=b"list").json() == {"understood": False, "text": None}
