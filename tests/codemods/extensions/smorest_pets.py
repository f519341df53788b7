"""An application with flask-smorest and one blueprint, to which tests add schemas and endpoints."""

APP = """
from flask import Flask, jsonify
from flask.views import MethodView
from flask_smorest import Api, Blueprint, abort
from marshmallow import Schema, fields

app = Flask(__name__)
app.config.update(API_TITLE="Pets", API_VERSION="v1", OPENAPI_VERSION="3.0.3", PROPAGATE_EXCEPTIONS=False)
api = Api(app)
blp = Blueprint("pets", __name__, url_prefix="/pets")
"""
END = "\n\napi.register_blueprint(blp)\n"
