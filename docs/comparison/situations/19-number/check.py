from app.pages import page

assert page("3") == 3 and page("x") == 1
