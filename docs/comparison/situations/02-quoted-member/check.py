from app.models import Node

assert Node(name="a", parent={"name": "b"}).parent.name == "b"
