import asyncio

from app.seats import TAKEN, hold


async def main():
    task = asyncio.create_task(hold("a1", asyncio.Event()))
    await asyncio.sleep(0)
    assert TAKEN == {"a1"}
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled() and not TAKEN, TAKEN


asyncio.run(main())
