"""`Schema`: a Pydantic model that loads and dumps as the Marshmallow schema before it did.

Preserves: every message of every field, checks of the whole and of single fields, hooks before and after, defaults that
are never checked, absent keys that stay absent, and dumps that convert without validating.

To live without it: inherit from `BaseModel`, take the model as the endpoint's body, and let FastAPI's 422 replace the
error dictionaries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial, reduce
from typing import Any, ClassVar, Self, cast

from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from .converter import refusal
from .models import Model, Unknown
from .schema_checks import (
    by_own_keys,
    check_fields,
    check_together,
    check_whole,
    is_empty,
    keys,
    left_empty,
    looks_at_valid,
    partly,
    paths,
    said_by,
    valid_fields,
)
from .schema_containers import TEXTS, Given, Sorted, Texts, placed, refused, said
from .schema_dumping import (
    MISSING,
    PLAIN,
    DumpedBy,
    DumpedField,
    computation,
    converter,
    path_of,
    put,
    read,
    schemas_to_dicts,
    takes_none,
)
from .schema_errors import Find, InvalidError, Messages, UnexpectedError, merged
from .schema_hooks import When, asks_for, hooks, keeps_original, run
from .schema_shortcut import CHECKS, quickly


def optional(*, alias: str | None = None) -> Any:
    """A field that may be left out but not be null. Left out it reads as None and is absent from `to_dict()`."""
    return Field(default_factory=_absent, alias=alias)


def _absent() -> None:
    return None


class Schema(Model):
    """Base of all schemas. Unknown keys are errors unless a schema's `extra` says otherwise."""

    __slots__ = ("_original",)

    texts: ClassVar[Texts] = Texts()
    index_errors: ClassVar[bool] = True
    """Whether what is said about one of several stands under its index, not beside what is said about the others."""
    is_partial: ClassVar[bool] = False
    """Whether it is for data of which fields may be left out: hooks may ask."""

    @classmethod
    def load(cls, data: object, *, unknown: Unknown | None = None) -> Self:
        """The validated data; raises `InvalidError` with every message of every field.

        `unknown` says for this call what becomes of keys that the schema does not know, at the top level only.
        """
        original = data
        try:
            data = run(cls, "before_load_all", data)
            data = run(cls, "before_load", data)
        except InvalidError as error:
            raise cls._heard(InvalidError(error.normalized_messages()), original, many=False) from None
        loaded = _quickly(cls, data, original) if unknown is None else None
        if loaded is None:
            loaded, wrong = _tried(cls, Given(data, unknown, is_prepared=True, original=original))
            if wrong is not None:
                raise cls._heard(wrong, original, many=False)
        return cast("Self", loaded)

    @classmethod
    def load_many(cls, data: object, *, unknown: Unknown | None = None) -> list[Self]:
        """As `load` for a list; messages stand under the item's index. A hook that refuses an item refuses them all."""
        whole: Any = data
        try:
            data = run(cls, "before_load_all", data, many=True)
            if cls.has_hooks("before_load"):
                data = [run(cls, "before_load", item, many=True) for item in cast("Iterable[Any]", data)]
        except InvalidError as error:
            raise cls._heard(InvalidError(error.normalized_messages()), whole, many=True) from None
        if not isinstance(data, Sequence) or isinstance(data, str | bytes):
            messages = {"_schema": [cls.texts.get("type", TEXTS["type"])]}
            messages = check_together(cls, list, messages, whole, many=True)
            for hook, _ in hooks(cls, "check"):
                if hook.always:  # it looks for what was sent of each object, and raises where that is something else
                    list(zip((), whole, strict=hook.strict))
            raise cls._heard(InvalidError(messages, find_valid=list), whole, many=True)
        originals = whole if cls.has_hooks("check") or keeps_original(cls) else data
        pairs = list(zip(data, originals, strict=True))
        if unknown is None:
            quick = [_quickly(cls, item, one, many=True) for item, one in pairs]
            if None not in quick and not check_together(cls, partial(_dictionaries, quick), {}, whole, many=True):
                return quick
        given = [Given(item, unknown, is_prepared=True, checks=False, original=one) for item, one in pairs]
        results = [_tried(cls, item) for item in given]
        find = partial(_valid_items, results)
        messages = cls._messages_of({i: error for i, (_, error) in enumerate(results) if error is not None})
        failed = bool(messages)
        messages = check_together(cls, find, messages, whole, many=True)
        for index, (item, (loaded, _)) in enumerate(zip(given, results, strict=True)):
            wrong = check_whole(loaded, {}, failed, item.original, many=True) if loaded is not None else {}
            messages = merged(messages, {index: wrong} if wrong else {})
        if messages:
            raise cls._heard(InvalidError(messages, find_valid=find), whole, many=True)
        return [loaded for loaded, _ in results]

    @classmethod
    def _messages_of(cls, errors: Mapping[int, InvalidError]) -> Messages:
        if cls.index_errors:
            return {index: error.messages for index, error in errors.items()}
        return reduce(merged, (error.messages for error in errors.values()), {})

    @classmethod
    def handle_error(cls, error: InvalidError, data: Any, *, many: bool) -> None:
        """Called with what is wrong before that is raised; a schema may raise something else."""

    @classmethod
    def _heard(cls, error: InvalidError, data: Any, *, many: bool) -> InvalidError:
        error.data = data
        cls.handle_error(error, data, many=many)
        return error

    @classmethod
    def dump(cls, source: Any) -> dict[str, Any]:
        """What the client sees of a row, object or dictionary: converted, not validated, without what is missing."""
        original = source
        source = run(cls, "before_dump", source, original=original)
        source = run(cls, "before_dump_all", source, original=original)
        dumped = run(cls, "after_dump", cls._dumped(source), original=original)
        return run(cls, "after_dump_all", dumped, original=original)  # type: ignore[no-any-return]  # what a hook likes

    @classmethod
    def dump_many(cls, sources: Iterable[Any] | None) -> list[dict[str, Any]]:
        """As `dump` for several; of `None` it is the one dictionary that `dump` gives."""
        if not cls.has_hooks("before_dump", "before_dump_all", "after_dump", "after_dump_all"):
            return cls._dumped_all(sources)
        originals: Any = sources if sources is None else list(sources)
        items = originals
        if cls.has_hooks("before_dump"):
            items = [run(cls, "before_dump", one, many=True, original=one) for one in originals]
        dumped: Any = cls._dumped_all(run(cls, "before_dump_all", items, many=True, original=originals))
        if cls.has_hooks("after_dump"):
            pairs = zip(dumped, originals, strict=True)
            dumped = [run(cls, "after_dump", item, many=True, original=one) for item, one in pairs]
        return run(cls, "after_dump_all", dumped, many=True, original=originals)  # type: ignore[no-any-return]  # see above

    @classmethod
    def _dumped(cls, source: Any) -> dict[str, Any]:
        if isinstance(source, Schema):
            source = source.to_dict()
        dumped = {}
        for field in dump_plan(cls):
            value = field.dumped(source)
            if value is not MISSING:
                dumped[field.key] = value
        return dumped

    @classmethod
    def _dumped_all(cls, sources: Iterable[Any] | None) -> list[dict[str, Any]]:
        if sources is None:
            return cls._dumped(None)  # type: ignore[return-value]  # no list: so did Marshmallow
        return [cls._dumped(source) for source in sources]

    @classmethod
    def get_attribute(cls, source: Any, name: str, default: Any) -> Any:
        """Where the value of a field is taken from when it is dumped; a schema may look elsewhere."""
        return read(source, name, default)

    def to_dict(self) -> dict[str, Any]:
        """The fields that were sent or have a default, with their Python values; nested ones are dictionaries, too."""
        left_out = _optional_fields(type(self)) - self.__pydantic_fields_set__
        found = {
            name: value if type(value) in PLAIN else schemas_to_dicts(value)
            for name, value in self.__dict__.items()
            if name not in left_out
        }
        if places := paths(type(self)):
            flat, found = found, {}
            for name, value in flat.items():
                put(found, places.get(name, name), value)
        return {**found, **self.__pydantic_extra__} if self.__pydantic_extra__ else found

    @classmethod
    def has_hooks(cls, *kinds: When) -> bool:
        """Whether there are hooks of one of these kinds."""
        return any(hooks(cls, kind) for kind in kinds)

    @model_validator(mode="wrap")
    @classmethod
    def _load(cls, data: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(data, Sorted):
            return validate(data)
        if data is None:
            raise refusal("null", TEXTS["null"])
        given = data if isinstance(data, Given) else Given(data)
        original = given.original if given.is_prepared else given.data
        try:
            prepared = given.data
            if not given.is_prepared:
                prepared = run(cls, "before_load", run(cls, "before_load_all", prepared))
        except InvalidError as error:
            raise _refused(cls, InvalidError(error.normalized_messages()), given) from None
        except (ValueError, AssertionError) as error:
            raise UnexpectedError(error) from error
        messages: Messages = {}
        prepared, sent = by_own_keys(cls, prepared)
        known, extra, unknown = _sorted_out(cls, prepared, given.unknown)
        loaded: Any = None
        find: Find | None = None
        try:
            if not isinstance(known, Mapping):
                raise InvalidError([cls.texts.get("type", TEXTS["type"])])
            loaded = validate(Sorted(known))
        except InvalidError as error:
            messages = error.normalized_messages()
            loaded = partly(cls, {}, set())
        except ValidationError as error:
            errors = error.errors(include_url=False)
            for one in errors:
                messages = merged(messages, placed(one["loc"] or ["_schema"], said_by(cls, one)))
            find = partial(valid_fields, cls, known, messages, errors)
            loaded = find() if looks_at_valid(cls) else None
        messages = merged({sent.get(key, key): said for key, said in messages.items()} if sent else messages, unknown)
        if loaded is not None:
            _keep(loaded, extra)
            messages = _checked(loaded, messages, given, original)
        if messages:
            wrong = InvalidError(messages, find_valid=partial(_valid_data, loaded, find, extra))
            raise _refused(cls, wrong, given, loaded)
        return cast("Self", _remembering(loaded, original))


def _keep(loaded: Schema, extra: Mapping[str, Any]) -> None:
    """Put unknown keys into what was loaded, before it is checked. One that is called as a field stands for it."""
    if not extra:
        return
    names = type(loaded).model_fields.keys() - paths(type(loaded)).keys()
    vars(loaded).update({name: value for name, value in extra.items() if name in names})
    loaded.__pydantic_fields_set__.update(names & extra.keys())
    rest = {key: value for key, value in extra.items() if key not in names}
    object.__setattr__(loaded, "__pydantic_extra__", {**(loaded.model_extra or {}), **rest})


def _valid_data(loaded: Any, find: Find | None, extra: Mapping[str, Any]) -> dict[str, Any]:
    if loaded is None and find is not None:
        return {**find().to_dict(), **extra}
    return loaded.to_dict()  # type: ignore[no-any-return]  # a schema's


def _remembering(loaded: Schema, original: Any) -> Schema:
    if keeps_original(type(loaded)):
        object.__setattr__(loaded, "_original", original)
    return loaded


def _dictionaries(items: Iterable[Schema]) -> list[dict[str, Any]]:
    return [one.to_dict() for one in items]


def _valid_items(results: Iterable[tuple[Any, InvalidError | None]]) -> list[Any]:
    return [loaded.to_dict() if error is None else error.valid_data for loaded, error in results]


def _refused(schema: type[Schema], error: InvalidError, given: Given, loaded: Any = None) -> PydanticCustomError:
    """The error, which a nested schema hears of itself; that at the top is told by `load`."""
    if not given.is_prepared:
        schema.handle_error(error, given.data, many=False)
    return refused(error.messages, error.find_valid, loaded)


def _checked(loaded: Schema, messages: Messages, given: Given, original: Any) -> Messages:
    try:
        messages = check_fields(loaded, messages)
        if given.checks:
            failed = bool(messages)
            messages = check_together(type(loaded), loaded.to_dict, messages, original)
            messages = check_whole(loaded, messages, failed, original)
    except (ValueError, AssertionError) as error:
        raise UnexpectedError(error) from error
    return messages


def _tried(schema: type[Schema], given: Given) -> tuple[Any, InvalidError | None]:
    """What was loaded, or what is wrong, beside what is valid where something looks at that."""
    try:
        return schema.model_validate(given), None
    except ValidationError as error:
        (one, *_) = error.errors(include_url=False)
        context = one.get("ctx", {})
        return context.get("loaded"), InvalidError(said(one), find_valid=context.get("find_valid"))
    except UnexpectedError as error:
        raise error.original from None


def _quickly(schema: type[Schema], data: Any, original: Any, *, many: bool = False) -> Any:
    """What was loaded, checks of it included; None where something is wrong with it."""
    loaded = quickly(schema, data)
    if loaded is None:
        return None
    if schema.has_hooks(*CHECKS):
        messages = check_fields(loaded, {})
        if not (messages or many):
            messages = check_together(schema, loaded.to_dict, {}, original)
        if messages or check_whole(loaded, {}, False, original, many=many):
            return None
    return _remembering(loaded, original)


def _sorted_out(schema: type[Schema], data: Any, unknown: Unknown | None) -> tuple[Any, Messages, Messages]:
    """The data that the model shall see, unknown keys to keep beside it, and messages about unknown keys."""
    if isinstance(data, Mapping) and type(data) is not dict:
        # A form's or query's mapping may hold lists inside; its own look-up tells which value counts.
        data = {key: data[key] for key in data}
    if not isinstance(data, Mapping):
        return data, {}, {}
    if empty := [key for key in left_empty(schema) if is_empty(data.get(key))]:
        data = {key: value for key, value in data.items() if key not in empty}
    known = keys(schema)
    rest = {key: value for key, value in data.items() if key not in known}
    if not rest:
        return data, {}, {}
    unknown = unknown or schema.model_config["extra"]
    text = schema.texts.get("unknown", TEXTS["unknown"])
    messages = {key: [text] for key in rest} if unknown == "forbid" else {}
    return {key: data[key] for key in data if key in known}, rest if unknown == "allow" else {}, messages


@cache
def _optional_fields(schema: type[Schema]) -> frozenset[str]:
    """The fields that are absent where they were not sent."""
    return frozenset(name for name, field in schema.model_fields.items() if field.default_factory is _absent)


@cache
def dump_plan(schema: type[Schema]) -> list[DumpedField]:
    """How each field of a schema is dumped."""
    if not schema.__pydantic_complete__:
        schema.model_rebuild()
    return [
        DumpedField(
            path_of(name, field.metadata),
            field.alias or name,
            converter(field.annotation, field.metadata),
            None if field.is_required() or field.default_factory is _absent else field,
            computation(schema, field.metadata),
            None if schema.get_attribute.__func__ is Schema.get_attribute.__func__ else schema.get_attribute,  # type: ignore[attr-defined]  # a class method's
            takes_none(field.annotation, field.metadata),
            any(isinstance(mark, DumpedBy) and asks_for(mark.dump, "source") for mark in field.metadata),
        )
        for name, field in schema.model_fields.items()
    ]
