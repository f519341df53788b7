"""What can move to FastAPI, what cannot, why, and in which order."""
