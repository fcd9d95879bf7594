from app.orders import Order
from app.users import User

assert Order(User("bo")).valid() and User("bo").order().valid()
