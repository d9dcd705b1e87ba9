package access

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/schema"

	"clew/internal/core"
)

// header is what a memorandum must say about itself.
const header = "@title(\"A\")\n@parties(\"B; C\")\n@from(\"2020-01-01\")\n"

const goodPermit = header + `@id("ok")
permit (principal in Role::"officer", action == Action::"viewStatus", resource is Case)
when { context.purpose == Purpose::"screen" && resource.child };
`

func TestAFaultInAnyFileIsAnErrorThatNamesIt(t *testing.T) {
	permit := func(head, when string) string { return header + "@id(\"x\")\npermit (" + head + ") " + when + ";" }
	const viewCase = `principal, action == Action::"viewStatus", resource is Case`
	const toScreen = `when { context.purpose == Purpose::"screen" && `
	for name, tc := range map[string]struct {
		file, text string
		says       string
	}{
		"not Cedar":          {"mou-x.cedar", "permit this", "mou-x.cedar"},
		"empty":              {"mou-x.cedar", "// nothing\n", "no policy in it"},
		"no title":           {"mou-x.cedar", strings.TrimPrefix(goodPermit, "@title(\"A\")\n"), "@title"},
		"no parties":         {"mou-x.cedar", strings.Replace(goodPermit, "B; C", "B;", 1), "@parties"},
		"no date":            {"mou-x.cedar", strings.Replace(goodPermit, "2020-01-01", "soon", 1), "@from"},
		"impossible date":    {"mou-x.cedar", strings.Replace(goodPermit, "2020-01-01", "2023-02-29", 1), "@from"},
		"ends before":        {"mou-x.cedar", "@until(\"2019-12-31\")\n" + goodPermit, "@until"},
		"no id":              {"mou-x.cedar", strings.Replace(goodPermit, `@id("ok")`, "", 1), "@id"},
		"same id twice":      {"mou-x.cedar", goodPermit + strings.TrimPrefix(goodPermit, header), "already"},
		"dates further down": {"mou-x.cedar", goodPermit + "@from(\"2021-01-01\")\n" + strings.Replace(strings.TrimPrefix(goodPermit, header), "ok", "ok2", 1), "first policy"},
		"no purpose":         {"mou-x.cedar", permit(viewCase, "when { resource.child }"), "names its purpose"},
		"purpose in an or":   {"mou-x.cedar", permit(viewCase, `when { context.purpose == Purpose::"screen" || resource.child }`), "names its purpose"},
		"purpose excluded":   {"mou-x.cedar", permit(viewCase, `unless { context.purpose == Purpose::"screen" }`), "names its purpose"},
		"purpose of itself":  {"mou-x.cedar", permit(viewCase, `when { context.purpose == context.purpose }`), "names its purpose"},
		"misspelt role":      {"mou-x.cedar", permit(`principal in Role::"oficer", action, resource is Case`, toScreen+"true }"), "oficer"},
		"misspelt purpose":   {"mou-x.cedar", permit(viewCase, `when { context.purpose == Purpose::"screening" }`), "screening"},
		"misspelt state":     {"mou-x.cedar", permit(viewCase, toScreen+`resource.state == State::"open" }`), "open"},
		"unknown action":     {"mou-x.cedar", permit(`principal, action == Action::"viewEverything", resource is Case`, toScreen+"true }"), "viewEverything"},
		"unknown attribute":  {"mou-x.cedar", permit(viewCase, toScreen+"resource.name == \"\" }"), "name"},
		"no column":          {"mou-x.cedar", permit(viewCase, toScreen+"resource.infoRequestedFrom == principal.agency }"), "not a column"},
		"if in a list":       {"mou-x.cedar", permit(viewCase, toScreen+"(if resource.child then true else false) }"), "lists cannot follow"},
		"two columns":        {"mou-x.cedar", permit(viewCase, toScreen+"resource.authority == resource.referringAgency }"), "compared with each other"},
		"no identifier":      {"mou-x.cedar", permit(viewCase, toScreen+`resource.authority == Agency::"none" }`), "no identifier"},
		"the base again":     {"base.cedar", goodPermit, "starts with"},
		"immutable again":    {"immutable.cedar", goodPermit, "starts with"},
		"a shipped one":      {"mou-police.cedar", goodPermit, "of this name already"},
		"a capital":          {"MoU-x.cedar", goodPermit, "small letters"},
		"too large":          {"mou-x.cedar", goodPermit + strings.Repeat("// filler\n", maxFileSize/10), "larger than"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, tc.file, tc.text)
			_, err := New(today, dir)
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), tc.says) || !strings.Contains(err.Error(), tc.file) {
				t.Errorf("error %q names neither %q nor the file", err, tc.says)
			}
		})
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAnErrorNamesTheLine(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "mou-x.cedar", goodPermit+"\n\n@id(\"two\")\npermit (principal, action, resource);\n")
	_, err := New(today, dir)
	if err == nil || !strings.Contains(err.Error(), "mou-x.cedar:9") {
		t.Errorf("error %v does not name line 9", err)
	}
}

