"""Tasks: what a network is to do with a picture. `lpr_core.tasks.task` says what each promises."""

from lpr_core.tasks.task import NetworkConfig, Task, TaskWords, find_task, task_names

__all__ = ["NetworkConfig", "Task", "TaskWords", "find_task", "task_names"]
