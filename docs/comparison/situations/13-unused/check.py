from app.main import hello

assert hello() == "hello"
