package intake

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"sijil/events"
)

// A look is what one pass over the bytes of a text file shows.
type look struct {
	hash     events.Hash
	bom      int
	utf16    encoding.Encoding
	badLine  int64 // the first that is not UTF-8
	badByte  byte
	nonASCII bool
}

func survey(path string) (look, error) {
	var l look
	file, err := os.Open(path)
	if err != nil {
		return l, err
	}
	defer file.Close()
	sum := sha256.New()
	buffer := make([]byte, 64<<10)
	kept, lines, first := 0, int64(1), true
	for {
		n, err := io.ReadFull(file, buffer[kept:])
		sum.Write(buffer[kept : kept+n])
		b := buffer[:kept+n]
		end := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !end {
			return l, err
		}
		if first {
			first = false
			l.order(b)
			b = b[l.bom:]
		}
		kept = 0
		if l.utf16 == nil {
			rest, err := l.check(b, &lines, end)
			if err != nil {
				return l, err
			}
			kept = copy(buffer, rest)
		}
		if end {
			l.hash = events.Hash(sum.Sum(nil))
			return l, nil
		}
	}
}

// order recognises a byte order mark.
func (l *look) order(b []byte) {
	switch {
	case bytes.HasPrefix(b, []byte{0xef, 0xbb, 0xbf}):
		l.bom = 3
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}):
		l.bom, l.utf16 = 2, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		l.bom, l.utf16 = 2, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
}

// check counts lines up to the first that is not UTF-8, and returns what may be the beginning of a
// character.
func (l *look) check(b []byte, lines *int64, end bool) ([]byte, error) {
	if bytes.IndexByte(b, 0) >= 0 {
		return nil, errors.New("is neither a CSV file nor an .xlsx workbook: it has zero bytes. Open it in a spreadsheet and save it as .xlsx or as CSV (UTF-8)")
	}
	for len(b) > 0 && l.badLine == 0 {
		if b[0] < utf8.RuneSelf {
			if b[0] == '\n' {
				*lines++
			}
			b = b[1:]
			continue
		}
		if !end && !utf8.FullRune(b) {
			return b, nil
		}
		l.nonASCII = true
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			l.badLine, l.badByte = *lines, b[0]
			break
		}
		b = b[n:]
	}
	return nil, nil
}

// choose is the encoding that charset names, if the bytes don't contradict it; nil is UTF-8.
func (l *look) choose(charset string) (encoding.Encoding, error) {
	if l.bom > 0 || charset == "" || charset == "utf-8" {
		if l.badLine > 0 {
			return nil, fmt.Errorf("line %d is not UTF-8 (byte %#x): if it is an older Arabic file add --charset windows-1256, a French one --charset windows-1252, or save it as CSV UTF-8", l.badLine, l.badByte)
		}
		return nil, nil
	}
	if l.nonASCII && l.badLine == 0 {
		return nil, fmt.Errorf("is UTF-8, not %s: leave the charset out", charset)
	}
	if charset == "windows-1256" {
		return charmap.Windows1256, nil
	}
	return charmap.Windows1252, nil
}

const charsets = "utf-8, windows-1256 (Arabic) or windows-1252 (French)"

func validCharset(s string) bool {
	return slices.Contains([]string{"utf-8", "windows-1256", "windows-1252"}, s)
}
