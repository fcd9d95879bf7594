from typing import Union

Key = Union[int, str]  # rows of the old system have text


def normal(key: Key) -> int:
    return int(key)
