package reading

import (
	"strconv"

	"clew/edifact"
)

// Parts follows the parts of messages through a run: a part that comes twice,
// out of order, or that is missing when the last one comes.
//
// Parts belong together by sender and access reference, as the header says. The
// zero of a message that is no part is never counted.
type Parts struct {
	seen map[partKey]*partState
	keys []partKey
}

type partKey struct{ sender, ref string }

type partState struct {
	have map[int]bool
	high int
}

// maxOpen bounds the messages whose parts are followed at once; the oldest is
// forgotten first.
const maxOpen = 1000

// NewParts returns an empty Parts.
func NewParts() *Parts { return &Parts{seen: map[partKey]*partState{}} }

// See takes note of a message and returns what is to be said of its part.
func (p *Parts) See(h *edifact.Header) []edifact.Finding {
	if h.Part == 0 || h.AccessRef == "" || h.First && h.Last {
		return nil
	}
	key := partKey{h.Sender(), h.AccessRef}
	state := p.seen[key]
	if state == nil {
		state = &partState{have: map[int]bool{}}
		p.seen[key] = state
		p.keys = append(p.keys, key)
		if len(p.keys) > maxOpen {
			delete(p.seen, p.keys[0])
			p.keys = p.keys[1:]
		}
	}
	detail := "part " + strconv.Itoa(h.Part)
	var found []edifact.Finding
	switch {
	case state.have[h.Part]:
		found = append(found, edifact.FindingAt("part_repeated", "UNH", h.Offset, detail))
	case h.Part < state.high:
		found = append(found, edifact.FindingAt("part_disorder", "UNH", h.Offset, detail))
	}
	state.have[h.Part] = true
	state.high = max(state.high, h.Part)
	if missing := h.Part - len(state.have); h.Last && missing > 0 {
		found = append(found, edifact.FindingAt("part_missing", "UNH", h.Offset, strconv.Itoa(missing)+" before "+detail))
	}
	return found
}
