"""OAuth Sandbox: a flight simulator for OAuth 2.0 and JWTs.  See README.md for a tour of the tree."""

__version__ = "0.1.0"
FORMAT = 2  # of the JSON that commands print, as `format`; 0.1.0 had none
