from app.crud import count

assert count() == 0
