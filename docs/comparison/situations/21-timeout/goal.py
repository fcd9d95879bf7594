import asyncio

from app.poll import fetch


async def main():
    task = asyncio.create_task(fetch(asyncio.Event().wait))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled(), "the cancellation is swallowed"


asyncio.run(main())
