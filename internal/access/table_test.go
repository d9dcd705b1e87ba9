package access

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"clew/internal/core"
)

// facts are a resource as the tables speak of it: in relation to one actor.
type facts struct {
	on                            ResourceType
	referred, decides, safeguards bool // the actor's agency
	supports, asked, own          bool
	hosts, alerted                bool
	assignee, proposer            bool // the actor
	decider, reviewer, author     bool
	state                         string
	child, consent, police        bool
	shared, machine               bool
	passed                        bool // a concern, to the actor's agency
	purpose                       core.Purpose
}

// may is testdata/may.txt.
type may struct {
	columns map[who]string                          // role and kind → column
	purpose map[string]core.Purpose                 // of a column
	cells   map[subject]map[string]func(facts) bool // action and resource → column → condition
}

type who struct {
	role core.Role
	kind core.AgencyKind
}

func partOfCase(f facts) bool { return f.state != "draft" }

func decidesAlone(f facts) bool { return f.decides && f.assignee && !f.machine && partOfCase(f) }

// mayLeave is the rule of consent: an adult who has not agreed is known to the
// authority and the agency that referred, and to nobody else.
func mayLeave(f facts) bool { return f.child || f.consent || f.referred || f.decides }

func tookPart(f facts) bool { return f.decider || f.reviewer }

// conditions are the letters of may.txt, as its head explains them.
var conditions = map[string]func(facts) bool{
	"R": func(f facts) bool { return f.referred && partOfCase(f) },
	"A": func(f facts) bool { return f.decides && partOfCase(f) },
	"X": func(f facts) bool { return f.decides && f.assignee && partOfCase(f) },
	"S": decidesAlone,
	"V": func(f facts) bool { return f.decides && !f.machine && !f.proposer && partOfCase(f) },
	"N": func(f facts) bool { return f.decides && !f.machine && !tookPart(f) && partOfCase(f) },
	"M": func(f facts) bool { return decidesAlone(f) && !tookPart(f) },
	"L": func(f facts) bool { return f.child && f.safeguards && partOfCase(f) },
	"B": func(f facts) bool { return f.child && (f.safeguards || f.hosts) && partOfCase(f) },
	"G": func(f facts) bool { return f.child && f.supports && partOfCase(f) },
	"Z": func(f facts) bool { return f.child && f.alerted && partOfCase(f) },
	"H": func(f facts) bool { return f.supports && mayLeave(f) && partOfCase(f) },
	"W": func(f facts) bool { return f.supports && partOfCase(f) },
	"E": func(f facts) bool { return f.decides && !f.machine && partOfCase(f) },
	"U": func(f facts) bool { return f.supports && mayLeave(f) && !f.machine && partOfCase(f) },
	"K": func(f facts) bool { return f.decides && f.shared },
	"J": func(f facts) bool { return f.own && !f.machine },
	"I": func(f facts) bool { return f.asked && mayLeave(f) && partOfCase(f) },
	"P": func(f facts) bool {
		return f.referred && f.police && partOfCase(f) && f.state != "withdrawn" && f.state != "closed"
	},
	"Q": func(f facts) bool {
		return f.police && f.consent && (f.state == "recovery" || f.state == "cg_pending" || f.state == "confirmed")
	},
	"C": partOfCase,
	"O": func(f facts) bool { return f.own },
	"F": func(f facts) bool { return f.passed },
	"D": func(f facts) bool { return f.own && (f.author || f.shared) },
	"Y": func(facts) bool { return true },
	"T": func(f facts) bool { return f.machine },
}

// lookingForChild is what officers do to protect a child, not to investigate.
var lookingForChild = map[Action]bool{ViewMissing: true, RecordSighting: true, RecordFound: true}

// allows says what the table expects.
func (m may) allows(w who, a Action, f facts) bool {
	column, ok := m.columns[w]
	if !ok {
		return false
	}
	condition, ok := m.cells[subject{a, f.on}][column]
	if !ok || !condition(f) {
		return false
	}
	if a == AnswerInfoRequest {
		return f.purpose == core.Identify || f.purpose == core.Protect
	}
	if column == "po" && lookingForChild[a] {
		return f.purpose == core.Protect
	}
	return f.purpose == m.purpose[column]
}

