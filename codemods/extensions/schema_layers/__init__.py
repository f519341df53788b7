"""What loads and dumps by schemas around views: webargs, flask-apispec, flask-smorest, APIFlask, APIFairy."""
