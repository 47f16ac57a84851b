"""A local Slack: it ships with the product for people without a workspace, and the tests run against it.

What Slack refuses, this refuses, or it teaches us lies. It must never know anything about changes, lanes
or rights: it is Slack, not Prompt Change.
"""
