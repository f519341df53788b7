"""The URL map: every rule with its variables, its rank in matching order and its order of registration."""
# ruff: noqa: UP006, UP035, SIM905

import re
from typing import Any, List

from .callables import Describer, Facts, type_name
from .loading import BOUND

MAP_SETTINGS = (
    "strict_slashes merge_slashes redirect_defaults host_matching sort_parameters default_subdomain"
).split()


def plain(value: Any) -> Any:
    """A value as JSON, exactly where JSON has it, else its `repr` marked as such."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "total_seconds"):
        return value.total_seconds()
    return {"repr": repr(value)[:200]}


def matching_order(url_map: Any) -> List[Any]:
    """The rules in the order in which Werkzeug tries them.

    Werkzeug 2.2 and newer walk a tree: at each part the static branch, then the dynamic ones by weight, with
    backtracking (`werkzeug.routing.matcher.StateMachineMatcher`); a walk of the same tree in the same order lists the
    rules. Older versions sort `_rules`. Rules for building only come last.
    """
    url_map.update()
    matcher = getattr(url_map, "_matcher", None)
    if matcher is None:
        return list(url_map._rules)
    ordered: List[Any] = []

    def walk(state: Any) -> None:
        ordered.extend(state.rules)
        for following in state.static.values():
            walk(following)
        for _, following in state.dynamic:
            walk(following)

    walk(matcher._root)
    return ordered


def variables_of(rule: Any) -> List[Facts]:
    """The variable parts of a rule, in their order, with the live converter's class, pattern and arguments."""
    written = {}
    domain = (rule.host if rule.map.host_matching else rule.subdomain) or ""
    for place, part in (("host", domain), ("path", rule.rule)):
        for found in re.finditer(r"<(?:([a-zA-Z_][a-zA-Z0-9_]*)(?:\((.*?)\))?:)?([a-zA-Z_][a-zA-Z0-9_]*)>", part):
            written[found.group(3)] = (found.group(1) or "default", found.group(2), place)
    listed = []
    for name, converter in rule._converters.items():
        text = written.get(name, ("default", None, "path"))
        facts: Facts = {"name": name, "converter": text[0], "regex": converter.regex, "class": type_name(converter)}
        facts["arguments"] = text[1]
        facts["in_host"] = text[2] == "host"
        facts["part_isolating"] = getattr(converter, "part_isolating", True)
        listed.append(facts)
    return listed


def rule_facts(rule: Any, rank: int, order: int, describer: Describer) -> Facts:
    """One URL rule. `asked` leaves out the HEAD and OPTIONS that Werkzeug and Flask add; `methods` None means any."""
    methods = None if rule.methods is None else sorted(rule.methods)
    automatic = bool(getattr(rule, "provide_automatic_options", False))
    asked = None
    if methods is not None:
        added = {"HEAD"} if "GET" in methods else set()
        asked = [method for method in methods if method not in added and not (method == "OPTIONS" and automatic)]
    redirect = rule.redirect_to
    function = None if redirect is None or isinstance(redirect, str) else describer.one(redirect)
    if function is not None:
        redirect = function["qualified"]
    return {
        "rule": rule.rule,
        "endpoint": rule.endpoint,
        "methods": methods,
        "asked": asked,
        "variables": variables_of(rule),
        "defaults": {key: plain(value) for key, value in (rule.defaults or {}).items()},
        "host": rule.host,
        "subdomain": rule.subdomain,
        "strict_slashes": bool(rule.strict_slashes),
        "merge_slashes": bool(getattr(rule, "merge_slashes", False)),
        "automatic_options": automatic,
        "redirect_to": redirect,
        "redirect_function": function,
        "build_only": bool(rule.build_only),
        "alias": bool(rule.alias),
        "websocket": bool(getattr(rule, "websocket", False)),
        "class": type_name(rule),
        "rank": rank,
        "order": order,
    }


def url_map_facts(app: Any, describer: Describer) -> Facts:
    """The URL map: its settings and every rule with its rank in matching order and its order of registration."""
    url_map = app.url_map
    ranks = {id(rule): rank for rank, rule in enumerate(matching_order(url_map))}
    orders = {id(rule): order for order, rule in reversed(list(enumerate(BOUND)))}
    rules = []
    for place, rule in enumerate(url_map.iter_rules()):
        rank = ranks.get(id(rule), len(ranks) + place)
        rules.append(rule_facts(rule, rank, orders.get(id(rule), len(BOUND) + place), describer))
    orders_in_use = {order: place for place, order in enumerate(sorted(rule["order"] for rule in rules))}
    for rule in rules:
        rule["order"] = orders_in_use[rule["order"]]
    settings = {name: plain(getattr(url_map, name, None)) for name in MAP_SETTINGS}
    settings["subdomain_matching"] = bool(getattr(app, "subdomain_matching", False))
    classes = url_map.converters.items()
    own = {name: type_name(cls) for name, cls in classes if not cls.__module__.startswith("werkzeug.")}
    return {"settings": settings, "converters": own, "rules": sorted(rules, key=lambda rule: int(rule["order"]))}
