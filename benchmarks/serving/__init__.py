"""A service in a process of its own, and whoever asks it too much."""
