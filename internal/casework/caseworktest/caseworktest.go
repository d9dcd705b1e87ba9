// Package caseworktest builds the casework service over a real database with a
// fixed cast, a clock that stands still, and cases brought to any state by the
// same commands that people give. It is for tests.
package caseworktest

import (
	"context"
	"database/sql"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"clew/internal/access"
	"clew/internal/access/accesstest"
	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/database"
	"clew/internal/database/dbtest"
	"clew/internal/job"
	"clew/internal/ledger"
	"clew/internal/letters"
	"clew/internal/letters/wording"
	"clew/internal/safecontact"
	"clew/internal/safeguarding"
	"clew/internal/scheme"
	"clew/internal/store"
	"clew/internal/vault"
)

// Start is where the clock stands at the beginning: a Wednesday morning far
// from any holiday.
var Start = time.Date(2025, time.March, 12, 9, 30, 0, 0, time.UTC)

// World is a service with all its parts.
type World struct {
	*casework.Service
	DB       *database.DB
	Store    *store.Store
	Letters  *letters.Service
	Vault    *vault.Vault
	Keys     *vault.SQLKeyStore
	KeysFile string
	Policies *access.Policies
	Schemes  *scheme.Registry
	Clock    *core.FixedClock
	Jobs     *job.Queue
	Children *safeguarding.Service
	Ledger   *ledger.Log
	t        testing.TB
}

// Each runs the test on both engines.
func Each(t *testing.T, run func(t *testing.T, w *World)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, db *database.DB) { run(t, New(t, db)) })
}

