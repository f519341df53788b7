"""API keys that a request brings as a cookie or in the query, checked by functions of the application's own.

Preserves: what APIFlask's `APIKeyCookieAuth` and `APIKeyQueryAuth` take for a key. An empty one is none, and a key is
nobody's name.

To live without it: `APIKeyCookie` or `APIKeyQuery` as a dependency, and a dependency of your own that looks up the user
and raises `HTTPException(401, headers={"WWW-Authenticate": ...})`.
"""

from collections.abc import Mapping

from fastapi import Request

from .authorization import Authorization
from .http_auth import Call, TokenAuth


class KeyAuth(TokenAuth):
    """A key by its name in one part of the request."""

    def __init__(
        self,
        verify: Call | None = None,
        *,
        key: str,
        scheme: str = "ApiKey",
        realm: str = "Authentication Required",
        get_user_roles: Call | None = None,
        on_error: Call | None = None,
        asks_always: bool = False,
    ) -> None:
        super().__init__(
            verify,
            scheme=scheme,
            realm=realm,
            get_user_roles=get_user_roles,
            on_error=on_error,
            asks_always=asks_always,
        )
        self.key = key

    def sent(self, request: Request) -> Mapping[str, str]:
        """The part of the request."""
        raise NotImplementedError

    def is_meant(self, request: Request) -> bool:
        """Whether a request brings such a key, be it empty."""
        return self.key in self.sent(request)

    def credentials(self, request: Request) -> Authorization:
        """The key, empty where the request has none."""
        return Authorization("apiKey", token=self.sent(request).get(self.key, ""))


class CookieKeyAuth(KeyAuth):
    """A key that is a cookie."""

    def sent(self, request: Request) -> Mapping[str, str]:
        """The cookies."""
        return request.cookies


class QueryKeyAuth(KeyAuth):
    """A key that is a parameter of the query."""

    def sent(self, request: Request) -> Mapping[str, str]:
        """The query."""
        return request.query_params
