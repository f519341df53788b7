"""One name for what a library defines in one module and exports from its top: `flask.globals.request` is
`flask.request`, `apiflask.security.HTTPTokenAuth` is `apiflask.HTTPTokenAuth`."""

EXPORTS = {
    "flask.app": "Flask",
    "flask.blueprints": "Blueprint",
    "flask.config": "Config",
    "flask.ctx": "after_this_request copy_current_request_context has_app_context has_request_context",
    "flask.globals": "current_app g request session",
    "flask.helpers": "abort flash get_flashed_messages get_template_attribute make_response redirect send_file "
    "send_from_directory stream_with_context url_for",
    "flask.json": "jsonify",
    "flask.signals": "appcontext_popped appcontext_pushed appcontext_tearing_down before_render_template "
    "got_request_exception message_flashed request_finished request_started request_tearing_down template_rendered",
    "flask.templating": "render_template render_template_string stream_template stream_template_string",
    "flask.wrappers": "Request Response",
    "marshmallow.decorators": "post_dump post_load pre_dump pre_load validates validates_schema",
    "marshmallow.exceptions": "ValidationError",
    "marshmallow.schema": "Schema SchemaOpts",
    "marshmallow.utils": "EXCLUDE INCLUDE RAISE missing pprint",
    "marshmallow.constants": "EXCLUDE INCLUDE RAISE missing",
    "marshmallow_sqlalchemy.schema": "SQLAlchemySchema SQLAlchemyAutoSchema auto_field",
    "marshmallow_oneofschema.one_of_schema": "OneOfSchema",
    "apiflask.app": "APIFlask",
    "apiflask.blueprint": "APIBlueprint",
    "apiflask.exceptions": "HTTPError abort",
    "apiflask.helpers": "get_reason_phrase pagination_builder",
    "apiflask.schemas": "EmptySchema FileSchema PaginationModel PaginationSchema Schema",
    "apiflask.security": "APIKeyCookieAuth APIKeyHeaderAuth APIKeyQueryAuth HTTPBasicAuth HTTPTokenAuth MultiAuth",
    "apifairy.core": "APIFairy",
    "apifairy.decorators": "arguments authenticate body other_responses response webhook",
    "apifairy.fields": "FileField",
    "flask_apispec.annotations": "doc marshal_with use_kwargs wrap_with",
    "flask_apispec.extension": "FlaskApiSpec",
    "flask_apispec.utils": "Ref",
    "flask_apispec.views": "MethodResource ResourceMeta",
    "flask_restx.api": "Api",
    "flask_restx.errors": "RestError SpecsError ValidationError abort",
    "flask_restx.marshalling": "marshal marshal_with marshal_with_field",
    "flask_restx.mask": "Mask",
    "flask_restx.model": "Model OrderedModel SchemaModel",
    "flask_restx.namespace": "Namespace",
    "flask_restx.resource": "Resource",
    "flask_smorest.blueprint": "Blueprint",
    "flask_smorest.pagination": "Page",
    "flask_cors.decorator": "cross_origin",
    "flask_cors.extension": "CORS",
    "flask_limiter._extension": "Limiter",
    "flask_limiter.errors": "RateLimitExceeded",
    "flask_limiter.extension": "Limiter",
    "flask_login.login_manager": "LoginManager",
    "flask_login.mixins": "AnonymousUserMixin UserMixin",
    "flask_login.utils": "confirm_login current_user decode_cookie encode_cookie fresh_login_required login_fresh "
    "login_remembered login_required login_url login_user logout_user",
    "flask_jwt_extended.jwt_manager": "JWTManager",
    "flask_jwt_extended.utils": "create_access_token create_refresh_token current_user decode_token get_csrf_token "
    "get_current_user get_jti get_jwt get_jwt_header get_jwt_identity get_jwt_request_location "
    "get_unverified_jwt_headers set_access_cookies set_refresh_cookies unset_access_cookies unset_jwt_cookies "
    "unset_refresh_cookies",
    "flask_jwt_extended.view_decorators": "jwt_required verify_jwt_in_request",
}
"""The modules of libraries, with what their library exports of each."""

PASSED_ON = {
    f"flask_restful.{name}": f"{home}.{name}"
    for home, names in (
        ("flask", ("Blueprint", "current_app", "request", "url_for")),
        (
            "werkzeug.exceptions",
            ("HTTPException", "InternalServerError", "MethodNotAllowed", "NotAcceptable", "NotFound"),
        ),
    )
    for name in names
}
"""What another library takes from Flask and Werkzeug, where some projects import it."""
WITHOUT_IO = {"flask.sansio.app.App": "flask.Flask", "flask.sansio.blueprints.Blueprint": "flask.Blueprint"}
"""The classes in which methods of Flask's are written that know of no request."""
PUBLIC = (
    PASSED_ON
    | WITHOUT_IO
    | {
        f"{home}.{name}": f"{home.partition('.')[0]}.{name}"
        for home, names in EXPORTS.items()
        for name in names.split()
    }
)
FLASK = frozenset(name for home, names in EXPORTS.items() if home.startswith("flask.") for name in names.split())
"""What Flask's top exports."""
LIBRARIES = frozenset(name.partition(".")[0] for name in PUBLIC)


def public_name(name: str) -> str:
    """The name under which a library exports a thing, or what belongs to it: `flask.globals.request.args` →
    `flask.request.args`; as it was for anything else."""
    if name.partition(".")[0] not in LIBRARIES:
        return name
    head, rest = name, ""
    while head:
        if head in PUBLIC:
            return PUBLIC[head] + rest
        head, _, last = head.rpartition(".")
        rest = f".{last}{rest}"
    return name
