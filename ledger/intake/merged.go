package intake

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"

	"github.com/xuri/excelize/v2"
)

// A span is a block of merged cells, from 1, ends included.
type span struct{ left, top, right, bottom int }

var mergeRef = regexp.MustCompile(`<(?:\w+:)?mergeCell\s[^>]*ref="(\w+):(\w+)"`)

func mergedIn(data []byte) []span {
	var spans []span
	_, tail, _ := bytes.Cut(data, []byte("sheetData>"))
	for _, m := range mergeRef.FindAllSubmatch(tail, -1) {
		var s span
		var err1, err2 error
		s.left, s.top, err1 = excelize.CellNameToCoordinates(string(m[1]))
		s.right, s.bottom, err2 = excelize.CellNameToCoordinates(string(m[2]))
		if err1 == nil && err2 == nil {
			spans = append(spans, s)
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.top, b.top) })
	return spans
}

// merges marks the cells that are covered by a merged one, row by row from the top: what they mean
// is not certain.
type merges struct {
	spans  []span
	active []span
}

func (m *merges) mark(l *line) {
	row := int(l.number)
	for len(m.spans) > 0 && m.spans[0].top <= row {
		m.active = append(m.active, m.spans[0])
		m.spans = m.spans[1:]
	}
	m.active = slices.DeleteFunc(m.active, func(s span) bool { return s.bottom < row })
	if l.blank() {
		return
	}
	for _, s := range m.active {
		for column := s.left; column <= s.right && column <= maxColumns; column++ {
			if row == s.top && column == s.left {
				continue
			}
			for len(l.cells) < column {
				l.cells = append(l.cells, cell{})
			}
			name, _ := excelize.CoordinatesToCellName(s.left, s.top)
			l.cells[column-1].fault = "is merged with " + name + ": take the merged cell apart and write the value in each row that it is true of"
		}
	}
}
