"""Commands: ``flask --app wsgi init-db`` and ``flask --app wsgi seed``."""

import click

from shop.extensions import db
from shop.services import seeding


def register_commands(app):
    """Attach the commands to the application."""

    @app.cli.command("init-db")
    def init_db():
        """Create the tables that are missing."""
        db.create_all()
        click.echo("Tables are there.")

    @app.cli.command("seed")
    @click.option("--products", default=12, show_default=True, help="How many products to make.")
    @click.option("--reset", is_flag=True, help="Drop everything first.")
    def seed(products, reset):
        """Fill the database with something to look at."""
        if reset:
            db.drop_all()
        db.create_all()
        made = seeding.seed(products)
        click.echo(f"Seeded {made['users']} users, {made['categories']} categories, {made['products']} products.")
