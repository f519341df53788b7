"""Money is kept in cents; these go to and fro."""

from decimal import ROUND_HALF_UP, Decimal

SYMBOLS = {"EUR": "€", "CHF": "CHF", "PLN": "zł"}


def to_cents(amount):
    """Cents of a decimal amount, rounded as a shopkeeper would."""
    return int((Decimal(amount) * 100).quantize(Decimal("1"), rounding=ROUND_HALF_UP))


def from_cents(cents):
    """The decimal amount of so many cents."""
    return (Decimal(cents) / 100).quantize(Decimal("0.01"))


def format_money(cents, currency="EUR"):
    """An amount as a person reads it."""
    return f"{from_cents(cents):,.2f} {SYMBOLS.get(currency, currency)}"
