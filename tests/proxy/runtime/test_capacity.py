"""Threads and connections that do not belong together are told of, once, when the server starts."""

import logging
from typing import Any

import fastapi
import flask
import pytest

from proxy.runtime.capacity import connections, shortage

POSTGRES = {"SQLALCHEMY_DATABASE_URI": "postgresql://shop"}


@pytest.mark.parametrize(
    ("config", "count"),
    [
        ({}, None),
        ({"SQLALCHEMY_DATABASE_URI": "sqlite:///shop.db"}, None),
        (POSTGRES, 15),
        (POSTGRES | {"SQLALCHEMY_ENGINE_OPTIONS": {"pool_size": 20, "max_overflow": 5}}, 25),
        (POSTGRES | {"SQLALCHEMY_ENGINE_OPTIONS": {"pool_size": 0}}, None),
        (POSTGRES | {"SQLALCHEMY_ENGINE_OPTIONS": {"max_overflow": -1}}, None),
        (POSTGRES | {"SQLALCHEMY_ENGINE_OPTIONS": {"poolclass": object}}, None),
        (POSTGRES | {"SQLALCHEMY_ENGINE_OPTIONS": {"pool_size": None}}, None),
        (POSTGRES | {"SQLALCHEMY_ENGINE_OPTIONS": {"max_overflow": "many"}}, None),
    ],
)
def test_connections(config: Any, count: int | None):
    assert connections(config) == count


def test_what_does_not_fit():
    assert shortage(POSTGRES, 10, is_promoted=False) is None
    assert shortage({}, 1000, is_promoted=True) is None
    told = shortage(POSTGRES, 10, is_promoted=True)
    assert "50 threads (10 for Flask and 40 for FastAPI) share 15 database connections" in told
    assert '"pool_size" in SQLALCHEMY_ENGINE_OPTIONS to 40' in told
    enough = POSTGRES | {"SQLALCHEMY_ENGINE_OPTIONS": {"pool_size": 40}}
    assert shortage(enough, 10, is_promoted=True) is None


def test_the_server_says_so_when_it_starts(project: Any, serve: Any, caplog: Any, monkeypatch: Any):
    monkeypatch.setenv("MIGRATE_THREADS", "20")
    app = flask.Flask(__name__)
    app.config.update(POSTGRES)
    with caplog.at_level(logging.WARNING):
        serve(project.gateway(app, fastapi.FastAPI()))
    assert "20 threads (20 for Flask) share 15 database connections" in caplog.text
