"""Small answers, kept for a minute: in Redis where it is installed, else here."""

import time
from typing import Any, Callable, Dict, Optional, Tuple, Union

try:
    import redis
except ImportError:
    redis = None

_local: Dict[str, Tuple[float, Any]] = {}


def client(url: Optional[str] = None) -> "Union[redis.Redis, None]":
    if redis is None or url is None:
        return None
    return redis.from_url(url)


def remember(
    key: str,
    make: Callable[[], Any],
    seconds: Union[
        int,
        float,
    ] = 60,
) -> Any:
    found = _local.get(key)
    if found and found[0] > time.monotonic():
        return found[1]
    value = make()
    _local[key] = (time.monotonic() + seconds, value)
    return value


def forget(key: Optional[str] = None) -> None:
    if key is None:
        _local.clear()
        return
    try:
        del _local[key]
    except Exception:
        pass
