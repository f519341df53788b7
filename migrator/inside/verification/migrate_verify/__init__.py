"""Records what an application answers, on Flask alone or through its gateway: a pytest plugin and a replay of requests.

Needs the standard library and what the application has. The gateway is FastAPI's, so that half needs a newer Python.
"""
