"""Customers who turn up in the tests: each with a number and a name that nobody else has."""
import itertools
import time

# Eight digits whenever it is, as many as a telephone number has left; a kept installation knows those of the last run.
_numbers = itertools.count(10_000_000 + int(time.time()) % 800_000 * 100)


class Somebody:
    """A customer who enquires, with a phone number of their own."""

    def __init__(self, name="李"):
        self.number = next(_numbers)
        self.name = f"{name}{self.number}"
        self.phone = f"+86139{self.number:08d}"
        self.email = f"customer{self.number}@example.com"

    def submission(self, external_id=None, channel="web", **more):
        """What a channel would push; a strong budget and a short timeframe make it an A."""
        return {
            "channel": channel,
            "externalId": external_id or f"{channel}-{self.number}",
            "person": {"name": self.name, "phones": [self.phone.removeprefix("+86")], "emails": [self.email], "language": "zh"},
            "need": {
                "purpose": "buy", "projects": ["river-park"], "districts": ["浦东"],
                "budget": {"min": 450_000_000, "max": 600_000_000, "currency": "CNY"}, "timeframe": "3m",
            },
            "message": "周末可以看房吗?",
            "consent": {"sms": True, "email": True, "call": True},
        } | more


def ledger(lintel, external_id):
    """The ledger's rows of a submission."""
    columns = ("outcome", "lead_id", "uid", "reason", "field", "id")
    statement = f"SELECT {', '.join(columns)} FROM submissions WHERE external_id = %s ORDER BY received_at, id"
    return [dict(zip(columns, row)) for row in lintel.query("leads", statement, external_id)]
