"""The exceptions that services and decorators raise."""


class ApiError(Exception):
    """An error with a code for machines, a message for people and a status for HTTP."""

    def __init__(self, code, message, status=400, details=None, retry_after=None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.details = details
        self.retry_after = retry_after


class NotFound(ApiError):
    """Something that is not in the database."""

    def __init__(self, kind, key):
        super().__init__("not_found", f"There is no {kind} {key}.", 404)


class Forbidden(ApiError):
    """Somebody we know, who may not."""

    def __init__(self, message="You may not do that."):
        super().__init__("forbidden", message, 403)
