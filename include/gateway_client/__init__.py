"""A client of Triview's own gateway: the live socket, its replay buffer, and the REST interface.

Never here: anything of the server's side.
"""
