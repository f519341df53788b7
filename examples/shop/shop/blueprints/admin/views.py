"""Class based views of users, the audit trail and the numbers."""

from flask import request, url_for
from flask.views import MethodView, View
from sqlalchemy import select

from shop.blueprints.admin import admin
from shop.extensions import db
from shop.helpers import audit
from shop.helpers.api_error import ApiError, NotFound
from shop.helpers.current import token_user
from shop.helpers.decorators import json_required
from shop.helpers.pagination import paginated
from shop.models import AuditEntry, User
from shop.schemas.back_office import AuditSchema
from shop.schemas.users import AdminUserSchema, UserSchema
from shop.services import reporting


class UserListView(MethodView):
    """All users."""

    init_every_request = False

    def get(self):
        """List them; ``?role=`` narrows it down."""
        statement = select(User).order_by(User.id)
        role = request.args.get("role")
        if role:
            statement = statement.where(User.role == role)
        return paginated(statement, UserSchema())

    def post(self):
        """Add one."""
        data = AdminUserSchema().load(request.get_json())
        password = data.pop("password", None)
        user = User(**data)
        if password:
            user.set_password(password)
        db.session.add(user)
        audit.record("user.created", user.email, token_user())
        db.session.commit()
        return UserSchema().dump(user), 201, {"Location": url_for("admin.user", user_id=user.id)}


class UserView(MethodView):
    """One user."""

    def _find(self, user_id):
        user = db.session.get(User, user_id)
        if user is None:
            raise NotFound("user", user_id)
        return user

    def get(self, user_id):
        """Show."""
        return UserSchema().dump(self._find(user_id))

    def patch(self, user_id):
        """Change name, role or activity."""
        user = self._find(user_id)
        data = AdminUserSchema(only=("name", "role", "active"), partial=True).load(request.get_json())
        if user == token_user() and data.get("role", user.role) != user.role:
            raise ApiError("own_role", "You cannot change your own role.", 409)
        for name, value in data.items():
            setattr(user, name, value)
        audit.record("user.changed", user.id, token_user())
        db.session.commit()
        return UserSchema().dump(user)

    def delete(self, user_id):
        """Deactivate; users with orders are never deleted."""
        user = self._find(user_id)
        if user.orders:
            user.active = False
        else:
            db.session.delete(user)
        audit.record("user.deleted", user_id, token_user())
        db.session.commit()
        return "", 204


class AuditView(View):
    """The audit trail, newest first."""

    methods = ["GET"]  # noqa: RUF012  (as Flask documents it)

    def __init__(self, schema):
        self.schema = schema

    def dispatch_request(self):
        statement = select(AuditEntry).order_by(AuditEntry.id.desc())
        action = request.args.get("action")
        if action:
            statement = statement.where(AuditEntry.action.startswith(action))
        return paginated(statement, self.schema)


class StatsView(MethodView):
    """The numbers of the day, and a way to have them mailed one day."""

    decorators = [json_required("recipient")]  # noqa: RUF012  (as Flask documents it)

    def post(self):
        """The numbers, for somebody."""
        return {"recipient": request.json["recipient"], **reporting.totals()}


admin.add_url_rule("/users", view_func=UserListView.as_view("users"))
admin.add_url_rule("/users/<int:user_id>", view_func=UserView.as_view("user"))
admin.add_url_rule("/audit", view_func=AuditView.as_view("audit", AuditSchema()))
admin.add_url_rule("/stats", view_func=StatsView.as_view("stats"))
