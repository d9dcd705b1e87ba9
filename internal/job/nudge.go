package job

import "sync"

// nudges tells the queues of this process that something was enqueued. Enqueue
// runs inside a transaction whose commit it cannot see, so a nudged queue looks
// a few times in quick succession instead of once.
var nudges broadcast

type broadcast struct {
	mu   sync.Mutex
	subs map[chan struct{}]bool
}

func (b *broadcast) subscribe() chan struct{} {
	ch := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.subs == nil {
		b.subs = map[chan struct{}]bool{}
	}
	b.subs[ch] = true
	return ch
}

func (b *broadcast) unsubscribe(ch chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.subs, ch)
}

func (b *broadcast) send() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ch := range b.subs {
		poke(ch)
	}
}

// poke leaves a signal unless one is waiting already.
func poke(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}
