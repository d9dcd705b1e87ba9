package safeguarding

import (
	"slices"
	"time"

	"clew/internal/core"
)

// EpisodeState is where a missing episode stands.
type EpisodeState string

// The states.
const (
	Gone        EpisodeState = "missing"
	Found       EpisodeState = "found"
	Interviewed EpisodeState = "interviewed"
	Closed      EpisodeState = "closed"
)

var episodeLabels = map[EpisodeState]string{Gone: "Missing", Found: "Found: return interview to do", Interviewed: "Return interview done", Closed: "Closed"}

// Label returns the state in plain words.
func (s EpisodeState) Label() string { return episodeLabels[s] }

// EpisodeStates lists every state.
var EpisodeStates = []EpisodeState{Gone, Found, Interviewed, Closed}

// nextEpisode is the state table. From Found straight to Closed only where no
// interview can be (see endsWithoutInterview).
var nextEpisode = map[EpisodeState][]EpisodeState{
	Gone:        {Found},
	Found:       {Interviewed, Closed},
	Interviewed: {Closed},
}

// CanBecome reports whether the table has the step.
func (s EpisodeState) CanBecome(next EpisodeState) bool {
	return slices.Contains(nextEpisode[s], next)
}

// endDied and endAgain close an episode without a return interview. The second
// is clew's own: the child is missing again before the first episode was closed.
const (
	endDied  = "died"
	endAgain = "missing_again"
)

func endsWithoutInterview(code string) bool { return code == endDied || code == endAgain }

// Episode is one time a child was missing. Words are sealed.
type Episode struct {
	ID            core.ID
	Rev           int
	CaseID        core.ID
	Number        int // 1 for the child's first
	State         EpisodeState
	Risk          string
	LastSeenAt    time.Time
	RaisedAt      time.Time
	RaisedBy      core.ID
	RaisedAgency  core.ID
	Police        core.ID
	FoundAt       time.Time
	FoundCode     string
	InterviewDue  time.Time
	InterviewedAt time.Time
	ClosedAt      time.Time
	Ending        string
	Alert         []byte // sealed Alert
	Background    []byte // sealed Background
}

// Alert is what everybody with a duty to look for the child needs, and nothing
// about how or by whom the child was exploited.
type Alert struct {
	Name            core.Secret `json:"name"`
	Age             core.Secret `json:"age,omitempty"`
	Description     core.Secret `json:"description"`
	LastSeenWhere   core.Secret `json:"where"`
	LastSeenBy      core.Secret `json:"by"`
	Circumstances   core.Secret `json:"circumstances,omitempty"`
	Phone           core.Secret `json:"phone,omitempty"`
	PoliceReference core.Secret `json:"reference,omitempty"`
}

// Background is what the local authorities and the competent authority alone see:
// who the child may be with, and where.
type Background struct {
	Phones    core.Secret `json:"phones,omitempty"` // one a line, as the others
	Adults    core.Secret `json:"adults,omitempty"`
	Addresses core.Secret `json:"addresses,omitempty"`
	Places    core.Secret `json:"places,omitempty"`
	Why       core.Secret `json:"why,omitempty"` // the grade's reasons
}

// NoteKind is what a line of an episode tells.
type NoteKind string

// The kinds of line.
const (
	NoteSighting  NoteKind = "sighting"
	NoteFound     NoteKind = "found"
	NoteInterview NoteKind = "interview"
	NoteClosed    NoteKind = "closed"
)

var noteLabels = map[NoteKind]string{NoteSighting: "Seen", NoteFound: "Found", NoteInterview: "Return interview", NoteClosed: "Closed"}

// Label returns the kind in plain words.
func (k NoteKind) Label() string { return noteLabels[k] }

// EpisodeNote is one line of an episode. Sealed Words; Where and Who as in
// Words.
type EpisodeNote struct {
	ID        core.ID
	EpisodeID core.ID
	CaseID    core.ID
	Kind      NoteKind
	When      time.Time // when it happened
	At        time.Time // when it was recorded
	ActorID   core.ID
	AgencyID  core.ID
	Code      string
	Sealed    []byte
}

// NoteView is a line with its words; they are empty where the reader may not
// see them.
type NoteView struct {
	EpisodeNote
	Words
}
