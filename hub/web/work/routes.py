"""The addresses of tasks and absences."""

from __future__ import annotations

from hub.web.addresses import get, open_to, post
from hub.web.work import absences, tasks

ROUTES = (
    *open_to(
        "customers",
        get("/absences", absences.show, "absences"),
        post("/absences", absences.save),
        post(r"/absences/{id:\d+}/removal", absences.remove),
        get("/tasks", tasks.show, "tasks"),
        post("/tasks", tasks.create),
        get(r"/tasks/{id:\d+}", tasks.edit, "task"),
        post(r"/tasks/{id:\d+}", tasks.save),
        post(r"/tasks/{id:\d+}/completion", tasks.finish),
        post(r"/tasks/{id:\d+}/completion/removal", tasks.reopen),
    ),
)
