from app.client import explain

assert explain(404) == "NOT_FOUND" and explain(None) == "no answer"
