from fastapi.testclient import TestClient

from app.main import app

client = TestClient(app)

assert client.get("/items").json() == {"name": "tea"}
