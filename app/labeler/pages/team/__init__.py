"""The page Team: people, projects, many pictures, quality."""
