"""The runtime service that comes with this package: find Node, start it, adopt it, start it again."""
