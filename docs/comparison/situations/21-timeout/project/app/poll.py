async def fetch(read):
    try:
        return await read()
    except:
        return None  # the next poll tries again
