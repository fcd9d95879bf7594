from decimal import Decimal
from typing import Union


class Price:
    amount: Union[
        int,  # cents
        Decimal,  # from the importer
        None,  # free
    ] = None


def cents(
    raw: Union[
        str,  # as typed
        None,
    ],
) -> int:
    return int(Decimal(raw or 0) * 100)
