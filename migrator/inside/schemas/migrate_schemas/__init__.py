"""Runs Marshmallow's schemas and the classes that they became side by side, in the application's own interpreter.

Needs the standard library, what the application has, and what the generated code needs: no Hypothesis, which draws the
inputs in the tool's own process.
"""
