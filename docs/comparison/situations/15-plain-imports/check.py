from app.tokens import sign, token

assert len(token()) == 8 and sign("a") == "0cc175b9"
