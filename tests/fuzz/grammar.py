"""A grammar of Flask modules: the idioms that are said to convert, put together at random, and requests to them.

A piece of the grammar is source text in which everything is drawn: names, types, defaults, order. What it produces is
an ordinary module that Flask runs; nothing in it knows of the conversion.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hypothesis import strategies as st

from .around import ANYWHERE, DECORATORS, FILES, HEAD, OF_BLUEPRINTS
from .requests import Request, Step, requests_to
from .statements import answers, conditions, steps

METHODS = (("GET",), ("GET",), ("POST",), ("GET", "POST"), ("PUT", "DELETE"), ("PATCH",))
CONVERTERS = {
    "": ("alpha", "a b", "x%2Fy", "\u00e9", ""),
    "string(length=2)": ("ab", "abc"),
    "int": ("7", "007", "-1", "x", "7.5"),
    "int(min=1, max=9)": ("1", "9", "0", "10"),
    "int(signed=True)": ("-3", "3", "x"),
    "float": ("1.5", "1", "x"),
    "path": ("a/b", "a", "a//b", "/a"),
    "any(red, blue)": ("red", "green"),
    "uuid": ("a8098c1a-f86e-11da-bd1a-00112444be1e", "A8098C1A-F86E-11DA-BD1A-00112444BE1E", "x"),
}


@dataclass(frozen=True)
class Application:
    """The source of a module with an `app`, the files beside it, and requests to it, in order."""

    source: str
    requests: tuple[Request, ...]
    files: Mapping[str, str] = field(default_factory=lambda: FILES)


@dataclass(frozen=True)
class Owner:
    """The application or a blueprint: its name, and where its URLs begin."""

    name: str
    prefix: str


@dataclass(frozen=True)
class Place:
    """The rule of a view: its arguments, the URLs behind `start` that may match it, and the options of its route."""

    rule: str
    start: str
    arguments: list[str]
    urls: list[str]
    slash: str
    options: str


def indented(text: str) -> str:
    """Text one level deeper."""
    return "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())


@st.composite
def places(draw: st.DrawFn, index: int) -> Place:
    """Where a view is."""
    words = [f"/{draw(st.sampled_from(('items', 'users', 'a-b')))}{index}"]
    arguments, urls = [], [""]
    for position in range(draw(st.integers(0, 2))):
        converter = draw(st.sampled_from(sorted(CONVERTERS)))
        if position and "path" in words[-1]:
            break
        arguments.append(f"part_{position}")
        words.append(f"/<{converter}{':' if converter else ''}part_{position}>")
        urls = [f"{url}/{value}" for url in urls for value in CONVERTERS[converter]]
    slash = draw(st.sampled_from(("", "", "/")))
    options = draw(st.sampled_from(("", "", "", ", strict_slashes=False")))
    return Place("".join(words) + slash, words[0], arguments, urls, slash, options)


@st.composite
def bodies(draw: st.DrawFn, methods: tuple[str, ...], arguments: list[str]) -> tuple[str, list[Step]]:
    """The statements of a view."""
    known: list[Step] = [draw(steps(number, methods)) for number in range(draw(st.integers(0, 3)))]
    body = [one.text for one in known]
    if draw(st.booleans()):
        body.append(draw(conditions(known)))
    body.append(draw(answers(known, arguments)))
    return "\n".join(body), known


@st.composite
def views(draw: st.DrawFn, owner: Owner, index: int) -> tuple[str, list[Request]]:
    """A view with its route, and requests to it."""
    place = draw(places(index))
    kind = draw(st.sampled_from((functions, functions, functions, method_views, dispatching_views)))
    source, methods, known = draw(kind(owner, place, index))
    start = f"{owner.prefix}{place.start}"
    return source, [draw(requests_to(start, place.urls, place.slash, methods, known)) for _ in range(4)]


Drawn = tuple[str, tuple[str, ...], list[Step]]


@st.composite
def functions(draw: st.DrawFn, owner: Owner, place: Place, index: int) -> Drawn:
    """A function as a view, with up to two decorators, maybe at a second rule that has a default for its argument."""
    methods = draw(st.sampled_from(METHODS))
    body, known = draw(bodies(methods, place.arguments))
    listed = f"methods={list(methods)!r}"
    lines = [f'@{owner.name}.route("{place.rule}", {listed}{place.options})']
    if len(place.arguments) == 1 and draw(st.booleans()):
        defaults = f'defaults={{"{place.arguments[0]}": {draw(st.sampled_from(("None", "1")))}}}'
        lines.append(f'@{owner.name}.route("{place.start}", {defaults}, {listed})')
    elif draw(st.integers(0, 4)) == 0:
        lines.append(f'@{owner.name}.route("/also{place.rule}", {listed})')
    decorators = draw(st.lists(st.sampled_from(DECORATORS), max_size=2, unique=True))
    lines += decorators
    # a decorator that does not wait for its view answers 500
    word = draw(st.sampled_from(("def",) if decorators else ("def", "def", "async def")))
    lines.append(f"{word} view_{index}({', '.join(place.arguments)}):")
    return "\n".join(lines) + "\n" + indented(body), methods, known


@st.composite
def method_views(draw: st.DrawFn, owner: Owner, place: Place, index: int) -> Drawn:
    """A `MethodView` with one or two methods."""
    methods = draw(st.sampled_from((("GET",), ("GET", "POST"), ("PUT", "DELETE"))))
    lines = [f"class View{index}(MethodView):"]
    if draw(st.booleans()):
        lines.append(f"    decorators = [{draw(st.sampled_from(DECORATORS)).removeprefix('@')}]")
    if draw(st.booleans()):
        lines.append("    init_every_request = False")
    steps_of_all: list[Step] = []
    for method in methods:
        body, known = draw(bodies((method,), place.arguments))
        lines += [f"\n    def {method.lower()}({', '.join(['self', *place.arguments])}):", indented(indented(body))]
        steps_of_all += known
    made = f'View{index}.as_view("view_{index}")'
    lines.append(f'\n{owner.name}.add_url_rule("{place.rule}", view_func={made}{place.options})')
    return "\n".join(lines) + "\n", methods, steps_of_all


@st.composite
def dispatching_views(draw: st.DrawFn, owner: Owner, place: Place, index: int) -> Drawn:
    """A `View` with `dispatch_request`."""
    methods = draw(st.sampled_from(METHODS))
    body, known = draw(bodies(methods, place.arguments))
    lines = [f"class View{index}(View):", f"    methods = {list(methods)!r}"]
    lines += [f"\n    def dispatch_request({', '.join(['self', *place.arguments])}):", indented(indented(body))]
    made = f'View{index}.as_view("view_{index}")'
    lines.append(f'\n{owner.name}.add_url_rule("{place.rule}", view_func={made}{place.options})')
    return "\n".join(lines) + "\n", methods, known


@st.composite
def blueprints(draw: st.DrawFn) -> tuple[list[Owner], list[str], list[str]]:
    """Up to two blueprints, maybe one in the other; what makes them, and what registers them in the end."""
    owners, made, registered = [Owner("app", "")], [], []
    for number in range(draw(st.integers(0, 2))):
        prefix = draw(st.sampled_from(("", f"/part{number}", f"/part{number}/deep")))
        name = f"blueprint_{number}"
        given = f', url_prefix="{prefix}"' if prefix else ""
        made.append(f'{name} = Blueprint("{name}", __name__{given})\n')
        parent = draw(st.sampled_from(owners))
        inside = draw(st.sampled_from(("", f"/in{number}")))
        option = f', url_prefix="{inside}"' if inside else ""
        registered.insert(0, f"{parent.name}.register_blueprint({name}{option})\n")
        # a prefix at the registration stands in the place of the blueprint's own
        own = inside or prefix
        owners.append(Owner(name, parent.prefix + own))
    return owners, made, registered


@st.composite
def applications(draw: st.DrawFn) -> Application:
    """A module with up to two blueprints and five views, hooks and handlers."""
    owners, made, registered = draw(blueprints())
    parts = [HEAD, *made]
    for index in range(draw(st.integers(0, 4))):
        owner = draw(st.sampled_from(owners))
        known = ANYWHERE if owner.name == "app" else (*ANYWHERE, *OF_BLUEPRINTS)
        parts.append(draw(st.sampled_from(known)).format(owner=owner.name, index=index))
    parts.append('@app.get("/")\ndef index():\n    return "index"\n')
    requests = [Request("GET", "/"), Request("GET", "/nowhere"), Request("GET", "//")]
    for index in range(draw(st.integers(1, 5))):
        source, more = draw(views(draw(st.sampled_from(owners)), index))
        parts.append(source)
        requests += more
    return Application("\n\n".join(parts + registered), tuple(draw(st.permutations(requests))))
