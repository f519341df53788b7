"""The session cookie is compared by what it says, as long as Flask could read it."""

from flask import Flask, session

from migrator.inside.verification.migrate_verify.cookies import readable_session


def application(**config):
    app = Flask("app")
    app.config.update({"SECRET_KEY": "secret", **config})

    @app.get("/")
    def index():
        session["user"] = "ada;"
        session["long"] = "x" * 500
        return ""

    return app


def cookie_of(app):
    return app.test_client().get("/").headers["Set-Cookie"]


def test_what_it_says_takes_the_place_of_its_signed_form():
    app = application()
    readable = readable_session(app, cookie_of(app))
    assert readable.startswith('session=session:{"long": "xxx')
    assert readable.endswith(r'"user": "ada\u003b"}; HttpOnly; Path=/')


def test_a_cookie_that_flask_cannot_read_stays_as_it_is():
    cookie = cookie_of(application())
    other = application()
    other.config["SECRET_KEY"] = "another"
    assert readable_session(other, cookie) == cookie
    assert readable_session(application(SECRET_KEY=None), cookie) == cookie


def test_other_cookies_stay_as_they_are():
    assert readable_session(application(), "a=b; Path=/") == "a=b; Path=/"
    assert readable_session(application(), "session=; Path=/") == "session=; Path=/"
