from typing import List, Optional

last = None  # type: Optional[str]


def take(queue: List[str]) -> Optional[str]:
    global last
    last = queue.pop() if queue else None
    return last
