from app.keys import Key, normal

assert normal("7") == 7 and Key
