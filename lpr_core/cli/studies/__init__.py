"""Commands about studies: run, examined, told; and other people's tables of trials."""
