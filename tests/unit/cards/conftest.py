"""Lets these tests import the Block Kit checker that all suites share."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
