"""One file for each system where prompts live, all behind the protocol of `bot.connectors.protocol`."""
