def page(raw: str) -> int:
    try:
        return int(raw.strip())
    except:  # page 1 is always there
        return 1
