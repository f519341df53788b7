"""What FastAPI has no equal for; each module is copied into a converted application where it is used.

They are ordinary modules, tested against the real library. They import one another relatively, and neither Flask,
Werkzeug nor Marshmallow (`bridged` alone, which runs beside a Flask application, imports Flask). A docstring has three
parts: what the module is, `Preserves:` (the behaviour that stays) and `To live without it:` (how the team that owns the
code gets rid of it). `codemods.debt` reads them.
"""
