def send(to):
    raise RuntimeError(f"a real mail to {to}")
