"""OAuth Sandbox: a flight simulator for OAuth 2.0 and JWTs.  See README.md for a tour of the tree."""

__version__ = "0.1.0"