func TestAnAdditionalMemorandumCounts(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "mou-x.cedar", goodPermit)
	write(t, dir, "README.md", "not a policy")
	p, err := New(today, dir)
	if err != nil {
		t.Fatal(err)
	}
	officer := core.Actor{UserID: me, AgencyID: ownAgency, AgencyKind: core.Border, Roles: []core.Role{core.RoleOfficer}}
	child := Resource{Type: Case, Child: true, State: "recovery"}
	if d := p.Check(officer, core.Screen, ViewStatus, child); !d.Allowed || !slices.Equal(d.Policies, []string{"mou-x.cedar:ok"}) {
		t.Errorf("got %v", d)
	}
	if !p.Scope(officer, core.Screen).Contains(child) {
		t.Error("the list does not follow it")
	}
	files := p.Files()
	mine := files[len(files)-1]
	if mine.Name != "mou-x.cedar" || !mine.Local || mine.Text != goodPermit || !slices.Equal(mine.Parties, []string{"B", "C"}) {
		t.Errorf("described as %+v", mine)
	}
}

// What the manual shows as an example must load.
func TestTheManualsExampleLoads(t *testing.T) {
	manual, err := os.ReadFile("../../docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(manual), "```cedar\n")
	example, _, ends := strings.Cut(rest, "```")
	if !found || !ends {
		t.Fatal("no example in the manual")
	}
	p := load(t, source{name: "mou-harbour.cedar", text: example, local: true})
	file := p.Files()[len(p.Files())-1]
	if len(file.Parties) != 2 || file.Until.Format(dateLayout) != "2028-03-31" {
		t.Errorf("read as %+v", file)
	}
}

func TestADirectoryThatIsNotThereIsAnError(t *testing.T) {
	if _, err := New(today, filepath.Join(t.TempDir(), "absent")); err == nil {
		t.Error("accepted")
	}
}

func TestAMemorandumIsInForceBetweenItsDates(t *testing.T) {
	clock := core.NewFixedClock(time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC))
	l, err := newLoader()
	if err != nil {
		t.Fatal(err)
	}
	text := "@until(\"2021-06-30\")\n" + goodPermit
	if err := l.add(source{name: "mou-x.cedar", text: text, local: true}); err != nil {
		t.Fatal(err)
	}
	p, err := newPolicies(clock, l.files, l.rules)
	if err != nil {
		t.Fatal(err)
	}
	officer := core.Actor{UserID: me, AgencyID: ownAgency, AgencyKind: core.Border, Roles: []core.Role{core.RoleOfficer}}
	child := Resource{Type: Case, Child: true, State: "recovery"}
	for _, tc := range []struct {
		at   string
		want bool
	}{
		{"2019-12-31T23:59:59Z", false}, {"2020-01-01T00:00:00Z", true}, {"2021-06-30T23:59:59Z", true},
		{"2021-07-01T00:00:00Z", false}, {"2020-05-05T12:00:00Z", true}, {"2019-01-01T00:00:00Z", false},
		{"2030-01-01T00:00:00Z", false}, {"2021-06-30T00:00:00Z", true}, // the clock may step backwards
	} {
		at, err := time.Parse(time.RFC3339, tc.at)
		if err != nil {
			t.Fatal(err)
		}
		clock.Set(at)
		if got := p.Check(officer, core.Screen, ViewStatus, child).Allowed; got != tc.want {
			t.Errorf("at %s: %t, want %t", tc.at, got, tc.want)
		}
		if got := p.Scope(officer, core.Screen).Contains(child); got != tc.want {
			t.Errorf("list at %s: %t, want %t", tc.at, got, tc.want)
		}
		if got := p.Files()[0].InForce(at); got != tc.want {
			t.Errorf("file at %s in force: %t, want %t", tc.at, got, tc.want)
		}
	}
}

// The immutable forbids and the base have no dates: they hold whatever the
// clock says.
func TestOnlyMemorandaHaveDates(t *testing.T) {
	for _, f := range load(t).Files() {
		if mou := strings.HasPrefix(f.Name, "mou-"); mou == f.From.IsZero() {
			t.Errorf("%s is in force from %v", f.Name, f.From)
		}
		if !strings.HasPrefix(f.Name, "mou-") && !f.InForce(time.Time{}) {
			t.Errorf("%s is not always in force", f.Name)
		}
	}
}

// Loading refuses a permit without a purpose; this walks what was loaded, so
// that nobody can loosen the loader unseen.
func TestEveryPermitNamesItsPurpose(t *testing.T) {
	permits := 0
	for _, r := range load(t).rules {
		if r.Effect() != cedar.Permit {
			continue
		}
		permits++
		if text := string(r.MarshalCedar()); !strings.Contains(text, "context.purpose == Purpose::") &&
			!strings.Contains(text, "].contains(context.purpose)") {
			t.Errorf("%s: no purpose in\n%s", r.name, text)
		}
	}
	if permits < 20 {
		t.Errorf("only %d permits", permits)
	}
}

