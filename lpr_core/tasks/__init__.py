"""Tasks: what a network is to do with a picture. `lpr_core.tasks.task` says what each promises."""
