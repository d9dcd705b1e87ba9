package casework_test

import (
	"strings"
	"testing"

	"clew/internal/casework"
)

// procedure is domain.md's procedure written down a second time, by hand: from
// each state, which command may be given and where it may lead. "=" is the
// state itself. A command that a line does not name is refused there.
const procedure = `
draft            submit→submitted
submitted        receive→rg_pending upgrade→submitted suspend→suspended edit_facts→= correct_age→=
rg_pending       decide_rg→recovery,= review_rg→rg_negative,recovery,= request_info→= suspend→suspended edit_facts→= correct_age→=
rg_negative      request_reconsideration→reconsideration refer_again→=
recovery         extend_recovery→= end_recovery→= review_end_recovery→cg_pending,= finish_recovery→cg_pending decide_cg→confirmed,= request_info→= suspend→suspended edit_facts→= correct_age→=
cg_pending       decide_cg→confirmed,= review_cg→cg_negative,confirmed,= request_info→= suspend→suspended edit_facts→= correct_age→=
cg_negative      request_reconsideration→reconsideration refer_again→=
confirmed        refer_again→=
reconsideration  reconsider→recovery,confirmed,= review_reconsideration→rg_negative,cg_negative,recovery,confirmed,= request_info→= suspend→suspended edit_facts→= correct_age→=
suspended        resume→submitted,rg_pending,recovery,cg_pending,reconsideration edit_facts→= correct_age→=
withdrawn        refer_again→=
closed           refer_again→=
`

// everyLive may be given in every state that is submitted and not ended.
const everyLive = `assign→= answer_info→= withdraw→withdrawn close→closed record_consent→= withdraw_consent→withdrawn,= add_note→= add_shared_note→= add_evidence→=`

// written reads the text above: state → command → where it may lead.
func written(t *testing.T) map[casework.State]map[casework.Command]map[casework.State]bool {
	t.Helper()
	all := map[casework.State]map[casework.Command]map[casework.State]bool{}
	for line := range strings.Lines(strings.TrimSpace(procedure)) {
		fields := strings.Fields(line)
		from := casework.State(fields[0])
		all[from] = map[casework.Command]map[casework.State]bool{}
		words := fields[1:]
		if from.Live() {
			words = append(words, strings.Fields(everyLive)...)
		}
		for _, w := range words {
			command, to, ok := strings.Cut(w, "→")
			if !ok {
				t.Fatalf("cannot read %q", w)
			}
			targets := map[casework.State]bool{}
			for one := range strings.SplitSeq(to, ",") {
				if one == "=" {
					one = string(from)
				}
				targets[casework.State(one)] = true
			}
			all[from][casework.Command(command)] = targets
		}
	}
	return all
}

func TestTheStateTableIsTheProcedure(t *testing.T) {
	all := written(t)
	for _, from := range casework.States {
		if _, ok := all[from]; !ok {
			t.Errorf("%s is not written down", from)
		}
		for _, command := range casework.Commands() {
			targets, named := all[from][command]
			if allowed := casework.Allowed(command, from); allowed != named {
				t.Errorf("%s in %s: table says %v, procedure says %v", command, from, allowed, named)
				continue
			}
			if !named {
				continue
			}
			for _, to := range casework.States {
				if got := casework.LeadsTo(command, from, to); got && !targets[to] && to != from {
					t.Errorf("%s may lead from %s to %s, which the procedure does not have", command, from, to)
				}
				if targets[to] && !casework.LeadsTo(command, from, to) {
					t.Errorf("%s must be able to lead from %s to %s", command, from, to)
				}
			}
		}
	}
}

func TestNoEndedStateIsLive(t *testing.T) {
	for _, s := range []casework.State{casework.Draft, casework.Withdrawn, casework.Closed, ""} {
		if s.Live() {
			t.Errorf("%q counts as live", s)
		}
	}
}
