"""The forms, and beside each form the reader that makes a plain frozen value of what Slack sends back.

A reader must never decide: what is missing or unreadable becomes empty, and the use case says what is wrong.
"""
