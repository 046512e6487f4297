"""Version of this package: that of the service it was written for."""

VERSION = "0.2.0"
