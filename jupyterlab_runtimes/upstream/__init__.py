"""Runtime services as this Jupyter Server reaches them."""
