"""The one-machine stack: the deployed functions behind a small gateway, on an AWS emulator. Never deployed."""
