package embedded

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats-server/v2/server"
	"golang.org/x/sys/unix"
)

var (
	// ErrUnhealthy says that JetStream does not store: [Server.Restart] it, once there is space.
	ErrUnhealthy = errors.New("the embedded server does not store")
	// ErrSpace says that the disk is nearly full: make room before anything else is appended.
	ErrSpace = errors.New("the disk is nearly full")
)

// Health reports whether contributions can be stored now: nil, or [ErrUnhealthy], [ErrSpace] or both.
func (s *Server) Health(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	ns, closed := s.nats, s.closed
	s.mu.Unlock()
	if closed {
		return errClosed
	}
	var errs []error
	if ns == nil {
		errs = append(errs, fmt.Errorf("embedded: %w: it is stopped", ErrUnhealthy))
	} else if h := ns.Healthz(&server.HealthzOptions{}); h.Error != "" {
		errs = append(errs, fmt.Errorf("embedded: %w: %s", ErrUnhealthy, h.Error))
	}
	switch free, err := Free(s.cfg.Dir); {
	case err != nil:
		errs = append(errs, err)
	case free < s.cfg.MinFree:
		errs = append(errs, fmt.Errorf("embedded: %s: %w: %d MiB are free, %d are to stay so",
			s.cfg.Dir, ErrSpace, free>>20, s.cfg.MinFree>>20))
	}
	return errors.Join(errs...)
}

// Free is how many bytes a folder's disk has for this user.
func Free(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, fmt.Errorf("embedded: free space of %s: %w", dir, err)
	}
	return int64(st.Bavail) * int64(st.Bsize), nil
}
