"""Who asks: sessions, tokens and passwords of Flask-Login, Flask-HTTPAuth, Flask-JWT-Extended, flask-oidc."""
