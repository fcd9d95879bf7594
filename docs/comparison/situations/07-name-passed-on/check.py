from app.schemas import Order

assert Order(3).note is None