func TestEveryForbidStandsInImmutable(t *testing.T) {
	for _, r := range load(t).rules {
		if immutable := strings.HasPrefix(r.name, "immutable.cedar:"); immutable != (r.Effect() == cedar.Forbid) {
			t.Errorf("%s is a %v", r.name, r.Effect())
		}
	}
}

// The schema and the vocabulary of core and of this package say the same words.
func TestTheSchemaSpeaksTheSameWords(t *testing.T) {
	text, err := embedded.ReadFile(embeddedDir + "/" + schemaName)
	if err != nil {
		t.Fatal(err)
	}
	var s schema.Schema
	if err := s.UnmarshalCedar(text); err != nil {
		t.Fatal(err)
	}
	r, err := s.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[cedar.EntityType][]string{
		typeRole: texts(allRoles), typeKind: texts(allKinds), typePurpose: texts(core.Purposes), typeState: states,
		typeCaseKind: {KindReferral, KindDutyToNotify},
	} {
		var got []string
		for _, v := range r.Enums[name].Values {
			got = append(got, string(v.ID))
		}
		if !sameSet(got, want) {
			t.Errorf("%s: the schema has %v, the code %v", name, got, want)
		}
	}
	var actions []string
	for uid := range r.Actions {
		actions = append(actions, string(uid.ID))
	}
	if !sameSet(actions, texts(Actions)) {
		t.Errorf("actions: the schema has %v, the code %v", actions, Actions)
	}
	for _, a := range Actions {
		for _, on := range resourceTypes {
			applies := slices.Contains(r.Actions[word(typeAction, a)].AppliesTo.Resources, cedar.EntityType(on))
			if applies != slices.Contains(actionsOn(on), a) {
				t.Errorf("%s on %s: the schema says %t", a, on, applies)
			}
		}
	}
}

func texts[T ~string](in []T) []string {
	var out []string
	for _, v := range in {
		out = append(out, string(v))
	}
	return out
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// FuzzPolicyFile feeds additional files. Whatever is accepted still cannot open
// the firewall, give a case to a statistician, or part lists from answers.
func FuzzPolicyFile(f *testing.F) {
	f.Add(goodPermit)
	f.Add(everythingToEverybody)
	f.Add(everyShape)
	f.Add(header + "@id(\"x\")\npermit (principal, action, resource) when { context.purpose == Purpose::\"screen\" && (resource has x || -1 < 2) };")
	shipped, err := embeddedSources()
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range shipped {
		f.Add(s.text)
	}
	immigration := core.Actor{UserID: me, AgencyID: ownAgency, AgencyKind: core.Immigration, Roles: []core.Role{core.RoleOfficer}}
	statistics := core.Actor{UserID: me, AgencyID: ownAgency, AgencyKind: core.Statistics, Roles: []core.Role{core.RoleCaseworker}}
	c := Resource{Type: Case, ID: core.ID{15: 9}, ReferringAgency: ownAgency, Authority: ownAgency, State: "recovery", Kind: KindReferral, Child: true}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := tryLoad(source{name: "mou-fuzz.cedar", text: text, local: true})
		if err != nil {
			return
		}
		for _, purpose := range core.Purposes {
			for _, section := range []Action{ViewIdentity, ViewNarrative, ViewContact, ViewSupport, ViewDocuments, ViewNotes} {
				if d := p.Check(immigration, purpose, section, c); d.Allowed {
					t.Fatalf("immigration may %s: %v", section, d)
				}
			}
			for _, actor := range []core.Actor{immigration, statistics} {
				if got, want := p.Scope(actor, purpose).Contains(c), p.Check(actor, purpose, ViewStatus, c).Allowed; got != want {
					t.Fatalf("scope %t, policies %t", got, want)
				}
			}
			if p.Check(statistics, purpose, ViewStatus, c).Allowed {
				t.Fatal("the statistics office sees a case")
			}
		}
	})
}

func ExamplePolicies_Check() {
	p, err := New(today, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	agency := core.NewIDAt(today.Now())
	worker := core.Actor{UserID: core.NewIDAt(today.Now()), AgencyID: agency, AgencyKind: core.NGO, Roles: []core.Role{core.RoleSupportWorker}}
	adult := Resource{Type: Case, SupportAgency: agency, State: "recovery", Kind: KindReferral}

	fmt.Println(p.Check(worker, core.Protect, ViewSharedNotes, adult))
	adult.ConsentSharing = true
	fmt.Println(p.Check(worker, core.Protect, ViewSharedNotes, adult))
	fmt.Println(p.Check(worker, core.Protect, ViewNarrative, adult))
	// Output:
	// refused by [immutable.cedar:consent]
	// allowed by [mou-support.cedar:support]
	// refused by []
}
