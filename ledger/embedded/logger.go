package embedded

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
)

// A logger passes what nats-server logs on to slog, at debug and warn, and keeps the last error, for
// a start that fails. Nothing it logs ends the process.
type logger struct {
	log *slog.Logger

	mu   sync.Mutex
	last string
}

func (l *logger) debug(format string, v []any) {
	l.log.Debug("nats-server", slog.String("message", fmt.Sprintf(format, v...)))
}

func (l *logger) warn(format string, v []any) {
	message := fmt.Sprintf(format, v...)
	l.mu.Lock()
	l.last = message
	l.mu.Unlock()
	l.log.Warn("nats-server", slog.String("message", message))
}

func (l *logger) Noticef(format string, v ...any) { l.debug(format, v) }
func (l *logger) Debugf(format string, v ...any)  { l.debug(format, v) }
func (l *logger) Tracef(format string, v ...any)  { l.debug(format, v) }
func (l *logger) Warnf(format string, v ...any)   { l.warn(format, v) }
func (l *logger) Errorf(format string, v ...any)  { l.warn(format, v) }
func (l *logger) Fatalf(format string, v ...any)  { l.warn(format, v) }

// err is the last that was warned of.
func (l *logger) err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == "" {
		return errors.New("no reason given")
	}
	return errors.New(l.last)
}
