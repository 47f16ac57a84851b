"""Prompt Change: release discipline for production prompts, in Slack."""
