"""Flask-Compress: `Compress(app)` → a hook that compresses answers, with the same settings.

app.config["COMPRESS_MIN_SIZE"] = 50             COMPRESSION = Compression(min_size=50)
Compress(app)                            →

                                                 async def compress(request, response): ...
"""

import ast

from codemods.findings import Diagnostic, Finding
from codemods.literals import as_literal
from codemods.model import Hook, Project
from codemods.view.imports import Need
from codemods.view.rule import Rule
from codemods.view.source import Sources

from .basis.extension import Extension, ExtensionHook
from .basis.settings import constant_setting

PACKAGE = "flask_compress"
HELPER = ".compat.compressing"

COMPRESS_SETTINGS = Diagnostic(
    "FM794",
    "blocked",
    "Flask-Compress is set up in a way that is not converted",
    "Which answers are compressed, and how, is decided by settings that are computed, or by a cache of its own.",
    "Give its settings as constants, without COMPRESS_CACHE_KEY and COMPRESS_CACHE_BACKEND.",
)
COMPRESS_VERSION = Diagnostic(
    "FM795",
    "blocked",
    "a version of Flask-Compress that is not known",
    "What is copied is the behaviour of versions 1.25 and later ones of 1.",
    "Update the extension first.",
)

SETTINGS = {
    "COMPRESS_MIMETYPES": "kinds", "COMPRESS_MIN_SIZE": "min_size", "COMPRESS_ALGORITHM": "algorithms",
    "COMPRESS_ALGORITHM_STREAMING": "streaming", "COMPRESS_STREAMS": "streams",
    "COMPRESS_EVALUATE_CONDITIONAL_REQUEST": "conditional",
    "COMPRESS_STREAMING_ENDPOINT_CONDITIONAL": "conditional_streams", "COMPRESS_LEVEL": "gzip_level",
    "COMPRESS_DEFLATE_LEVEL": "deflate_level", "COMPRESS_ZSTD_LEVEL": "zstd_level",
    "COMPRESS_BR_LEVEL": "brotli_level", "COMPRESS_BR_MODE": "brotli_mode", "COMPRESS_BR_WINDOW": "brotli_window",
    "COMPRESS_BR_BLOCK": "brotli_block", "COMPRESS_REGISTER": "",
}  # fmt: skip
"""The settings that are known, with the option that each is; whether there is a hook its presence tells."""
MIMETYPES = (
    "text/html text/css text/plain text/xml text/x-component text/javascript application/x-javascript "
    "application/javascript application/json application/manifest+json application/vnd.api+json application/xml "
    "application/xhtml+xml application/rss+xml application/atom+xml application/vnd.ms-fontobject "
    "application/x-font-ttf application/x-font-opentype application/x-font-truetype image/svg+xml image/x-icon "
    "image/vnd.microsoft.icon font/ttf font/eot font/otf font/opentype"
)
DEFAULTS: dict[str, object] = {
    "COMPRESS_MIMETYPES": MIMETYPES.split(), "COMPRESS_MIN_SIZE": 500,
    "COMPRESS_ALGORITHM": ["zstd", "br", "gzip", "deflate"], "COMPRESS_ALGORITHM_STREAMING": ["zstd", "br", "deflate"],
    "COMPRESS_STREAMS": True, "COMPRESS_EVALUATE_CONDITIONAL_REQUEST": True,
    "COMPRESS_STREAMING_ENDPOINT_CONDITIONAL": ["static"], "COMPRESS_LEVEL": 6, "COMPRESS_DEFLATE_LEVEL": -1,
    "COMPRESS_ZSTD_LEVEL": 3, "COMPRESS_BR_LEVEL": 4, "COMPRESS_BR_MODE": 0, "COMPRESS_BR_WINDOW": 22,
    "COMPRESS_BR_BLOCK": 0,
}  # fmt: skip
"""What the extension sets where the application does not (`Compress.init_app`)."""
LISTS = frozenset({"COMPRESS_MIMETYPES", "COMPRESS_STREAMING_ENDPOINT_CONDITIONAL"})
SPELLED = frozenset({"COMPRESS_ALGORITHM", "COMPRESS_ALGORITHM_STREAMING"})
"""Settings that may also be one text with commas."""

COMPRESS = '''\
COMPRESSION = Compression({options})


def compress(request: Request, response: Response) -> Response:
    """Compress the answer for clients that ask for it."""
    return COMPRESSION.applied(request, response)
'''


def answers(project: Project, sources: Sources, hook: Hook) -> ExtensionHook | Finding:
    """The hook that compresses."""
    version = project.application.versions.get("flask-compress", "1.25")
    numbers = [int(one) for one in version.split(".")[:2] if one.isdecimal()]
    if numbers < [1, 25] or numbers >= [2]:
        return Finding(COMPRESS_VERSION, None, f"version {version}")
    options = []
    for name in sorted(one for one in project.application.config if one.startswith("COMPRESS_")):
        if not any(name.encode() in one for one in sources.files.values()):
            there = project.application.flags.get(name)
            if name in DEFAULTS and there is not None and there != DEFAULTS[name]:  # a file or the environment sets it
                return Finding(COMPRESS_SETTINGS, None, f"the setting {name}")
            continue  # the extension itself sets its defaults
        node = constant_setting(sources, name) if name in SETTINGS else None
        if node is None:
            return Finding(COMPRESS_SETTINGS, None, f"the setting {name}")
        value = ast.literal_eval(node)
        if name in SPELLED and isinstance(value, str):
            value = [one.strip() for one in value.split(",")]
        if name in LISTS | SPELLED:
            listed = ", ".join(as_literal(one) for one in value)
            options.append(f"{SETTINGS[name]}=({listed},)" if listed else f"{SETTINGS[name]}=()")
        elif SETTINGS[name]:
            options.append(f"{SETTINGS[name]}={as_literal(value)}")
    needs = {Need("fastapi", "Request"), Need("fastapi", "Response"), Need(HELPER, "Compression")}
    return ExtensionHook("compress", COMPRESS.replace("{options}", ", ".join(options)), frozenset(needs))


RULE = Rule(diagnostics=(COMPRESS_SETTINGS, COMPRESS_VERSION))

EXTENSION = Extension(PACKAGE, hooks={f"{PACKAGE}.flask_compress.Compress.after_request": answers})
