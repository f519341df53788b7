"""`migrate proxy --prove`: whether Werkzeug, FastAPI, the gateway and real proxies agree on who owns every URL."""
