class Order:
    def __init__(self, owner):
        self.owner = owner

    def valid(self):
        from app.users import User

        return isinstance(self.owner, User)
