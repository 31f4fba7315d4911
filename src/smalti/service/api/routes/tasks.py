"""Long work in the background: what goes on, what came of it, and calling it off."""

from __future__ import annotations

from fastapi import APIRouter

from smalti.platform.auth import Principal, Role
from smalti.platform.errors import NotFound
from smalti.service.api.access import Analyst
from smalti.service.api.pages import Page
from smalti.service.api.state import TheService
from smalti.service.api.values import Id
from smalti.service.service import Service
from smalti.service.tasks import TaskView

router = APIRouter(tags=["tasks"])


@router.get("/tasks")
def list_tasks(service: TheService, who: Analyst) -> Page[TaskView]:
    """One's own tasks (admins: everybody's) of this run of the service, newest first.

    Those that go on, and the last 200 that ended.
    """
    return Page(items=[task for task in service.tasks.all() if _sees(who, task)], next=None)


@router.get("/tasks/{task_id}")
def get_task(task_id: Id, service: TheService, who: Analyst) -> TaskView:
    """One task, with its progress and, once it is over, its result or error."""
    return _found(service, task_id, who)


@router.delete("/tasks/{task_id}")
def cancel_task(task_id: Id, service: TheService, who: Analyst) -> TaskView:
    """Call a task off: one's own, or as an admin anybody's. What it stored by then stays."""
    return service.tasks.cancel(_found(service, task_id, who).task_id, f"called off by {who.name}")


def _found(service: Service, task_id: str, who: Principal) -> TaskView:
    task = service.tasks.find(task_id)
    if not _sees(who, task):
        raise NotFound("no such task", subject=task_id, mend="`smalti tasks list` lists yours")
    return task


def _sees(who: Principal, task: TaskView) -> bool:
    # What came of an erasure or a backup is nobody else's business.
    return task.who == who.name or who.role.may(Role.ADMIN)
