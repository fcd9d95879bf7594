import threading
from typing import Optional


class Cache:
    def __init__(self, lock: Optional[threading.Lock] = None) -> None:
        self.lock = lock or threading.Lock()
        self.rows = {}

    def get(self, key: str, load) -> int:
        with self.lock:  # one loads, the others wait
            return self.rows.setdefault(key, load(key))
