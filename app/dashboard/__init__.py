"""The dashboard, in Streamlit: studies, noise and trainings."""
