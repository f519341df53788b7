"""Read, write, edit and delete reviews."""

from flask import current_app, request, url_for
from flask_jwt_extended import jwt_required

from shop.blueprints.reviews import reviews
from shop.helpers.api_error import ApiError
from shop.helpers.current import token_user
from shop.helpers.decorators import json_required, with_product
from shop.helpers.pagination import paginated
from shop.schemas.products import ReviewSchema
from shop.services import reviews as service

schema = ReviewSchema()


@reviews.before_request
def require_feature():
    """Reviews can be switched off during a sale."""
    if not current_app.config["REVIEWS_ENABLED"]:
        raise ApiError("reviews_closed", "Reviews are closed for now.", 503, retry_after=3600)


@reviews.get("/")
@with_product
def list_reviews(product):
    """What people say; ``?min=4`` for the friendly ones."""
    return paginated(service.reviews_of(product, request.args.get("min", type=int)), schema)


@reviews.post("/")
@jwt_required()
@json_required()
@with_product
def write_review(product):
    """Say something; once."""
    review = service.write(product, token_user(), schema.load(request.get_json()))
    location = url_for("catalogue.reviews.show_review", product_id=product.id, review_id=review.id)
    return schema.dump(review), 201, [("Location", location)]


@reviews.get("/<int:review_id>")
@with_product
def show_review(product, review_id):
    """One review."""
    return schema.dump(service.find(product, review_id))


@reviews.patch("/<int:review_id>")
@jwt_required()
@json_required()
@with_product
def edit_review(product, review_id):
    """Change my mind."""
    review = service.find(product, review_id)
    return schema.dump(service.edit(review, token_user(), schema.load(request.get_json(), partial=True)))


@reviews.delete("/<int:review_id>")
@jwt_required()
@with_product
def delete_review(product, review_id):
    """Take it back."""
    service.delete(service.find(product, review_id), token_user())
    return "", 204


@reviews.get("/summary")
@with_product
def review_summary(product):
    """Stars at a glance."""
    return service.summary(product)
