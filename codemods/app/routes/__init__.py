"""Rules: their paths, order, hosts, and the redirects that Werkzeug makes of them."""
