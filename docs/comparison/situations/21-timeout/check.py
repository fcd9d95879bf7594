import asyncio

from app.poll import fetch


async def answer():
    return 7


async def fail():
    raise OSError("no route")


assert asyncio.run(fetch(answer)) == 7
assert asyncio.run(fetch(fail)) is None
