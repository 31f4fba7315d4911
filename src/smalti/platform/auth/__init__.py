"""Who somebody is and what they may do: roles, users, keys and sessions."""

from smalti.platform.auth.roles import Principal, Role

__all__ = ["Principal", "Role"]
