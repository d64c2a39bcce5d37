"""Who lists which code: the matrix of merchant codes and stores, and which operator of the team sells each (domain.md
3.1, 16). Codes are told apart by their match key, so that two spellings of one code are one row."""
