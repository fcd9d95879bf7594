from fastapi.testclient import TestClient

from app.main import app

client = TestClient(app)

document = client.get("/openapi.json").json()
answer = document["paths"]["/items/{item_id}"]["get"]["responses"]["200"]
assert "$ref" in answer["content"]["application/json"]["schema"], answer
