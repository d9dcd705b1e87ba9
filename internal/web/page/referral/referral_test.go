package referral_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestAReferralFromBeginningToReference(t *testing.T) {
	v := visit(t, newSite(t), responder)
	draft := v.begin()
	v.adult(draft)
	check := v.get(draft + "/check").status(http.StatusOK)
	for _, want := range []string{"Quynh Zebra Testperson", "1996", "Vietnamese", "Forced or compulsory work", "The passport was taken.", "Testbury"} {
		if !strings.Contains(check.text("main"), want) {
			t.Errorf("the answers lack %q", want)
		}
	}
	receipt := v.send(draft)
	ref := strings.TrimPrefix(receipt, "/referrals/sent/")
	if got := v.get(receipt).status(http.StatusOK).text(".govuk-panel"); !strings.Contains(got, ref) {
		t.Errorf("the receipt says %q, want %s", got, ref)
	}
	if list := v.get("/referrals").status(http.StatusOK).text("main table"); !strings.Contains(list, ref) {
		t.Errorf("My referrals lacks %s: %s", ref, list)
	}
}
