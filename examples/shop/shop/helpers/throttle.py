"""Counts failed logins in memory, per application."""

from flask import current_app


class LoginThrottle:
    """Refuses an address after too many failures, until one login succeeds or the process restarts."""

    def __init__(self):
        self._name = "login_throttle"

    def init_app(self, app):
        """Give the application counters of its own."""
        app.extensions[self._name] = {}

    def failed(self, email):
        """Count a failure."""
        counters = current_app.extensions[self._name]
        counters[email] = counters.get(email, 0) + 1

    def succeeded(self, email):
        """Forget the failures."""
        current_app.extensions[self._name].pop(email, None)

    def blocked(self, email):
        """Whether the address has to wait."""
        failures = current_app.extensions[self._name].get(email, 0)
        return failures >= current_app.config["LOGIN_MAX_FAILURES"]
