from app.models import Item

assert Item(price=None).price is None
