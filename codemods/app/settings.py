"""`settings.py`: the settings that converted code reads, with their types; and how they start without Flask."""

from textwrap import indent

from codemods.carry import Settings
from codemods.view.imports import Need

from .target import File

MODULE = ".settings"
INITIAL = ".initial_settings"
ANY = frozenset({Need("typing", "Any")})

LOAD = '''def load_settings() -> Settings:
    """What the application reads, made as the Flask application makes it."""
    settings: dict[str, Any] = {{}}
{body}    return cast(Settings, settings)
'''
OF_REQUEST = '''def settings_of(request: Request) -> Settings:
    """The settings of the application that a request is for."""
    found: Settings = request.app.state.settings
    return found
'''
DEPENDENCY = '''async def get_settings(request: Request) -> Settings:
    """The settings, as a dependency."""
    return settings_of(request)


CurrentSettings = Annotated[Settings, Depends(get_settings)]
'''
IN_CAPITALS = '''def in_capitals(source: object) -> dict[str, Any]:
    """The attributes in capitals of a class, an object or a module, which are settings."""
    return {name: getattr(source, name) for name in dir(source) if name.isupper()}
'''


def settings_files(settings: Settings) -> dict[str, File]:
    """The two modules, by name, for what converted code reads.

    How the settings start has a module of its own, since it may use definitions that read settings themselves.
    """
    file = File("The settings of the application.")
    typed = "".join(
        f"    {key}: {settings.annotations.get(key, 'Any')}\n" for key in sorted(settings.read) if key.isidentifier()
    )
    file.add(f"class Settings(TypedDict, total=False):\n{typed or '    pass'}", ANY | {Need("typing", "TypedDict")})
    request = {Need("fastapi", "Request")}
    file.add(OF_REQUEST, request)
    file.add(DEPENDENCY, request | {Need("typing", "Annotated"), Need("fastapi", "Depends")})
    return {MODULE: file, INITIAL: _initial(settings)}


def _initial(settings: Settings) -> File:
    """The module that makes the settings."""
    statements = settings.statements_read()
    body = "".join(f"{one.text.rstrip()}\n" for one in statements)
    file = File("The settings with which the application starts where no Flask application has them.")
    if "in_capitals(" in body:
        file.add(IN_CAPITALS, ANY)
    needs = ANY | {Need("typing", "cast"), Need(MODULE, "Settings")}
    file.add(LOAD.format(body=indent(body, "    ")), needs.union(*(one.needs for one in statements)))
    return file
