"""The labelling app, in Gradio: pictures in, readings out, corrections kept."""