// New builds a world over a migrated database.
func New(t testing.TB, db *database.DB) *World {
	t.Helper()
	ctx := context.Background()
	clock := core.NewFixedClock(Start)
	keyset, err := vault.NewKeyset()
	must(t, err)
	keysFile := filepath.Join(t.TempDir(), "keys.db")
	keys, err := vault.OpenKeyStore(ctx, keysFile, clock)
	must(t, err)
	t.Cleanup(func() { _ = keys.Close() })
	policies, err := access.New(clock, "")
	must(t, err)
	schemes, err := scheme.Load("")
	must(t, err)
	w := &World{DB: db, Store: store.New(db), Vault: vault.New(keyset, keys, clock), Keys: keys, KeysFile: keysFile, Policies: policies, Schemes: schemes, Clock: clock, t: t}
	shelf, err := wording.Load("")
	must(t, err)
	w.Letters = letters.New(w.Store.Letters(), policies, w.Vault, schemes, shelf, clock)
	w.Service, err = casework.New(w.Store, policies, w.Vault, schemes, clock, casework.Options{Scheme: "uk", Scribe: w.Letters.Scribe(), Likeness: w.Store, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	w.Ledger, err = ledger.New(db, make([]byte, 32), "test.example/clew", filepath.Join(t.TempDir(), "checkpoints.txt"), clock)
	must(t, err)
	for _, a := range accesstest.Agencies() {
		w.addAgency(a)
	}
	w.Jobs = job.New(db, clock, job.Options{})
	for _, kind := range casework.JobKinds() {
		w.Jobs.HandleTx(kind, func(ctx context.Context, tx *sql.Tx, j job.Job) error { return w.RunJob(ctx, store.In(tx), j) })
	}
	w.Children = safeguarding.New(w.Store, policies, w.Vault, schemes, clock)
	for _, kind := range safeguarding.JobKinds() {
		w.Jobs.HandleTx(kind, func(ctx context.Context, tx *sql.Tx, j job.Job) error {
			return w.Children.RunJob(ctx, store.InChild(tx), j)
		})
	}
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *World) addAgency(a core.Agency) {
	w.t.Helper()
	err := w.DB.InTx(context.Background(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO agency (id, rev, kind, name, code, jurisdiction, first_responder, active, created_at) VALUES ($1, 1, $2, $3, $4, 'england-wales', $5, TRUE, 0)`,
			a.ID, string(a.Kind), a.Name, a.Code, a.FirstResponder)
		return err
	})
	must(w.t, err)
}

// RunJobs runs every job that is due, with what runs beside the jobs: the ledger
// places its entries, and the likeness index follows them.
func (w *World) RunJobs() {
	w.t.Helper()
	ctx := context.Background()
	for range 50 {
		_, err := w.Ledger.Integrate(ctx)
		must(w.t, err)
		must(w.t, w.CatchUpLikeness(ctx))
		n, err := w.Jobs.RunDue(ctx)
		must(w.t, err)
		if n == 0 {
			return
		}
	}
	w.t.Fatal("jobs keep coming")
}

// Form is a complete adult referral with consent.
func Form() casework.ReferralForm {
	return casework.ReferralForm{
		Jurisdiction: "england-wales",
		Age:          casework.Age{Stated: "adult"},
		Consent:      casework.ConsentGiven{Explained: "yes", Answer: "yes", NoticeVersion: "2024-1", Language: "vie", Interpreter: "yes", On: core.MustDate(2025, 3, 11)},
		Identity: casework.Identity{
			Names:     []casework.Name{{Given: "Quynh Zebra", Family: "Testperson", Kind: "main"}},
			BirthDate: core.PartialDate{Year: 1996, Month: 7, Day: 21}, Gender: "feminine", Nationality: "VNM",
			Documents: []casework.IdentityDocument{{Type: "passport", Number: "ZQ7741209", Country: "VNM"}},
			Phones:    []core.Secret{"+44 7700 900123"},
		},
		Narrative: casework.Narrative{
			Account:    "Came for work in a nail salon; passport was taken; wages withheld against a debt.",
			Situations: []casework.Situation{{Country: "GBR", Town: "Testbury", From: core.PartialDate{Year: 2024, Month: 5}, Until: core.PartialDate{Year: 2025, Month: 3}}},
			Referrer:   casework.Referrer{Name: "Sam Referrer", JobTitle: "Detective Constable", Phone: "0117 496 0000"},
		},
		Contact: casework.Contact{Town: "Testbury", Terms: safecontact.Terms{SafeToReach: "only_through", Through: "Outreach worker", Language: "vie", Interpreter: true}},
		Facts: casework.Facts{Exploitation: []string{"forced_labour"}, ExploitedWhere: "domestic", AgeAtExploitation: "adult", CurrentLocation: "safe", SupportWanted: "yes",
			Indicators: []casework.Indicator{{Code: "GEN-01", ObservedBy: "me"}}},
	}
}

// ChildForm is a complete referral of a child.
func ChildForm() casework.ReferralForm {
	f := Form()
	f.Age = casework.Age{Stated: "child", Authority: accesstest.AgencyOf(core.LocalAuthority).ID}
	f.Consent = casework.ConsentGiven{}
	f.Identity.Names = []casework.Name{{Given: "Linh Zebra", Family: "Minor", Kind: "main"}}
	f.Identity.BirthDate = core.PartialDate{Year: 2009, Month: 11, Day: 3}
	f.Identity.Documents, f.Identity.Phones = nil, nil
	f.Facts.AgeAtExploitation = "child"
	return f
}

// NotifyForm is a duty to notify: an adult who does not consent.
func NotifyForm() casework.ReferralForm {
	f := Form()
	f.Consent = casework.ConsentGiven{Explained: "yes", Answer: "no"}
	return f
}

// The people of the cast who carry a case.
var (
	Responder  = accesstest.Of(core.RoleFirstResponder, core.Police)
	Caseworker = accesstest.Of(core.RoleCaseworker, core.CompetentAuthority)
	Reviewer   = accesstest.Of(core.RoleReviewer, core.CompetentAuthority)
	Manager    = accesstest.Of(core.RoleManager, core.CompetentAuthority)
)

// Refer submits a form as the responder and runs the jobs that follow.
func (w *World) Refer(form casework.ReferralForm) casework.Receipt {
	w.t.Helper()
	ctx := context.Background()
	id, err := w.StartDraft(ctx, Responder.Actor, core.Identify, form, core.ID{})
	must(w.t, err)
	r, err := w.SubmitDraft(ctx, Responder.Actor, core.Identify, id, 0)
	must(w.t, err)
	w.RunJobs()
	return r
}

// Assigned submits a form and gives the case to the caseworker.
func (w *World) Assigned(form casework.ReferralForm) core.ID {
	w.t.Helper()
	r := w.Refer(form)
	must(w.t, w.Assign(context.Background(), Manager.Actor, core.Identify, r.CaseID, 0, Caseworker.UserID))
	return r.CaseID
}

// ShareWithPolice records that the person agreed to share with an investigation.
func (w *World) ShareWithPolice(id core.ID) {
	w.t.Helper()
	must(w.t, w.RecordConsent(context.Background(), Caseworker.Actor, core.Identify, id, 0, casework.ConsentPolice, Form().Consent))
}

// SteppedUp is the actor after a fresh sign-in, as decisions need it.
func SteppedUp(a core.Actor) core.Actor {
	a.SteppedUp = true
	return a
}

// Decision is a complete decision with the outcome.
func Decision(o casework.Outcome) casework.DecisionForm {
	f := casework.DecisionForm{Outcome: o, Act: casework.Found, Means: casework.Found, Purpose: casework.Found,
		Indicators: []string{"GEN-01"}, Reasons: casework.Reasons{Reasons: "The account is consistent with the indicators."}}
	if o == casework.Negative {
		f.Purpose = casework.NotFound
	}
	return f
}

// In brings a new case to the state by the commands that lead there. Draft is
// not a case yet; see StartDraft.
func (w *World) In(state casework.State) core.ID {
	w.t.Helper()
	ctx := context.Background()
	caseworker, reviewer := SteppedUp(Caseworker.Actor), SteppedUp(Reviewer.Actor)
	decide := func(id core.ID, o casework.Outcome) {
		must(w.t, w.DecideRG(ctx, caseworker, core.Identify, id, 0, Decision(o)))
	}
	confirm := func(id core.ID) {
		must(w.t, w.Review(ctx, reviewer, core.Identify, id, 0, casework.ReviewForm{Answer: casework.Confirm, Words: "Agreed."}))
	}
	if state == casework.Submitted {
		id, err := w.StartDraft(ctx, Responder.Actor, core.Identify, Form(), core.ID{})
		must(w.t, err)
		r, err := w.SubmitDraft(ctx, Responder.Actor, core.Identify, id, 0)
		must(w.t, err)
		must(w.t, w.Assign(ctx, Manager.Actor, core.Identify, r.CaseID, 0, Caseworker.UserID))
		return r.CaseID
	}
	id := w.Assigned(Form())
	switch state {
	case casework.RGPending:
	case casework.RGNegative, casework.Reconsideration:
		decide(id, casework.Negative)
		confirm(id)
	case casework.Recovery, casework.CGPending, casework.CGNegative, casework.Confirmed:
		decide(id, casework.Positive)
	case casework.Suspended:
		must(w.t, w.Suspend(ctx, caseworker, core.Identify, id, 0, "whereabouts_unknown"))
	case casework.Withdrawn:
		must(w.t, w.Withdraw(ctx, caseworker, core.Identify, id, 0, w.reason(id)))
	case casework.Closed:
		must(w.t, w.Close(ctx, caseworker, core.Identify, id, 0, "finished"))
	}
	switch state {
	case casework.Reconsideration:
		must(w.t, w.RequestReconsideration(ctx, caseworker, core.Identify, id, 0, casework.ReconsiderationForm{Request: "There is a new report."}))
	case casework.Confirmed:
		must(w.t, w.DecideCG(ctx, caseworker, core.Identify, id, 0, Decision(casework.Positive)))
	case casework.CGPending, casework.CGNegative:
		w.Clock.Set(w.Clock.Now().AddDate(0, 0, 31))
		w.RunJobs()
	}
	if state == casework.CGNegative {
		must(w.t, w.DecideCG(ctx, caseworker, core.Identify, id, 0, Decision(casework.Negative)))
		confirm(id)
	}
	return id
}

// reason is the first of the scheme's reasons to withdraw.
func (w *World) reason(id core.ID) string {
	c, err := w.Store.Case(context.Background(), id)
	must(w.t, err)
	sch, err := w.Schemes.Scheme(c.Scheme)
	must(w.t, err)
	rules, err := sch.On(c.ClockDay)
	must(w.t, err)
	return rules.WithdrawReasons[0].Code
}
