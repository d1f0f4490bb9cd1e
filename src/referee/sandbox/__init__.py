"""Jobs in, outcomes out: model code runs in jails, forked from a warm interpreter that has never held a truth."""
