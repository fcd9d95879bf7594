from app.main import handle

assert handle("ping") == "pong"
