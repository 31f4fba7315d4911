"""The assistant in other systems: Slack, Chatwoot, and a widget on web pages."""
