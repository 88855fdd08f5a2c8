"""Snapshots as chunks under a signed manifest. See docs/snapshot-format.md."""
