"""What a gateway runs beside an application: these modules are copied into `<target>/gateway/` as they are.

They need the standard library and Starlette only, and import one another relatively. This module is not copied.
"""
