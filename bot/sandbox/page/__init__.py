"""The sandbox's web page: a person without a Slack workspace tries the app here and should feel at home.

Server-rendered, with a little script that sends and refreshes. It must never know anything about changes,
lanes or rights: it draws what any app would send to Slack.
"""

from bot.sandbox.page.routes import routes

__all__ = ["routes"]
