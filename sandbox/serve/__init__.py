"""The parties of the simulation over real HTTP: the same objects, with real addresses, a real clock and real randomness.

`relocate.py` moves a world to real addresses, `asgi.py` is the ASGI application in front of it, `pages.py` makes its pages pleasant,
`setup.py` puts a world together for serving, `carry_over.py` lets it go on under other settings,
`banner.py` says what is served and how to try it, `result.py` listens on a port,
`live.py` has a private world for each learner beside the app.
"""

from sandbox.serve.asgi import Edge
from sandbox.serve.setup import Served, served

__all__ = ["Edge", "Served", "served"]
