import datetime

from app.models import Event

assert Event(date=datetime.date(2024, 1, 2)).date.day == 2
