"""Floor 2: typed mathematical answers, read and compared. No computer algebra; no model text is ever evaluated."""
