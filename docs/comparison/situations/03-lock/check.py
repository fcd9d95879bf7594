from app.cache import Cache

assert Cache().get("a", len) == 1
