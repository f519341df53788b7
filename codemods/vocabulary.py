"""What the names of Flask and of its extensions mean for a conversion: one table, read by the plan and by the codemods.

A name is qualified as the application imports it (`flask.request`, `flask_jwt_extended.jwt_required`). A row speaks for
everything below it (`flask.request` for `flask.request.args`) unless a longer row says otherwise. Names of the Flask
family without a row are refused: what is not known is never guessed. All other names are none of this table's business.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from .findings import Diagnostic
from .public_names import public_name

Treatment = Literal["plain", "request", "own", "context", "refused"]
"""How a converted route gets on with a name.

`plain`: it is translated or needed no longer, wherever it stands. `request`: it is bound to the request and becomes a
parameter or a dependency, by a rule. `own`: it lives on Flask's application or its context, and native code has
something of its own for it, by a rule. `context`: it needs an application context, so code that reaches it is bridged.
`refused`: there is no faithful conversion, so routes that reach it stay on Flask.
"""

USES_REFUSED_NAME = Diagnostic(
    code="FM690",
    severity="blocked",
    summary="reaches a name that has no faithful counterpart",
    why="the name is bound to Flask's own request, application or response objects as FastAPI has no equal for",
    advice="replace it in the Flask application first, or keep the route on Flask: `migrate plan` shows it as staying",
)
USES_UNKNOWN_NAME = Diagnostic(
    code="FM691",
    severity="blocked",
    summary="reaches a name of the Flask family that is not in the vocabulary",
    why="what a library does with the request, the session or the response cannot be seen in your source",
    advice="keep the route on Flask, or move the call behind a function of your own that takes plain values",
)
NEEDS_CONTEXT = Diagnostic(
    code="FM692",
    severity="note",
    summary="needs an application context",
    why="the code below the route reads `current_app`, `g` or a Flask extension that is bound to the application",
    advice="the route is bridged: converted, and run inside the Flask application's context; pass the value as an "
    "argument to make it native",
)


APPLICATIONS = frozenset({"flask.Flask", "apiflask.APIFlask"})
"""The classes of Flask applications: APIFlask's is a subclass of Flask's with more settings by itself."""


@dataclass(frozen=True, slots=True)
class Term:
    """A row of the vocabulary: the name it was found under, how it is treated, and in a phrase why.

    `bridged`: its counterpart still needs the Flask application. `known` is false for a name without a row.
    """

    name: str
    treatment: Treatment
    reason: str = ""
    bridged: bool = False
    known: bool = True

    @property
    def diagnostic(self) -> Diagnostic | None:
        """What to report where a route reaches the name; None where there is nothing to say."""
        if self.treatment == "refused":
            return USES_REFUSED_NAME if self.known else USES_UNKNOWN_NAME
        return NEEDS_CONTEXT if self.treatment == "context" or self.bridged else None


def _rows(
    module: str, treatment: Treatment, names: str = "", reason: str = "", bridged: bool = False
) -> dict[str, Term]:
    qualified = [f"{module}.{name}" for name in names.split()] or [module]
    return {name: Term(name, treatment, reason, bridged) for name in qualified}


def _merged(tables: Iterable[Mapping[str, Term]]) -> dict[str, Term]:
    merged: dict[str, Term] = {}
    for table in tables:
        twice = merged.keys() & table.keys()
        if twice:
            raise ValueError(f"the vocabulary names {sorted(twice)} twice")
        merged.update(table)
    return merged


FLASK = _merged(
    (
        _rows(
            "flask",
            "request",
            "session url_for flash get_flashed_messages make_response has_request_context",
        ),
        _rows("flask", "request", "after_this_request has_app_context stream_with_context"),
        _rows("flask", "request", "copy_current_request_context", "takes the request along into another thread"),
        _rows(
            "flask",
            "request",
            "render_template render_template_string stream_template stream_template_string get_template_attribute",
            "renders a template with the names that Flask gives to templates",
        ),
        _rows("flask", "plain", "abort jsonify redirect Response Request Blueprint Config Markup escape typing views"),
        _rows(
            "flask",
            "own",
            "g current_app.config current_app.debug current_app.import_name current_app.json.dumps "
            "current_app.json.loads current_app.json.response current_app.logger current_app.make_response "
            "current_app.name current_app.permanent_session_lifetime current_app.redirect current_app.response_class "
            "current_app.root_path current_app.secret_key current_app.testing "
            "current_app.url_map.is_endpoint_expecting",
        ),
        _rows("flask", "context", "current_app Flask", "lives on the application that Flask has made current"),
        _rows("flask", "own", "json.dumps json.loads json.jsonify"),
        _rows("flask", "context", "json", "writes JSON as the current application is set to"),
        _rows("flask", "request", "send_file send_from_directory current_app.send_static_file"),
        _rows(
            "flask",
            "refused",
            "appcontext_popped appcontext_pushed appcontext_tearing_down before_render_template got_request_exception "
            "message_flashed request_finished request_started request_tearing_down template_rendered signals",
            "is a signal that only Flask sends",
        ),
        _rows("flask", "refused", "cli testing sessions", "belongs to Flask's own machinery"),
        _rows("flask.session", "refused", "_get_current_object", "is Flask's own session object"),
    )
)

REQUEST = _merged(
    (
        _rows("flask", "refused", "request", "is a part of Flask's request that has no counterpart"),
        _rows(
            "flask.request",
            "request",
            "args form files values json data stream headers cookies get_json get_data is_json content_type method "
            "view_args endpoint url_rule blueprint blueprints authorization user_agent.string user_agent.to_header "
            "user_agent.browser user_agent.language user_agent.platform user_agent.version "
            "environ accept_mimetypes accept_languages accept_charsets accept_encodings cache_control "
            "if_match if_none_match if_modified_since if_unmodified_since if_range range date max_content_length "
            "mimetype mimetype_params content_encoding content_md5 origin referrer max_forwards "
            "path full_path url base_url url_root root_url root_path script_root host host_url scheme "
            "is_secure remote_addr access_route query_string content_length",
        ),
    )
)
"""The parts of the request that a rule in `view/rules/` converts; a new rule gets its names here."""

REQUEST_ATTRIBUTES = frozenset(
    {
        "accept_charsets", "accept_encodings", "accept_languages", "accept_mimetypes",
        "access_control_request_headers", "access_control_request_method", "access_route", "application", "args",
        "authorization", "base_url", "blueprint", "blueprints", "cache_control", "close", "content_encoding",
        "content_length", "content_md5", "content_type", "cookies", "data", "date", "dict_storage_class",
        "endpoint", "environ", "files", "form", "form_data_parser_class", "from_values", "full_path", "get_data",
        "get_json", "headers", "host", "host_url", "if_match", "if_modified_since", "if_none_match", "if_range",
        "if_unmodified_since", "input_stream", "is_json", "is_multiprocess", "is_multithread", "is_run_once",
        "is_secure", "json", "json_module", "list_storage_class", "make_form_data_parser", "max_content_length",
        "max_form_memory_size", "max_form_parts", "max_forwards", "method", "mimetype", "mimetype_params",
        "on_json_loading_failed", "origin", "parameter_storage_class", "path", "pragma", "query_string", "range",
        "referrer", "remote_addr", "remote_user", "root_path", "root_url", "routing_exception", "scheme",
        "script_root", "server", "shallow", "stream", "trusted_hosts", "url", "url_root", "url_rule", "user_agent",
        "user_agent_class", "values", "view_args", "want_form_data_parsed",
    }
)  # fmt: skip
"""What Flask's request has (`flask.Request` 3.1, with its bases); any other attribute is the application's own."""


def is_own_attribute(qualified: str) -> bool:
    """Whether a name is an attribute that the application itself sets on the request: `flask.request.current_user`."""
    head, _, name = public_name(qualified).rpartition(".")
    return head == "flask.request" and name not in REQUEST_ATTRIBUTES and not name.startswith("_")


WERKZEUG = _merged(
    (
        _rows("werkzeug", "plain", "exceptions security http routing"),
        _rows("werkzeug.utils", "plain", "cached_property import_string safe_join secure_filename"),
        _rows(
            "werkzeug",
            "plain",
            "datastructures.FileStorage datastructures.Headers datastructures.ImmutableMultiDict "
            "datastructures.MultiDict datastructures.WWWAuthenticate wrappers.Response Response",
        ),
        _rows("werkzeug", "request", "local.LocalProxy"),
        _rows("werkzeug", "refused", "local wsgi serving middleware", "works on WSGI's or Werkzeug's own objects"),
        _rows("werkzeug", "refused", "wrappers datastructures utils", "is a class or function of Werkzeug's own"),
    )
)

SCHEMAS = _merged(
    (
        _rows("marshmallow", "plain"),
        _rows("flask_marshmallow", "plain"),
        _rows("marshmallow_sqlalchemy", "plain"),
        _rows("marshmallow_oneofschema", "plain"),
        _rows("webargs", "refused", reason="reads the request by Flask's own parser"),
        _rows("webargs", "plain", "core.Parser.use_args"),
        _rows("webargs", "plain", "fields validate ValidationError flaskparser.use_args flaskparser.use_kwargs"),
        _rows("webargs", "plain", "flaskparser.parser.use_args flaskparser.parser.use_kwargs flaskparser.abort"),
        _rows("webargs", "request", "flaskparser.parser.parse", "reads what the client has sent"),
        _rows("webargs", "plain", "flaskparser.FlaskParser flaskparser.parser.error_handler"),
    )
)

EXTENSIONS = _merged(
    (
        _rows("flask_sqlalchemy", "context", reason="binds its session to the application context"),
        _rows("flask_bcrypt", "context", reason="reads its settings from the application"),
        _rows("flask_mail", "context", reason="reads its settings from the application"),
        _rows("flask_migrate", "plain", reason="only adds commands"),
        _rows(
            "flask_jwt_extended",
            "request",
            reason="checks the request's token by the application's settings",
            bridged=True,
        ),
        _rows(
            "flask_jwt_extended",
            "context",
            "JWTManager create_access_token create_refresh_token get_unverified_jwt_headers",
            "reads its settings from the application",
        ),
        _rows("flask_login", "refused", reason="keeps the user in Flask's request context"),
        _rows(
            "flask_login",
            "request",
            "current_user login_user logout_user confirm_login login_fresh login_required fresh_login_required "
            "utils._user_context_processor LoginManager._update_remember_cookie",
        ),
        _rows("flask_login", "plain", "UserMixin AnonymousUserMixin"),
        _rows("flask_httpauth", "refused", reason="reads the request's credentials by Flask's own objects"),
        _rows("flask_httpauth", "own", "HTTPBasicAuth HTTPTokenAuth MultiAuth HTTPAuth.login_required"),
        _rows("flask_oidc", "refused", reason="keeps the user's tokens by Flask's own objects"),
        _rows("flask_oidc", "plain", "OpenIDConnect"),
        _rows("flask_principal", "refused", reason="keeps the identity in Flask's request context"),
        _rows("flask_cors", "refused", reason="adds headers to responses by decorators of its own"),
        _rows("flask_cors", "plain", "CORS cross_origin extension.make_after_request_function"),
        _rows("flask_limiter", "refused", reason="counts and refuses requests by hooks of its own"),
        _rows("flask_limiter", "plain", "Limiter RequestLimit util.get_remote_address _limits"),
        _rows("flask_caching", "refused", reason="answers from a store keyed by Flask's request"),
        _rows("flask_caching", "context", "Cache Cache.cached", "looks up its store by the application"),
        _rows("flask_compress", "refused", reason="rewrites every response by a hook of its own"),
        _rows("flask_compress", "plain", "Compress flask_compress.Compress"),
        _rows("flask_talisman", "refused", reason="redirects and adds headers by hooks of its own"),
        _rows("flask_talisman", "plain", "Talisman"),
        _rows(
            "flask_talisman.talisman.Talisman",
            "plain",
            "_force_https _make_nonce _set_response_headers",
        ),
        _rows("flask_wtf", "refused", reason="checks a token in Flask's session before the view"),
        _rows("flask_wtf", "request", "FlaskForm form.FlaskForm", "is filled with what the request brings"),
        _rows("flask_wtf", "request", "generate_csrf csrf.generate_csrf", "keeps a token in the session"),
        _rows("flask_wtf", "plain", "CSRFProtect csrf.CSRFProtect csrf.CSRFError"),
        _rows("flask_bootstrap", "context", reason="gives templates what it reads from the application's settings"),
        _rows("flask_moment", "context", reason="gives templates what it reads from the application's settings"),
        _rows("flask_pagedown", "context", reason="gives templates what it keeps on the application"),
        _rows("flask_session", "refused", reason="replaces the session"),
        _rows("flask_babel", "refused", reason="chooses a language by Flask's request"),
        _rows("flask_restful", "refused", reason="has its own dispatch, parsing and error format"),
        _rows("flask_restful", "plain", "Api Resource abort fields inputs marshal marshal_with marshal_with_field"),
        _rows("flask_restful", "request", "reqparse", "reads the request by its own rules"),
        _rows("flask_restx", "refused", reason="has its own dispatch, parsing and error format"),
        _rows("flask_restx", "request", "reqparse", "reads the request by its own rules"),
        _rows("flask_restx", "plain", "inputs"),
        _rows("flask_restx", "plain", "Api Namespace Resource abort fields marshal marshal_with"),
        _rows("flask_smorest", "refused", reason="has its own dispatch, parsing and error format"),
        _rows("flask_smorest", "plain", "arguments.ArgumentsMixin etag.EtagMixin pagination.PaginationMixin"),
        _rows("flask_smorest", "plain", "Api Blueprint Page abort error_handler response.ResponseMixin"),
        _rows("flask_apispec", "refused", reason="has its own parsing and serialisation"),
        _rows("flask_apispec", "plain", "FlaskApiSpec MethodResource annotations.activate doc marshal_with use_kwargs"),
        _rows("flasgger", "refused", reason="has its own validation and pages"),
        _rows("apifairy", "refused", reason="has its own parsing, error format and pages"),
        _rows("apifairy", "plain", "APIFairy authenticate arguments body response other_responses"),
        _rows("apifairy", "plain", "decorators._ensure_sync"),
        _rows("alchemical", "plain"),
        _rows("alchemical.flask", "context", "Alchemical", "binds its session to the application context"),
        _rows("apiflask", "refused", reason="has its own dispatch, parsing and error format"),
        _rows("apiflask", "plain", "APIFlask APIBlueprint HTTPError Schema abort exceptions fields schemas validators"),
        _rows("apiflask", "plain", "PaginationSchema"),
        _rows("apiflask", "request", "pagination_builder", "makes links to its own route"),
        _rows("apiflask", "own", "HTTPBasicAuth HTTPTokenAuth MultiAuth"),
        _rows("apiflask", "own", "APIKeyHeaderAuth APIKeyCookieAuth APIKeyQueryAuth"),
        _rows("apiflask", "plain", "scaffold._ensure_sync scaffold.APIScaffold.output"),
        _rows("flask_socketio", "refused", reason="takes over the server"),
        _rows("flask_admin", "refused", reason="has views and pages of its own"),
    )
)

VOCABULARY: Mapping[str, Term] = _merged((FLASK, REQUEST, WERKZEUG, SCHEMAS, EXTENSIONS))


def of_flask(qualified: str) -> bool:
    """Whether a name belongs to Flask, Werkzeug, Marshmallow or one of their extensions, by its first part."""
    package = qualified.partition(".")[0]
    return package in {"flask", "werkzeug"} or package.startswith("flask_") or package in VOCABULARY


@cache
def term(qualified: str) -> Term | None:
    """The row that speaks for a name, or None where it is not of the Flask family.

    A module of the family by itself (`flask`, `werkzeug.utils`, as `import flask` leaves it) says nothing yet: None.
    """
    name = public_name(qualified)
    parts = name.split(".")
    if is_own_attribute(".".join(parts[:3])):
        return Term(name, "request")
    for length in range(len(parts), 0, -1):
        found = VOCABULARY.get(".".join(parts[:length]))
        if found is not None:
            return found
    if not of_flask(name) or len(parts) == 1:
        return None
    return Term(name, "refused", "is not known to this tool", known=False)
