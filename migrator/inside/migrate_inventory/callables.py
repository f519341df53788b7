"""Where a callable comes from: its name, its file, the `def` line, and the chain of wrappers around it."""
# ruff: noqa: UP006, UP035, UP045, B905, SIM905, PTH100, PTH120, PTH123

import ast
import functools
import inspect
import os
import sys
import types
from typing import Any, Dict, List, Optional

Facts = Dict[str, Any]

OWN_FOLDER = os.path.dirname(os.path.abspath(__file__))


def type_name(value: Any) -> str:
    """The qualified name of a class, or of an object's class."""
    kind = value if isinstance(value, type) else type(value)
    return f"{kind.__module__}.{kind.__qualname__}"


class Describer:
    """Describes callables; remembers the project's root to tell its own files from a library's."""

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)
        self.given = os.path.abspath(root)
        self.definitions: Dict[str, Dict[int, int]] = {}
        self.places: Dict[str, Optional[str]] = {}

    def relative(self, path: Optional[str]) -> Optional[str]:
        """A path below the root with forward slashes; None outside it and in an environment that lies in it."""
        if not path or path.startswith("<"):  # `<frozen os>`, `<string>`
            return None
        if path not in self.places:  # all functions of a module ask for the same one, and each link in it is looked up
            self.places[path] = self.place(path)
        return self.places[path]

    def place(self, path: str) -> Optional[str]:
        """What `relative` gives for a path of a file."""
        real = os.path.realpath(path)
        if not real.startswith(self.root.rstrip(os.sep) + os.sep):
            return None
        inner = real[len(self.root.rstrip(os.sep)) + 1 :].replace(os.sep, "/")
        if (
            "site-packages/" in inner
            or "dist-packages/" in inner
            or inner.startswith(("lib/python", ".venv/", "venv/"))
        ):
            return None
        return inner

    def from_root(self, path: str) -> str:
        """A path as it is written from the root on, with forward slashes; neither links nor `..` are resolved."""
        for root in (self.given, self.root):
            if (path + os.sep).startswith(root.rstrip(os.sep) + os.sep):
                return path[len(root.rstrip(os.sep)) :].replace(os.sep, "/").strip("/") or "."
        return path

    def definition_line(self, path: str, line: int) -> int:
        """The line of the `def` whose code starts at `line` (its first decorator's, since Python 3.8)."""
        if path not in self.definitions:
            lines: Dict[int, int] = {}
            try:
                with open(path, "rb") as stream:
                    tree = ast.parse(stream.read())
            except (OSError, SyntaxError, ValueError):
                tree = ast.parse("")
            for node in statements(tree):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    first = min([node.lineno] + [decorator.lineno for decorator in node.decorator_list])
                    lines[first] = self.after_decorators(node)
            self.definitions[path] = lines
        return self.definitions[path].get(line, line)

    @staticmethod
    def after_decorators(node: Any) -> int:
        """The `def` line; before Python 3.8 `lineno` is the first decorator's, so take the line after the last one."""
        if not node.decorator_list or node.lineno > node.decorator_list[0].lineno:
            return int(node.lineno)
        inner = [getattr(child, "lineno", 0) for decorator in node.decorator_list for child in ast.walk(decorator)]
        return max(inner) + 1

    def describe(self, value: Any) -> Facts:
        """Where a callable comes from, with the chain of wrappers around it as far as `__wrapped__` tells."""
        chain = wrapped(value)
        facts = self.one(chain[-1])
        facts["wrappers"] = [self.one(wrapper) for wrapper in chain[:-1]]
        facts["name"] = getattr(value, "__name__", None)
        classes = [getattr(link, "view_class", None) for link in chain]
        if isinstance(classes[0], type):
            facts["view_class"] = self.view_class(classes[0], chain[-1])
        return facts

    def one(self, value: Any) -> Facts:
        """A callable by itself: partials, bound methods and instances are looked through to their code."""
        kind = "function"
        if isinstance(value, functools.partial):
            kind, value = "partial", value.func
        if inspect.ismethod(value):
            kind, value = "method", value.__func__
        code: Any = getattr(value, "__code__", None)
        if code is None and not isinstance(value, type):
            call = getattr(type(value), "__call__", None)  # noqa: B004  (the function is wanted, not whether there is one)
            unknown: Facts = {"file": None, "line": None, "def_line": None, "owned": False}
            facts = self.one(call) if getattr(call, "__code__", None) else unknown
            owner = value if isinstance(getattr(value, "__qualname__", None), str) else type(value)
            facts.update(kind="builtin" if inspect.isbuiltin(value) else "object", qualified=self.qualified(owner))
            return facts
        if isinstance(value, type):
            return self.of_class(value)
        path = code.co_filename
        relative = self.relative(path)
        return {
            "kind": kind,
            "qualified": self.qualified(value),
            "file": relative,
            "line": code.co_firstlineno,
            "def_line": self.definition_line(path, code.co_firstlineno) if relative else code.co_firstlineno,
            "owned": relative is not None,
            "is_async": inspect.iscoroutinefunction(value),
            "is_generator": inspect.isgeneratorfunction(value) or inspect.isasyncgenfunction(value),
            "free_variables": list(code.co_freevars),
            "closes_over": self.closed_callables(value),
        }

    def of_class(self, value: type) -> Facts:
        """A class that is used as a callable or as a view."""
        try:
            path = inspect.getsourcefile(value) or ""
            relative = self.relative(path)
            line: Optional[int] = inspect.getsourcelines(value)[1]
        except (OSError, TypeError):
            relative = line = None
        if relative and line:
            line = self.definition_line(path, line)
        facts = {"kind": "class", "qualified": type_name(value), "file": relative, "line": line, "def_line": line}
        return dict(facts, owned=relative is not None)

    @staticmethod
    def qualified(value: Any) -> str:
        """A name from the code: the `__qualname__` that `functools.wraps` gives a wrapper is the wrapped one's."""
        code = getattr(value, "__code__", None)
        if code is None:
            return "{}.{}".format(getattr(value, "__module__", "?"), getattr(value, "__qualname__", "?"))
        module = getattr(value, "__globals__", {}).get("__name__") or value.__module__
        own = getattr(code, "co_qualname", None)
        if own is None:
            own = value.__qualname__
            own = own if own.split(".")[-1] == code.co_name else "<locals>." + code.co_name
        return f"{module}.{own}"

    def closed_callables(self, value: Any, depth: int = 0) -> Facts:
        """Functions of the project in a closure: a decorator without `functools.wraps` hides its view there."""
        found: Facts = {}
        for name, cell in zip(value.__code__.co_freevars, value.__closure__ or ()):
            try:
                content = cell.cell_contents
            except ValueError:
                continue  # an empty cell
            if type(content) is types.MethodType:
                content = content.__func__
            if type(content) is not types.FunctionType or content is value or depth > 5:
                continue  # asked by `type`: a proxy to a context local must not be touched
            *wrappers, content = wrapped(content)
            code: Any = getattr(content, "__code__", None)
            relative = self.relative(getattr(code, "co_filename", None))
            if relative:
                found[name] = {
                    "wrappers": [self.one(wrapper) for wrapper in wrappers],
                    "qualified": self.qualified(content),
                    "file": relative,
                    "def_line": self.definition_line(code.co_filename, code.co_firstlineno),
                    "is_async": inspect.iscoroutinefunction(content),
                    "free_variables": list(code.co_freevars),
                    "closes_over": self.closed_callables(content, depth + 1),
                }
        return found

    def view_class(self, cls: Any, view: Any) -> Facts:
        """A class-based view: its bases, where each method comes from, decorators and the arguments of `as_view`."""
        methods = {}
        for verb in "get post put patch delete head options trace dispatch_request".split():
            method = getattr(cls, verb, None)
            if method is not None:
                methods[verb] = self.describe(method)
        facts = self.of_class(cls)
        names = getattr(getattr(view, "__code__", None), "co_freevars", ())
        cells = dict(zip(names, getattr(view, "__closure__", None) or ()))
        positional, named = cells.get("class_args"), cells.get("class_kwargs")
        facts.update(
            bases=[type_name(base) for base in cls.__mro__[1:-1]],
            methods=methods,
            decorators=[self.describe(decorator) for decorator in getattr(cls, "decorators", None) or ()],
            init_every_request=bool(getattr(cls, "init_every_request", True)),
            arguments=len(positional.cell_contents) if positional is not None else None,
            keywords=sorted(named.cell_contents) if named is not None else None,
            definitions=self.definitions_given(positional, named, cells.get("self")),
        )
        return facts

    def definitions_given(self, positional: Any, named: Any, instance: Any) -> Facts:
        """The classes and functions of the project that a class-based view is given, by place or keyword; of one that
        is made once, by the attributes that hold them (`self.model`). Each argument is a cell of the view's closure."""
        given: Facts = {}
        if positional is not None:
            given.update((str(place), value) for place, value in enumerate(positional.cell_contents))
        if named is not None:
            given.update(named.cell_contents)
        if instance is not None:
            kept = getattr(instance.cell_contents, "__dict__", {})
            given.update(("self." + str(name), value) for name, value in kept.items())
        names = {key: self.definition_name(value) for key, value in given.items()}
        return {key: name for key, name in names.items() if name is not None}

    def definition_name(self, value: Any) -> Optional[str]:
        """The qualified name of a class or function, if it is what a module of the project has under that name."""
        is_definition = type(value) is types.FunctionType or issubclass(type(value), type)
        if not is_definition:  # asked by `type`: a proxy to a context local must not be touched
            return None
        name, module = str(value.__qualname__), sys.modules.get(value.__module__)
        is_own = getattr(module, name, None) is value and self.relative(getattr(module, "__file__", None)) is not None
        return f"{value.__module__}.{name}" if is_own else None


def wrapped(value: Any) -> List[Any]:
    """A callable and what it wraps, outermost first, as far as `__wrapped__` tells."""
    chain = [value]
    while True:
        inner = getattr(chain[-1], "__wrapped__", None)
        if not callable(inner) or len(chain) > 50 or any(inner is link for link in chain):
            return chain
        chain.append(inner)


def statements(tree: Any) -> List[Any]:
    """All statements of a module, those within others included; expressions, which are most of it, hold none."""
    found = [tree]
    for node in found:
        for part in ("body", "orelse", "handlers", "finalbody", "cases"):
            found.extend(getattr(node, part, ()))
    return found


def described(value: Any) -> str:
    """The qualified name of a callable, else of the object's class."""
    return Describer.qualified(value) if callable(value) else type_name(value)
