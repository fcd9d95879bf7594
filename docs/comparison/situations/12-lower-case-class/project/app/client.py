from typing import Optional

import httpx


def explain(status: Optional[httpx.codes]) -> str:
    return httpx.codes(status).name if status else "no answer"
