"""What all schemas of ours do."""

from marshmallow import Schema, pre_load


class StrippedSchema(Schema):
    """Strings lose the blanks around them before anything looks at them."""

    #: Fields whose blanks matter.
    keep_blanks = ("password",)

    @pre_load
    def strip_strings(self, data, **kwargs):
        if not isinstance(data, dict):
            return data
        return {
            key: value.strip() if isinstance(value, str) and key not in self.keep_blanks else value
            for key, value in data.items()
        }
