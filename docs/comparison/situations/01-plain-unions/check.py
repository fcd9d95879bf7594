from app import search

assert search.find("tea").key == 1
assert search.find("nothing") is None
assert search.Hit("tea", 1).label() == "tea (1)"
