"""The names of grants that other RFCs than RFC 6749 define, as they travel."""

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"  # RFC 8628 §3.4
