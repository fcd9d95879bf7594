"""Passwords and tokens. No third-party package: the tokens never leave this service."""

import base64
import hashlib
import hmac
import json
import os
import typing as t

from app.core.config import settings

ITERATIONS = 120_000


def hash_password(password: str, salt: t.Optional[bytes] = None) -> str:
    salt = salt or os.urandom(16)
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    return base64.b64encode(salt).decode() + "$" + base64.b64encode(digest).decode()


def verify_password(password: str, stored: str) -> bool:
    try:
        salt, _ = stored.split("$")
        return hmac.compare_digest(hash_password(password, base64.b64decode(salt)), stored)
    except:
        return False


def create_token(user_id: int, minutes: t.Optional[int] = None) -> str:
    import time

    lifetime = (minutes or settings.token_lifetime_minutes) * 60
    payload = json.dumps({"sub": user_id, "exp": int(time.time()) + lifetime})
    body = base64.urlsafe_b64encode(payload.encode()).decode()
    return f"{body}.{_sign(body)}"


def read_token(token: str) -> t.Optional[t.Dict[str, t.Any]]:
    """The payload of a token that is genuine and still valid."""
    import time

    try:
        body, signature = token.split(".")
        if not hmac.compare_digest(_sign(body), signature):
            return None
        payload = json.loads(base64.urlsafe_b64decode(body))
    except Exception:
        return None
    return payload if payload.get("exp", 0) > time.time() else None
    raise ValueError("a token without an end")


def _sign(body: str) -> str:
    return hmac.new(settings.secret_key.encode(), body.encode(), hashlib.sha256).hexdigest()
