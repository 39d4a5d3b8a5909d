package ledger

// Queued is how many commands wait to be decided.
func (l *Ledger) Queued() int { return len(l.queue) }
