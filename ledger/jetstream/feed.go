package jetstream

import (
	"context"
	"sync"

	"sijil/projections"
)

const (
	feedMessages = 4096    // messages a feed holds, and a batch has, at most
	feedBytes    = 8 << 20 // and their bytes
)

// A feed hands messages from one goroutine to another in batches: whatever is there is taken at
// once, and who puts waits while it is full.
type feed struct {
	mu       sync.Mutex
	messages []projections.Message
	bytes    int
	err      error
	ready    chan struct{} // there is something to take, or it has ended
	room     chan struct{} // something was taken
}

func newFeed() *feed { return &feed{ready: make(chan struct{}, 1), room: make(chan struct{}, 1)} }

// put adds a message, once there is room.
func (f *feed) put(ctx context.Context, m projections.Message) error {
	for {
		f.mu.Lock()
		if len(f.messages) < feedMessages && f.bytes < feedBytes {
			f.messages = append(f.messages, m)
			f.bytes += len(m.Payload)
			f.mu.Unlock()
			signal(f.ready)
			return nil
		}
		f.mu.Unlock()
		select {
		case <-f.room:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// end says why no more messages come. Those that are there are taken first.
func (f *feed) end(err error) {
	f.mu.Lock()
	f.err = err
	f.mu.Unlock()
	signal(f.ready)
}

// take is all messages that are there, at least one, or why there are none.
func (f *feed) take(ctx context.Context) ([]projections.Message, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f.mu.Lock()
		messages, err := f.messages, f.err
		f.messages, f.bytes = nil, 0
		f.mu.Unlock()
		if len(messages) > 0 {
			signal(f.room)
			return messages, nil
		}
		if err != nil {
			return nil, err
		}
		select {
		case <-f.ready:
		case <-ctx.Done():
		}
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
