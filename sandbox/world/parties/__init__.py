"""The parties of the simulation, one module each.  A server party has one method, `handle(Request) -> Response`."""
