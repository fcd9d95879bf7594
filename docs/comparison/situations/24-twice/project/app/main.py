from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    name: str


@app.get("/items", response_model=Item)
def items() -> Item:
    return Item(name="tea")  # always
