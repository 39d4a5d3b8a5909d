package projections

// SetMaxSize keeps m's file from growing beyond so many bytes, as a full disk would; 0 is no limit.
func SetMaxSize(m *Model, bytes int) { m.db.MaxSize = bytes }
