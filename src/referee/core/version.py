"""The package's version, for every room: the top of the package names rooms that most may not import."""

VERSION = "0.1.0"
