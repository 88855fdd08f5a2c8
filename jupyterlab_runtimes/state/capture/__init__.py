"""Snapshots of a running process: from a forked child where that is safe, else while it stands still."""

from .captured import Captured
from .start import Capture, start
from .unnamed import UnnamedCapture, start_unnamed
from .ways import Way, choose

__all__ = ["Capture", "Captured", "UnnamedCapture", "Way", "choose", "start", "start_unnamed"]
