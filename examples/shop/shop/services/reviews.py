"""Reviews."""

from sqlalchemy import func, select

from shop.extensions import db
from shop.helpers import clock
from shop.helpers.api_error import ApiError, Forbidden, NotFound
from shop.helpers.current import is_back_office
from shop.models import Review


def reviews_of(product, minimum=None):
    """A select of a product's reviews."""
    statement = select(Review).where(Review.product_id == product.id)
    if minimum is not None:
        statement = statement.where(Review.rating >= minimum)
    return statement.order_by(Review.id)


def find(product, review_id):
    """One review of this product, or 404."""
    review = Review.query.filter_by(id=review_id, product_id=product.id).one_or_none()
    if review is None:
        raise NotFound("review", review_id)
    return review


def write(product, author, data):
    """One review per person and product."""
    if Review.query.filter_by(product_id=product.id, user_id=author.id).count():
        raise ApiError("already_reviewed", "You have reviewed this product.", 409)
    review = Review(product=product, author=author, **data)
    db.session.add(review)
    db.session.commit()
    return review


def edit(review, user, data):
    """Only the author may edit."""
    if review.user_id != user.id:
        raise Forbidden("Only the author may edit a review.")
    for name, value in data.items():
        setattr(review, name, value)
    review.edited_at = clock.utcnow()
    db.session.commit()
    return review


def delete(review, user):
    """The author and the back office may delete."""
    if review.user_id != user.id and not is_back_office(user):
        raise Forbidden()
    db.session.delete(review)
    db.session.commit()


def summary(product):
    """How many, how good, and how many of each rating."""
    rows = db.session.execute(
        select(Review.rating, func.count()).where(Review.product_id == product.id).group_by(Review.rating)
    ).all()
    counts = {str(rating): 0 for rating in range(5, 0, -1)}
    counts.update({str(rating): number for rating, number in rows})
    total = sum(number for _, number in rows)
    average = round(sum(rating * number for rating, number in rows) / total, 2) if total else None
    return {"count": total, "average": average, "ratings": counts}
