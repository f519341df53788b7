"""What a server runs: ``gunicorn wsgi:app`` or ``flask --app wsgi run``."""

from shop import create_app

app = create_app()
