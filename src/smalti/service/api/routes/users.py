"""Users: who may be let in, and as what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from smalti.platform.auth import Role
from smalti.platform.auth.users import MOST_PASSWORD
from smalti.service.access import UserView, user_view
from smalti.service.api.access import Admin, about
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Key, Limit, Order, Page, read_page
from smalti.service.api.state import TheService, TheStore
from smalti.service.api.values import Text

router = APIRouter(tags=["users"])

UserName = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]*$")]

_ORDER = Order("users", (Key("name"),))


class NewUser(BaseModel):
    """Somebody to let in. Without a password they sign in at the OpenID provider, or use keys only."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]*$")
    role: Role
    email: Text = ""
    password: SecretStr | None = Field(None, max_length=MOST_PASSWORD)


class UserChange(BaseModel):
    """What is to be different; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    role: Role | None = None
    disabled: bool | None = None


class Password(BaseModel):
    """A password to set."""

    model_config = ConfigDict(extra="forbid")

    password: SecretStr = Field(min_length=1, max_length=MOST_PASSWORD)


@router.get("/users")
def list_users(
    store: TheStore, service: TheService, who: Admin, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[UserView]:
    """All users, by name."""
    users = service.gateway.access.users
    return read_page(
        store,
        "SELECT name FROM users",
        {},
        _ORDER,
        limit,
        cursor,
        lambda row: user_view(users.find(row["name"])),
    )


@router.post("/users", status_code=201)
def add_user(given: NewUser, request: Request, service: TheService, who: Admin) -> UserView:
    """Add a user."""
    password = None if given.password is None else given.password.get_secret_value()
    user = service.gateway.access.users.add(given.name, given.role, email=given.email, password=password)
    about(request, user.name)
    return user_view(user)


@router.get("/users/{name}")
def get_user(name: UserName, service: TheService, who: Admin) -> UserView:
    """One user."""
    return user_view(service.gateway.access.users.find(name))


@router.patch("/users/{name}")
def change_user(name: UserName, given: UserChange, service: TheService, who: Admin) -> UserView:
    """Give a user another role, or disable them: their sessions and keys end at once."""
    return user_view(service.gateway.access.change(name, role=given.role, disabled=given.disabled))


@router.put("/users/{name}/password", status_code=204)
def set_password(name: UserName, given: Password, service: TheService, who: Admin) -> None:
    """Give a user another password; their sessions end."""
    service.gateway.access.set_password(name, given.password.get_secret_value())
