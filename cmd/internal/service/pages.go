package service

import (
	"crypto/rand"
	"sync"
	"time"
)

// pages keeps the rest of long answers. An answer is encoded once, so its pages are of one position.
type pages struct {
	mu   sync.Mutex
	kept map[string]paged
}

type paged struct {
	rest []byte
	till time.Time
}

type pageQuestion struct {
	Cursor string `json:"cursor"`
}

// rawPage is a part of an answer that is encoded already.
type rawPage struct{ body []byte }

// keep keeps rest for the next page, and drops what nobody came back for.
func (p *pages) keep(rest []byte) (cursor string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.kept == nil {
		p.kept = map[string]paged{}
	}
	var oldest string
	for c, k := range p.kept {
		if now.After(k.till) {
			delete(p.kept, c)
		} else if oldest == "" || k.till.Before(p.kept[oldest].till) {
			oldest = c
		}
	}
	if len(p.kept) >= maxPaged {
		delete(p.kept, oldest)
	}
	cursor = rand.Text()
	p.kept[cursor] = paged{rest, now.Add(keepPaged)}
	return cursor
}

// next is all that is left, which respond cuts again.
func (p *pages) next(cursor string) (rawPage, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k, ok := p.kept[cursor]
	delete(p.kept, cursor)
	if !ok {
		return rawPage{}, &Failure{Code: CodeBehind, Message: "the rest of this answer is not kept any more", Hint: "ask again"}
	}
	return rawPage{k.rest}, nil
}
