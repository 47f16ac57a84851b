"""The approve click, measured beside a bare Bolt app: ``make bench``.

The figures are for people. No test reads them, because a figure depends on the machine and on who else is
using it. What the bench does insist on: 1,000 clicks at once are answered in Slack's three seconds, and
every answered click is on record exactly once.
"""
