"""Small things that services and views share."""
