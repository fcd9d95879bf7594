from app.schemas import User

assert User(email="bo@example.com").email == "bo@example.com"
