"""What a history of a run that reads plates looks like."""

HISTORY_COLUMNS = (
    "epoch",
    "loss",
    "character_accuracy",
    "plate_accuracy",
    "val_loss",
    "val_character_accuracy",
    "val_plate_accuracy",
    "learning_rate",
    "seconds",
)
