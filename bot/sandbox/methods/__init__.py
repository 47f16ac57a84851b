"""The methods of the Web API, one function each: arguments in, Slack's JSON out.

Importing this package fills the table. A method must never keep state; the workspace does.
"""

from bot.sandbox.methods import app, chat, conversations, files, people, views
from bot.sandbox.methods.table import METHODS, Args, Method

__all__ = ["METHODS", "Args", "Method", "app", "chat", "conversations", "files", "people", "views"]