func readMay(t testing.TB) may {
	t.Helper()
	m := may{columns: map[who]string{}, purpose: map[string]core.Purpose{}, cells: map[subject]map[string]func(facts) bool{}}
	var on ResourceType
	var columns []string
	for n, words := range tableLines(t, "testdata/may.txt") {
		switch words[0] {
		case "column":
			m.purpose[words[1]] = core.Purpose(words[3])
			for _, k := range words[4:] {
				m.columns[who{core.Role(words[2]), core.AgencyKind(k)}] = words[1]
			}
		case "on":
			on, columns = ResourceType(words[1]), words[2:]
		default:
			if err := m.row(on, columns, words); err != nil {
				t.Fatalf("may.txt, line %d of the table: %v", n+1, err)
			}
		}
	}
	return m
}

func (m may) row(on ResourceType, columns, words []string) error {
	if len(words) != len(columns)+1 || !slices.Contains(Actions, Action(words[0])) {
		return fmt.Errorf("%d cells for %d columns, or no such action: %v", len(words)-1, len(columns), words)
	}
	s := subject{Action(words[0]), on}
	m.cells[s] = map[string]func(facts) bool{}
	for i, letter := range words[1:] {
		if letter == "." {
			continue
		}
		condition, ok := conditions[letter]
		if !ok {
			return fmt.Errorf("no condition %q", letter)
		}
		m.cells[s][columns[i]] = condition
	}
	return nil
}

// never is testdata/never.txt.
type never []prohibition

type prohibition struct {
	applies func(who) bool
	on      ResourceType
	allBut  bool
	actions []string
	when    func(facts) bool
}

// circumstances are the last column of never.txt, as its head explains them.
var circumstances = map[string]func(facts) bool{
	"always":                func(facts) bool { return true },
	"else-R":                func(f facts) bool { return !f.referred },
	"else-A":                func(f facts) bool { return !f.decides },
	"else-AH":               func(f facts) bool { return !f.decides && !f.supports },
	"else-O":                func(f facts) bool { return !f.own },
	"no-consent":            func(f facts) bool { return !f.child && !f.consent && !f.referred && !f.decides },
	"no-consent-nor-houses": func(f facts) bool { return !mayLeave(f) && !f.supports },
	"else-OF":               func(f facts) bool { return !f.own && !f.passed },
	"else-K":                func(f facts) bool { return !f.decides || !f.shared },
	"draft":                 func(f facts) bool { return f.state == "draft" },
	"proposer":              func(f facts) bool { return f.proposer },
	"took-part":             tookPart,
	"machine":               func(f facts) bool { return f.machine },
}

func (n never) forbids(w who, a Action, f facts) bool {
	return slices.ContainsFunc(n, func(p prohibition) bool {
		return p.on == f.on && p.applies(w) && slices.Contains(p.actions, string(a)) != p.allBut && p.when(f)
	})
}

func readNever(t testing.TB) never {
	t.Helper()
	var out never
	for n, words := range tableLines(t, "testdata/never.txt") {
		parts := strings.Split(strings.Join(words, " "), " | ")
		if len(parts) != 4 || circumstances[parts[3]] == nil {
			t.Fatalf("never.txt, line %d of the table: %v", n+1, words)
		}
		p := prohibition{applies: party(t, strings.Fields(parts[0])), on: ResourceType(parts[1]), when: circumstances[parts[3]]}
		p.actions = strings.Fields(parts[2])
		if p.actions[0] == "all" {
			p.allBut = true
			p.actions = slices.DeleteFunc(p.actions, func(w string) bool { return w == "all" || w == "but" })
		}
		for _, a := range p.actions {
			if !slices.Contains(Actions, Action(a)) {
				t.Fatalf("never.txt: no action %q", a)
			}
		}
		out = append(out, p)
	}
	return out
}

func party(t testing.TB, words []string) func(who) bool {
	t.Helper()
	if words[0] == "any" {
		return func(who) bool { return true }
	}
	names := strings.Split(words[1], ",")
	kind := func(w who) bool { return slices.Contains(names, string(w.kind)) }
	role := func(w who) bool { return slices.Contains(names, string(w.role)) }
	switch words[0] {
	case "kind":
		return kind
	case "not-kind":
		return func(w who) bool { return !kind(w) }
	case "role":
		return role
	case "not-role":
		return func(w who) bool { return !role(w) }
	}
	t.Fatalf("never.txt: who is %q", words[0])
	return nil
}

func tableLines(t testing.TB, name string) [][]string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 0 && words[0] != "#" && !strings.HasPrefix(words[0], "#") {
			out = append(out, words)
		}
	}
	return out
}
