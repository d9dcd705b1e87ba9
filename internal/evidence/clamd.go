package evidence

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// Clamd asks a ClamAV daemon whether a file is clean, by its INSTREAM command.
type Clamd struct {
	// Network and Address are as for net.Dial: "unix" and a socket's path, or
	// "tcp" and host:port.
	Network, Address string
}

const (
	clamdTimeout = 60 * time.Second
	clamdChunk   = 64 << 10
)

// Scan reports whether the content is clean. An error means that the daemon
// could not be asked or did not answer.
func (c Clamd) Scan(ctx context.Context, content []byte) (clean bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, clamdTimeout)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, c.Network, c.Address)
	if err != nil {
		return false, fmt.Errorf("reach clamd: %w", err)
	}
	defer func() { _ = conn.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	if err := stream(conn, content); err != nil {
		return false, fmt.Errorf("send to clamd: %w", err)
	}
	answer, err := io.ReadAll(io.LimitReader(conn, 4096))
	if err != nil {
		return false, fmt.Errorf("read from clamd: %w", err)
	}
	text := strings.Trim(string(answer), "\x00\r\n ")
	switch {
	case strings.HasSuffix(text, " FOUND"):
		return false, nil
	case strings.HasSuffix(text, " OK"):
		return true, nil
	}
	return false, fmt.Errorf("clamd answered neither OK nor FOUND")
}

func stream(w io.Writer, content []byte) error {
	if _, err := io.WriteString(w, "zINSTREAM\x00"); err != nil {
		return err
	}
	var size [4]byte
	for len(content) > 0 {
		n := min(len(content), clamdChunk)
		binary.BigEndian.PutUint32(size[:], uint32(n))
		if _, err := w.Write(append(size[:], content[:n]...)); err != nil {
			return err
		}
		content = content[n:]
	}
	_, err := w.Write([]byte{0, 0, 0, 0})
	return err
}
