"""People, as they register, log in and are shown."""

from dataclasses import dataclass

from marshmallow import EXCLUDE, ValidationError, fields, post_load, pre_load, validate, validates, validates_schema

from shop.constants import ROLE_CUSTOMER, ROLES
from shop.schemas.base import StrippedSchema


@dataclass
class Registration:
    """A person who wants an account."""

    email: str
    name: str
    password: str


class UserSchema(StrippedSchema):
    """A person as others see them."""

    id = fields.Integer(dump_only=True)
    email = fields.Email(dump_only=True)
    name = fields.String(dump_only=True)
    role = fields.String(dump_only=True)
    active = fields.Boolean(dump_only=True)
    member_since = fields.DateTime(attribute="created_at", dump_only=True)


class EmailSchema(StrippedSchema):
    """Addresses are compared in lower case."""

    email = fields.Email(required=True, validate=validate.Length(max=120))

    @pre_load
    def lower_email(self, data, **kwargs):
        if isinstance(data, dict) and isinstance(data.get("email"), str):
            data = {**data, "email": data["email"].strip().lower()}
        return data


class RegistrationSchema(EmailSchema):
    """The form of a new account."""

    name = fields.String(required=True, validate=validate.Length(min=2, max=80))
    password = fields.String(required=True, load_only=True, validate=validate.Length(min=8))
    password_again = fields.String(load_only=True, data_key="passwordAgain")

    @validates("password")
    def password_has_a_digit(self, value, data_key):
        if not any(character.isdigit() for character in value):
            raise ValidationError("Must contain a digit.")

    @validates_schema(skip_on_field_errors=True)
    def passwords_match(self, data, **kwargs):
        if "password_again" in data and data["password_again"] != data["password"]:
            raise ValidationError("The passwords differ.", "passwordAgain")

    @post_load
    def make_registration(self, data, **kwargs):
        return Registration(email=data["email"], name=data["name"], password=data["password"])


class LoginSchema(EmailSchema):
    """Address and password; clients send more, which we ignore."""

    class Meta:
        unknown = EXCLUDE

    password = fields.String(required=True)


class ProfileSchema(StrippedSchema):
    """What people may change about themselves."""

    name = fields.String(required=True, validate=validate.Length(min=2, max=80))


class PasswordChangeSchema(StrippedSchema):
    """The old password and the new one."""

    keep_blanks = ("old", "new")

    old = fields.String(required=True)
    new = fields.String(required=True, validate=validate.Length(min=8, error="At least {min} characters."))


class AdminUserSchema(EmailSchema):
    """What an administrator may say about people."""

    name = fields.String(required=True, validate=validate.Length(min=2, max=80))
    role = fields.String(load_default=ROLE_CUSTOMER, validate=validate.OneOf(ROLES))
    active = fields.Boolean(load_default=True)
    password = fields.String(load_only=True, validate=validate.Length(min=8))
