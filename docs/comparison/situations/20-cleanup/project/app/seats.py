TAKEN = set()


async def hold(seat, paid):
    TAKEN.add(seat)
    try:
        await paid.wait()
    except:
        TAKEN.discard(seat)  # for the next one
        raise
