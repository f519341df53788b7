from datetime import datetime
from decimal import Decimal

import pytest
from shop.helpers import audit, clock, money, tokens
from shop.helpers.decorators import json_required, with_product
from shop.helpers.pagination import page_arguments, page_link
from shop.models import AuditEntry


@pytest.fixture
def frozen():
    """Here the real clock and the real identifiers are tested."""


def test_clock_gives_whole_seconds_in_utc():
    now = clock.utcnow()
    assert isinstance(now, datetime)
    assert (now.microsecond, now.tzinfo) == (0, None)


def test_clock_never_goes_back():
    assert clock.monotonic() <= clock.monotonic()


def test_identifiers_are_new_each_time():
    assert tokens.new_order_token() != tokens.new_order_token()
    assert len({tokens.new_request_id() for _ in range(5)}) == 5
    assert len(tokens.new_request_id()) == 16


@pytest.mark.parametrize(("amount", "cents"), [("9.99", 999), ("0.005", 1), (Decimal("1.1"), 110), (3, 300)])
def test_money(amount, cents):
    assert money.to_cents(amount) == cents


def test_money_for_people():
    assert money.format_money(123456) == "1,234.56 €"
    assert money.format_money(5, "PLN") == "0.05 zł"


def test_page_arguments(app):
    with app.test_request_context("/list?page=3&per_page=7&q=a+b"):
        assert page_arguments() == (3, 7)
        assert page_link(4) == "/list?page=4&per_page=7&q=a+b"


def test_audit_knows_the_request(app):
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": "10.0.0.7"}):
        entry = audit.record("thing.done", 42)
    assert (entry.action, entry.subject, entry.actor, entry.address) == ("thing.done", "42", "system", "10.0.0.7")


def test_audit_waits_for_the_commit(session):
    audit.record("thing.done", 42)
    session.rollback()
    assert session.query(AuditEntry).count() == 0


def test_decorators_keep_the_name_of_the_view():
    @json_required("a")
    @with_product
    def view(product):
        """Documented."""

    assert (view.__name__, view.__doc__) == ("view", "Documented.")
