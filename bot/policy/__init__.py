"""The rules: lanes, gates, rights, life of a change. Text and rows go in, decisions come out.

Kept pure so that every decision can be tested by a table and repeated later from what was recorded.
Nothing in this room may read a clock, a file of the user's, a database or the network.
"""
