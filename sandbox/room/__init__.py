"""A room: forty people, one playlist, and somebody who leads them through it.

`model.py` says what a room is and `commands.py` what can be done in it, both without time, network or store.  `log.py` keeps the commands
of a room in order, in the process or in Redis (`redis_log.py`); `rooms.py` holds the rooms of this process by reading these logs.
`stage.py` knows what is shown, `sight.py` what each browser may see of it, `door.py` is the way in from the network, `report.py`
what is taken home; `own_worlds.py` gives each person a live world.
"""
