from app.export import as_csv

assert as_csv([[1, 2]]) == "1,2\n"
