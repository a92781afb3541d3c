"""The one task queue: workflows and activities share it, so that activities start eagerly on the worker that asks."""

TASK_QUEUE = "blue-pals"
