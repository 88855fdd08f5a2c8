"""What the page may send to a service, and how it gets there."""
