"""A change's facts become what people see in Slack: messages, forms, the Home tab, answers to commands.

This is the only place where mrkdwn is written and escaped. Everything here is a pure function of plain
values: it must never query, decide or read a clock.
"""
