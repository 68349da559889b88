"""The runner: owns clock, keys and randomness; performs what the rooms above decide."""
