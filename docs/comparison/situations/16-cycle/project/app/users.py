class User:
    def __init__(self, name):
        self.name = name

    def order(self):
        from app.orders import Order

        return Order(self)
