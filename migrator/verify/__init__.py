"""Verification: the same requests to Flask alone and through the gateway, compared, and the evidence of it."""
