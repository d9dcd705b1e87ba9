package exchange_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/exchange"
	"clew/internal/scheme"
)

func rules(t testing.TB) scheme.Rules {
	t.Helper()
	schemes, err := scheme.Load("")
	if err != nil {
		t.Fatal(err)
	}
	s, err := schemes.Scheme("uk")
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.On(core.MustDate(2025, 3, 12))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func readOne(t *testing.T, text string) exchange.Row {
	t.Helper()
	rows := all(t, open(t, text, exchange.ReadOptions{Format: "htcds", Rules: rules(t)}))
	if len(rows) != 1 {
		t.Fatalf("%d rows", len(rows))
	}
	return rows[0]
}

const record = `{
  "Person": {"prs_FirstName": "Quynh", "prs_MiddleName": "Zebra", "prs_SecondName": "Testperson", "prs_Birthdate": "1996-07-21T00:00:00Z",
    "prs_Gender": "Feminine", "prs_Citizenship": ["VN", "GBR"], "prs_MobilePhone": "+447700900123", "prs_Email": "q@example.org", "prs_IdentityNumber": "ZQ7741209",
    "prs_PrimaryLanguage": "vi", "prs_MailingCity": "Testbury", "prs_MailingStreet": "1 Some Street", "prs_MailingPostalCode": "TE1 1ST", "prs_MaritalStatus": "Single"},
  "Victim": {"vic_TypeOfExploitation": "ForcedLabour;SexualExploitation", "vic_TypeOfSexExploitation": ["Prostitution"],
    "vic_MethodsOfControl": ["DebtBondage", "MethodsOfControlRestrictsMovement", "Other"], "vic_AgeWhenTrafficked": 17},
  "Case": {"cas_Status": "Active", "cas_CaseNumber": "HT-0042"},
  "ReferralDetails": {"cas_ReferringOrganisation": {"org_Name": "Police A", "org_Phone": "+441174960000"}, "cas_ReferringPrimaryCaseWorker": {"Name": "Sam Referrer"},
    "cas_IncomingReferralDetails": "Came for work; the passport was taken.", "cas_ReferredOrganisation": {"org_Name": "Somebody else"}},
  "HistoricTraffickingEvents": [
    {"hte_Type": "Recruitment", "hte_City": "Hanoi", "hte_Country": "VNM"},
    {"hte_Type": "Exploitation", "hte_City": "Testbury", "hte_Country": "United Kingdom", "hte_Date": "2024-05-01", "hte_Description": "A nail bar"}],
  "Consent": {"con_Consent": true},
  "clew": {"consent.explained": "yes", "contact.safeToReach": "only_through", "contact.through": "Outreach worker"}
}`

func TestARecordOfTheStandardBecomesAReferral(t *testing.T) {
	row := readOne(t, record)
	if len(row.Faults) > 0 {
		t.Fatalf("faults: %+v", row.Faults)
	}
	f := row.Form
	for what, got := range map[string][2]string{
		"external":     {row.External, "HT-0042"},
		"agency":       {row.Agency, "police"},
		"given":        {f.Identity.Names[0].Given.Reveal(), "Quynh Zebra"},
		"family":       {f.Identity.Names[0].Family.Reveal(), "Testperson"},
		"born":         {f.Identity.BirthDate.ISO(), "1996-07-21"},
		"gender":       {f.Identity.Gender, "feminine"},
		"nationality":  {f.Identity.Nationality + " " + f.Identity.SecondNationality, "VNM GBR"},
		"document":     {f.Identity.Documents[0].Number.Reveal(), "ZQ7741209"},
		"phone":        {f.Identity.Phones[0].Reveal(), "+447700900123"},
		"language":     {f.Contact.Language, "vie"},
		"address":      {f.Contact.Address.Reveal(), "1 Some Street, TE1 1ST"},
		"age":          {f.Age.Stated, "adult"},
		"consent":      {f.Consent.Answer + " " + f.Consent.Explained, "yes yes"},
		"safe":         {f.Contact.SafeToReach, "only_through"},
		"types":        {strings.Join(f.Facts.Exploitation, " "), "forced_labour sexual_prostitution"},
		"means":        {strings.Join(f.Facts.Means, " "), "debt coercion"},
		"then":         {f.Facts.AgeAtExploitation, "child"},
		"act":          {strings.Join(f.Facts.Act, " "), "recruited"},
		"account":      {f.Narrative.Account.Reveal(), "Came for work; the passport was taken."},
		"referrer":     {f.Narrative.Referrer.Name.Reveal() + " " + f.Narrative.Referrer.Phone.Reveal(), "Sam Referrer +441174960000"},
		"place":        {fmt.Sprint(len(f.Narrative.Situations), " ", f.Narrative.Situations[0].Country, " ", f.Narrative.Situations[0].From.ISO()), "1 GBR 2024-05-01"},
		"jurisdiction": {f.Jurisdiction, ""},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %q, want %q", what, got[0], got[1])
		}
	}
	for _, kept := range []string{"prs_maritalstatus: Single", "vic_methodsofcontrol: Other", "hte_recruitment: Hanoi, VNM", "hte_description: A nail bar"} {
		if !strings.Contains(f.Narrative.Observations.Reveal(), kept) {
			t.Errorf("the observations lost %q: %q", kept, f.Narrative.Observations.Reveal())
		}
	}
}

