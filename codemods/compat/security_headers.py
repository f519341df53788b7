"""Headers that say what browsers may do with answers, as Flask-Talisman sends them, and its redirects to HTTPS.

Preserves: the headers of `Talisman(app, ...)` on every answer, errors and redirects included, and by HTTPS, which
`X-Forwarded-Proto` may tell of, `Strict-Transport-Security`; no redirects while the Flask application is in debug mode.

To live without it: have the proxy send the headers and redirect, or a middleware that sets them as plain text.
"""

from collections.abc import Mapping, Sequence

from fastapi import Request, Response

from .request_info import url
from .responses import redirect

Policy = str | Mapping[str, str | Sequence[str]] | None

CONTENT = {"default-src": "'self'", "object-src": "'none'"}
ONE_YEAR = 31556926


def is_secure(request: Request) -> bool:
    """Whether a request came by HTTPS, be it to a proxy in front."""
    return request.scope["scheme"] == "https" or request.headers.get("X-Forwarded-Proto", "http") == "https"


def is_debugging(request: Request) -> bool:
    """Whether the Flask application beside is in debug mode; there is no such mode without one."""
    return bool(getattr(getattr(request.app.state, "flask_app", None), "debug", False))


def secure_session(request: Request) -> None:
    """Have browsers send the session's cookie of this answer by HTTPS only."""
    if not is_debugging(request):
        request.scope["compat.secure_session"] = True


def https_redirect(request: Request, code: int = 302) -> Response | None:
    """The redirect to the same URL by HTTPS; None for a request that came so."""
    here = url(request)
    if is_secure(request) or is_debugging(request) or not here.startswith("http://"):
        return None
    return redirect(here.replace("http://", "https://", 1), code)


class SecurityHeaders:
    """The headers by the options of `Talisman(app, ...)`."""

    def __init__(
        self,
        *,
        feature_policy: Policy = None,
        permissions_policy: str | Mapping[str, str] | None = "browsing-topics=()",
        document_policy: str | Mapping[str, str] | None = None,
        force_file_save: bool = False,
        frame_options: str | None = "SAMEORIGIN",
        frame_options_allow_from: str | None = None,
        strict_transport_security: bool = True,
        strict_transport_security_preload: bool = False,
        strict_transport_security_max_age: int = ONE_YEAR,
        strict_transport_security_include_subdomains: bool = True,
        content_security_policy: Policy = CONTENT,
        content_security_policy_report_uri: str | None = None,
        content_security_policy_report_only: bool = False,
        referrer_policy: str = "strict-origin-when-cross-origin",
        x_content_type_options: bool = True,
        x_xss_protection: bool = False,
    ) -> None:
        """The options of Talisman; raises `ValueError` for a policy that is only reported, with nowhere to report."""
        if content_security_policy_report_only and content_security_policy_report_uri is None:
            raise ValueError("A policy that is only reported needs a URI that is told of what it forbids.")
        frames = frame_options
        if frame_options == "ALLOW-FROM":
            frames = f"{frame_options} {frame_options_allow_from}"
        content = directives(content_security_policy)
        if content and content_security_policy_report_uri and "report-uri" not in content:
            content += f"; report-uri {content_security_policy_report_uri}"
        policy = "Content-Security-Policy-Report-Only" if content_security_policy_report_only else None
        headers = {
            "Feature-Policy": directives(feature_policy),
            "Permissions-Policy": structured(permissions_policy),
            "Document-Policy": structured(document_policy),
            "X-Frame-Options": frames,
            "X-XSS-Protection": "1; mode=block" if x_xss_protection else None,
            "X-Content-Type-Options": "nosniff" if x_content_type_options else None,
            "X-Download-Options": "noopen" if force_file_save else None,
            policy or "Content-Security-Policy": content,
        }
        self.headers = {name: value for name, value in headers.items() if value}
        self.headers["Referrer-Policy"] = str(referrer_policy)
        self.transport = ""
        if strict_transport_security:
            self.transport = f"max-age={strict_transport_security_max_age}"
            self.transport += "; includeSubDomains" if strict_transport_security_include_subdomains else ""
            self.transport += "; preload" if strict_transport_security_preload else ""

    def add_to(self, request: Request, response: Response) -> Response:
        """The response with the headers."""
        response.headers.update(self.headers)
        if self.transport and is_secure(request):
            response.headers["Strict-Transport-Security"] = self.transport
        return response


def directives(policy: Policy) -> str | None:
    """A policy of directives as a header's value; None for an empty one."""
    if not policy:
        return None
    if isinstance(policy, str):
        parts = [one.strip().split(" ") for one in policy.split(";")]
        policy = {name: " ".join(rest) for name, *rest in parts}
    given = ((name, one if isinstance(one, str) else " ".join(one)) for name, one in policy.items())
    return "; ".join(f"{name} {value}" for name, value in given)


def structured(policy: str | Mapping[str, str] | None) -> str | None:
    """A policy of names and values as a header's value; None for an empty one."""
    if not policy:
        return None
    if isinstance(policy, str):
        return policy
    return ", ".join(f"{name}={value}" for name, value in policy.items())
