"""Snapshots of a running process: from a forked child where that is safe, else while it stands still."""

from .start import Capture, Captured, start
from .ways import Way, choose

__all__ = ["Capture", "Captured", "Way", "choose", "start"]
