"""HTTP in: the gate, the shapes, and the way to Bolt; health, readiness and metrics beside it.

`create_edge` makes the ASGI application and `accept` holds a Socket Mode payload against the same shapes.
This package must never let a request to Bolt that Slack did not sign.
"""

from bot.edge.asgi import Edge, create_edge
from bot.edge.readiness import Problem
from bot.edge.shapes import Rejected, Shape, accept

__all__ = ["Edge", "Problem", "Rejected", "Shape", "accept", "create_edge"]
