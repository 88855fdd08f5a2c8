"""Whose a snapshot is, and what that allows."""
