"""The plan for a machine: JSON, with every finding in full."""

import json
from dataclasses import asdict
from typing import Any

from codemods.findings import Finding, Location
from migrator.planning.model import Plan, PlannedBlueprint, PlannedRoute, StyledSchema

VERSION = 1


def as_json(plan: Plan) -> str:
    """The plan as a JSON document; keys are only added between versions of the same number."""
    return json.dumps(document(plan), indent=2, ensure_ascii=False) + "\n"


def document(plan: Plan) -> dict[str, Any]:
    """The plan as plain values."""
    totals = plan.totals
    return {
        "version": VERSION,
        "app": plan.application,
        "live": plan.live,
        "totals": {
            "routes": totals.routes,
            "native": totals.native,
            "bridged": totals.bridged,
            "flask": totals.flask,
            "readiness": totals.readiness,
            "hours": round(totals.hours, 1),
            "blocked": totals.blocked,
            "review": totals.review,
        },
        "order": [blueprint.name for blueprint in plan.blueprints],
        "blueprints": [_blueprint(blueprint) for blueprint in plan.blueprints],
        "findings": [_finding(finding) for finding in plan.findings],
        "groups": plan.groups(),
        "wire": [
            {
                "kind": difference.name,
                "choice": choice,
                "routes": count,
                "preserve": difference.preserve,
                "adopt": difference.adopt,
            }
            for difference, choice, count in plan.wire()
        ],
        "schemas": [_schema(one) for one in plan.schemas],
    }


def _schema(schema: StyledSchema) -> dict[str, Any]:
    return {
        "name": schema.name,
        "style": "exact" if schema.exact_since else "idiomatic",
        "exact_since": schema.exact_since or None,
        "routes": list(schema.routes),
        "inputs": schema.inputs,
        "objection": schema.objection,
        "differences": [asdict(one) for one in schema.differences],
    }


def _blueprint(blueprint: PlannedBlueprint) -> dict[str, Any]:
    effort = blueprint.effort
    return {
        "name": blueprint.name,
        "step": blueprint.step,
        "url_prefix": blueprint.url_prefix,
        **_place(blueprint.location),
        "readiness": blueprint.readiness,
        "effort": {"size": effort.size, "hours": effort.hours, "reasons": list(effort.reasons)},
        "needs": [{"kind": need.kind, "name": need.name, "reason": need.reason} for need in blueprint.needs],
        "routes": [_route(route) for route in blueprint.routes],
    }


def _route(route: PlannedRoute) -> dict[str, Any]:
    return {
        "key": route.key,
        "method": route.method,
        "rule": route.rule,
        "endpoint": route.endpoint,
        "runtime": route.runtime,
        "basis": route.basis,
        "state": route.state,
        **_place(route.location),
        "findings": [_finding(finding) for finding in route.findings],
        "wire": list(route.wire),
        "group": route.group,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.diagnostic.severity,
        **_place(finding.location),
        "summary": finding.diagnostic.summary,
        "detail": finding.detail,
        "why": finding.diagnostic.why,
        "advice": finding.diagnostic.advice,
    }


def _place(location: Location | None) -> dict[str, Any]:
    return {"file": location.file if location else None, "line": location.line if location else None}
