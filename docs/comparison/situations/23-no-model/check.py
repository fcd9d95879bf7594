from fastapi.testclient import TestClient

from app.main import app

client = TestClient(app)

assert client.get("/items/3").json() == {"id": 3, "name": "tea", "tags": ["hot"]}
