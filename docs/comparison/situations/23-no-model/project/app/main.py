from fastapi import FastAPI

app = FastAPI()


@app.get("/items/{item_id}")
def item(item_id: int):
    # One item is all there is.
    return {"id": item_id, "name": "tea", "tags": ["hot"]}
