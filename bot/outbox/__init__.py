"""What must leave the process: messages to Slack and moves of pointers.

A row is written in the transaction of its cause. Workers claim it by lease, do what it says, and settle it
afterwards. The outbox must never tell the same thing twice, nor lose it.

Look in ``outbox`` for what the app starts, in ``drawn`` and ``results`` for the values that cross the border.
"""