func TestASilentRecordClaimsNothing(t *testing.T) {
	row := readOne(t, `{"prs_FirstName__c": "A", "con_Consent": true, "cas_Status": "Closed"}`)
	f := row.Form
	if f.Age.Stated != "unsure" || f.Identity.Nationality != "XXX" || f.Identity.Gender != "unspecified" || f.Contact.SafeToReach != "no" || f.Consent.Explained != "" {
		t.Errorf("a silent record says: age %q, nationality %q, gender %q, safe %q, explained %q", f.Age.Stated, f.Identity.Nationality, f.Identity.Gender, f.Contact.SafeToReach, f.Consent.Explained)
	}
	if !row.Closed {
		t.Error("a closed case is open")
	}
}

func TestWhatTheStandardDoesNotKnowIsAFaultWithoutTheValue(t *testing.T) {
	const said = "Unrepeatable"
	row := readOne(t, `{"vic_TypeOfExploitation": "`+said+`", "prs_Birthdate": "`+said+`", "prs_Gender": "`+said+`", "prs_Citizenship": "`+said+`", "vic_AgeWhenTrafficked": "`+said+`",
		"hte_Country": "`+said+`", "hte_Date": "`+said+`", "vic_TypeOfSexExploitation": "`+said+`", "prs_PrimaryLanguage": "`+said+`", "clew": {"`+said+`": "x"}}`)
	var fields []string
	for _, fault := range row.Faults {
		fields = append(fields, fault.Name)
		if strings.Contains(fmt.Sprint(fault), said) {
			t.Errorf("a fault repeats the value: %+v", fault)
		}
	}
	for _, want := range []string{"vic_TypeOfExploitation", "prs_Birthdate", "prs_Gender", "prs_Citizenship", "vic_AgeWhenTrafficked", "hte_Country", "hte_Date", "vic_TypeOfSexExploitation", "prs_PrimaryLanguage", "clew"} {
		if !slices.Contains(fields, want) {
			t.Errorf("no fault about %s in %v", want, fields)
		}
	}
}

// TestEveryFieldOfTheStandardIsTaken reads each field of the published list with
// a value of its vocabulary: it must land somewhere in the form.
func TestEveryFieldOfTheStandardIsTaken(t *testing.T) {
	for _, field := range standardFields(t) {
		t.Run(field.name, func(t *testing.T) {
			values := field.values
			if len(values) == 0 {
				values = []string{"2024-05-01"}
				if strings.Contains(strings.ToLower(field.name), "citizenship") || strings.HasSuffix(field.name, "Country") {
					values = []string{"VNM"}
				}
				if strings.Contains(field.name, "Language") {
					values = []string{"vie"}
				}
				if field.kind == "Number" {
					values = []string{"17"}
				}
			}
			for _, v := range values {
				with := readOne(t, fmt.Sprintf(`{%q: %q, "prs_FirstName": "A"}`, field.name, v))
				without := readOne(t, `{"prs_FirstName": "A"}`)
				if len(with.Faults) > 0 {
					t.Errorf("%q: %+v", v, with.Faults)
				}
				same := fmt.Sprint(reveal(with.Form)) == fmt.Sprint(reveal(without.Form))
				if same && !with.Closed && !silent(field.name, v) {
					t.Errorf("%q left no trace", v)
				}
			}
		})
	}
}

// silent are the values that say what a silent record says too, or that are about
// the sender and not the referral.
func silent(field, value string) bool {
	switch field {
	case "prs_Gender":
		return value == "NonSpecifiedUnknown"
	case "cas_Status":
		return value == "Active" || value == "FollowUp"
	case "cas_ReferringOrganisation", "con_Consent", "prs_FirstName", "hte_Type":
		return true
	}
	return false
}

// reveal gives a form's text with its secrets.
func reveal(f casework.ReferralForm) string {
	var b strings.Builder
	w, err := exchange.NewWriter(&b, directory, f)
	if err == nil {
		err = w.Write("", "", &f)
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		return err.Error()
	}
	return b.String()
}

type standardField struct {
	name, kind string
	values     []string
}

func standardFields(t *testing.T) []standardField {
	t.Helper()
	dir := os.Getenv("CLEW_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	file, err := os.Open(filepath.Join(dir, "htcds_fields.csv"))
	if err != nil {
		if os.Getenv("CLEW_REQUIRE_SHARED") != "" {
			t.Fatal(err)
		}
		t.Skip("skipped: the published list of fields is not here; set CLEW_SHARED_DATA to its folder")
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []standardField
	for _, r := range records[1:] {
		if !strings.Contains(r[1], "_") || strings.HasPrefix(r[0], "Vocabulary") {
			continue
		}
		f := standardField{name: r[1], kind: r[3]}
		if !strings.HasPrefix(r[4], "Use ISO") {
			for v := range strings.SplitSeq(r[4], ";") {
				if v = strings.TrimSpace(v); v != "" {
					f.values = append(f.values, v)
				}
			}
		}
		out = append(out, f)
	}
	if len(out) < 60 {
		t.Fatalf("only %d fields in the list", len(out))
	}
	return out
}
