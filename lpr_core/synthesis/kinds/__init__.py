"""What plates look like, as data: by country, by the world, by one notation."""
