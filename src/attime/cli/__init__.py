"""The command line: thin commands around the public names."""
