"""Measuring: the line, its ledger, bad wires and recovery, each as one number that a command prints.

Nothing here is asserted by a test: a figure depends on the machine, and names it.
"""
