"""`python -m sandbox`: the same as the command `oauth-sandbox`."""

from sandbox.cli.main import main

main(prog_name="python -m sandbox")
