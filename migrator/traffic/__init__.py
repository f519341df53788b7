"""What gateways have counted and compared: read, shown, and judged by the gate."""
