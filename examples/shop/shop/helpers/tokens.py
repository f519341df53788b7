"""The only place that makes random identifiers, so that tests can pin them."""

import uuid


def new_order_token():
    """The public name of an order."""
    return uuid.uuid4()


def new_request_id():
    """The id of a request whose caller sent none."""
    return uuid.uuid4().hex[:16]
