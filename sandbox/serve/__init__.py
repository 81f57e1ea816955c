"""The parties of the simulation over real HTTP: the same objects, with real addresses, a real clock and real randomness.

`place.py` moves a world to real addresses, `edge.py` is the ASGI application in front of it, `looks.py` makes its pages pleasant,
`setup.py` puts a world together for serving, `memory.py` lets it go on under other settings,
`words.py` says what is served and how to try it, `run.py` listens on a port,
`live.py` has a private world for each learner beside the app.
"""

from sandbox.serve.edge import Edge
from sandbox.serve.setup import Served, served

__all__ = ["Edge", "Served", "served"]
