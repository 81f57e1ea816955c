"""About a system: what a server declares, what is configured, what an API describes.  Readers go from masked data to findings."""
