"""`settings.py`: the settings that converted code reads, with their types; and how they start without Flask."""

from codemods.carry import Settings
from codemods.carry.config_statements import INSTANCE, ROOT
from codemods.carry.folders import NEEDS, from_file
from codemods.model import Application
from codemods.view.imports import Need
from codemods.view.layout import indented

from .target import File

MODULE = ".settings"
INITIAL = ".initial_settings"
ANY = frozenset({Need("typing", "Any")})

LOAD = '''def load_settings() -> Settings:
    """What the application reads, made as the Flask application makes it."""
{body}    return cast(Settings, loaded)
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


def settings_files(settings: Settings, application: Application, target: str) -> dict[str, File]:
    """The two modules, by name, for what converted code reads.

    How the settings start has a module of its own, since it may use definitions that read settings themselves.
    """
    file = File("The settings of the application.")
    typed = "".join(f"    {key}: {settings.annotation(key)}\n" for key in sorted(settings.read) if key.isidentifier())
    file.add(f"class Settings(TypedDict, total=False):\n{typed or '    pass'}", ANY | {Need("typing", "TypedDict")})
    request = {Need("fastapi", "Request")}
    file.add(OF_REQUEST, request)
    file.add(DEPENDENCY, request | {Need("typing", "Annotated"), Need("fastapi", "Depends")})
    return {MODULE: file, INITIAL: _initial(settings, application, target)}


def _initial(settings: Settings, application: Application, target: str) -> File:
    """The module that makes the settings."""
    statements = settings.statements_read()
    body = "".join(f"{one.text.rstrip()}\n" for one in statements)
    file = File("The settings with which the application starts where no Flask application has them.")
    folders = {ROOT: application.root_path, INSTANCE: application.instance_path}
    for name in sorted({path for one in statements for path in one.paths}):
        file.add(f"{name} = str({from_file(folders[name], INITIAL, target)})", NEEDS)
    if "in_capitals(" in body:
        file.add(IN_CAPITALS, ANY)
    needs = ANY | {Need("typing", "cast"), Need(MODULE, "Settings")}
    file.add(LOAD.format(body=indented(body)), needs.union(*(one.needs for one in statements)))
    return file
