"""Who answers which request: route tables, the gateway that generated code runs, and configuration for real proxies."""
