"""What is known of a Flask application, and how its source becomes FastAPI. Pure: text in, text and findings out."""
