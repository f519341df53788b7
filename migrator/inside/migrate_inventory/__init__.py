"""What `inventory.py` runs, with nothing but the standard library and the application's Flask, on Python 3.6 or newer.

Python 3.6 has neither `dict[str, Any]` nor `X | None` nor `zip(strict=)`; paths stay the strings that `sys.path` and
`co_filename` have. So the modules of this package turn off the lints that ask for newer forms.
"""
