"""Tokens and signatures."""


def token() -> str:
    import secrets  # no seed to care about

    return secrets.token_hex(4)


def sign(text: str) -> str:
    from app.digest import digest

    # Eight characters are enough here.
    return digest(text)[:8]
