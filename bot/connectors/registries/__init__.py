"""The prompt registries: `registry` has what all of them share, each has a module and one for its answers."""
