package door

import (
	"io"
	"sync"

	"clew/internal/core"
)

// Bounds of the pictures that are held in memory while they come in. What counts
// is what has arrived, so that a sender who sends nothing takes nothing away.
const (
	albumSize = 96 << 20
	perHome   = 3 // pictures of one address at once: they never fill the album
)

// pictures bounds the pictures on their way in: a report without one never waits
// for them.
type pictures struct {
	mu   sync.Mutex
	left int
	home map[core.Secret]int
}

var album = &pictures{left: albumSize, home: map[core.Secret]int{}}

var (
	errBusy = core.E(core.TooMany, "door.busy", "")
	errCut  = core.E(core.Invalid, "failed", "") // the connection broke off
)

// place is where one request may put its picture.
type place struct {
	album *pictures
	home  core.Secret
	in    bool
	held  int
}

func (p *pictures) place(address core.Secret) *place {
	return &place{album: p, home: core.Secret(core.Network(address.Reveal()))}
}

// read takes in at most n bytes.
func (p *place) read(from io.Reader, n int64) ([]byte, error) {
	a := p.album
	a.mu.Lock()
	full := a.home[p.home] >= perHome
	if !full {
		a.home[p.home]++
		p.in = true
	}
	a.mu.Unlock()
	if full {
		return nil, errBusy
	}
	content, err := io.ReadAll(io.LimitReader(counting{from, p}, n))
	if err != nil && core.KindOf(err) == core.Internal {
		return nil, errCut
	}
	return content, err
}

// leave gives back what the request held.
func (p *place) leave() {
	if !p.in {
		return
	}
	a := p.album
	a.mu.Lock()
	defer a.mu.Unlock()
	a.left += p.held
	if a.home[p.home]--; a.home[p.home] == 0 {
		delete(a.home, p.home)
	}
	p.in, p.held = false, 0
}

// counting takes what it reads from the room that is left.
type counting struct {
	from  io.Reader
	place *place
}

// Read implements io.Reader.
func (c counting) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	a := c.place.album
	a.mu.Lock()
	defer a.mu.Unlock()
	if n > a.left {
		return 0, errBusy
	}
	a.left -= n
	c.place.held += n
	return n, err
}
