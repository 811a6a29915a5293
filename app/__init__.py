"""The pages: a labelling app and a dashboard. They import only `lpr_core`."""
