from app.registry import handler


@handler("ping")
def ping():
    return "pong"
