"""Properties of models that need the request, which schemas read while they dump."""

import pytest

SOURCE = """
from flask import Flask, url_for
from flask_marshmallow import Marshmallow
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://", PROPAGATE_EXCEPTIONS=False)
db = SQLAlchemy(app)
ma = Marshmallow(app)


class Author(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(10), nullable=False)

    @property
    def home(self):
        return url_for("author", id=self.id) if self.id != 2 else None


class AuthorSchema(ma.SQLAlchemyAutoSchema):
    class Meta:
        model = Author

    home = ma.{field}
    page = ma.URLFor("author", values={{"id": "<id>", "tab": "page"}}, dump_only=True)


@app.get("/authors")
def authors():
    return AuthorSchema(many=True).jsonify(Author.query.order_by(Author.id))


@app.get("/authors/<int:id>")
def author(id):
    return AuthorSchema().dump(db.get_or_404(Author, id))


@app.get("/dictionary")
def dictionary():
    return AuthorSchema().dump({{"id": 1, "home": "here"}})


@app.get("/names")
def names():
    return [{read} for one in Author.query]


with app.app_context():
    db.create_all()
    db.session.add_all([Author(name="Ann"), Author(name="Bob")])
    db.session.commit()
"""
DUMPED = "String(dump_only=True)"


def test_they_become_functions_that_are_handed_the_request(pair):
    both = pair(SOURCE.format(field=DUMPED, read="one.name"))
    assert "flask" not in both.runtimes().values()
    for path in ("/authors", "/authors/1", "/authors/2", "/authors/3", "/dictionary", "/names"):
        both.same("GET", path)
    assert '    home: Annotated[Any, Computed(asked("home"))]\n' in "".join(both.conversion.files.values())


@pytest.mark.parametrize(
    ("field", "read"),
    [
        (DUMPED, "one.home"),
        (DUMPED, 'getattr(one, "home")'),
        ("String()", "one.name"),
        ("Url(dump_only=True)", "one.name"),
    ],
)
def test_where_code_reads_one_or_it_may_be_loaded_it_stays(pair, field: str, read: str):
    both = pair(SOURCE.format(field=field, read=read))
    assert both.runtimes()["author"] == "flask"
    assert both.findings("author")
