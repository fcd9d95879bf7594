def as_csv(rows):
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def as_excel(rows, path):
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
