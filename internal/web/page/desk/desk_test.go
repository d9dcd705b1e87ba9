package desk_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"clew/internal/casework/caseworktest"
	"clew/internal/concern"
	"clew/internal/core"
	"clew/internal/database/dbtest"
	"clew/internal/web/page/pagetest"
	"clew/internal/web/webtest"
)

const adviser = "adviser@ngo"

// onTheLine is a site with a call that runs.
func onTheLine(t *testing.T) (*webtest.Site, *http.Client, core.ID) {
	t.Helper()
	s := webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)))
	u, err := s.Auth.User(context.Background(), s.Users[adviser])
	if err != nil {
		t.Fatal(err)
	}
	both := []core.Role{core.RoleAdviser, core.RoleFirstResponder} // who refers as well
	if err := s.Auth.ChangeUser(context.Background(), s.Actor("administrator@competent_authority"), u.ID, u.Rev, u.Name, both, true); err != nil {
		t.Fatal(err)
	}
	id, err := s.Concerns.TakeCall(context.Background(), s.Actor(adviser), core.Protect, "call")
	if err != nil {
		t.Fatal(err)
	}
	return s, s.SignIn(adviser), id
}

func token(t *testing.T, s *webtest.Site, c *http.Client) string {
	t.Helper()
	return pagetest.Get(t, s, c, "/account").Want(200).Token()
}

// What is sent for what stood on an older page is refused, and nothing is begun
// beside it. A revision of 0 is no way around that.
func TestWhatIsPressedTwiceIsDoneOnce(t *testing.T) {
	s, c, id := onTheLine(t)
	ctx, me := context.Background(), s.Actor(adviser)
	me.Roles = append(me.Roles, core.RoleFirstResponder)
	press := func(deed, rev string, more url.Values) pagetest.Answer {
		form := url.Values{"csrf": {token(t, s, c)}, "rev": {rev}}
		for k, v := range more {
			form[k] = v
		}
		return pagetest.Post(t, s, c, "/desk/"+id.String()+"/"+deed, form)
	}
	press("intelligence", "1", nil).Want(303)
	for _, rev := range []string{"1", "0", "-1", "", "x"} {
		press("referral", rev, nil).Want(422)
		press("intelligence", rev, nil).Want(422)
		press("close", rev, url.Values{"outcome": {"advised"}}).Want(422)
	}
	drafts := func() int {
		p, err := s.Cases.Drafts(ctx, me, core.Identify)
		if err != nil {
			t.Fatal(err)
		}
		return len(p)
	}
	if n := drafts(); n != 0 {
		t.Errorf("%d drafts were begun", n)
	}
	press("referral", "2", nil).Want(303)
	press("referral", "2", nil).Want(422)
	if n := drafts(); n != 1 {
		t.Errorf("two presses began %d drafts", n)
	}
	f, err := s.Concerns.Open(ctx, me, core.Protect, id)
	if err != nil {
		t.Fatal(err)
	}
	if f.State != concern.Running || len(f.Events) != 3 {
		t.Errorf("the call is %s after %d events", f.State, len(f.Events))
	}
}

// Two tabs of one browser: the first belongs to a sign-in that is over. What was
// typed there is given back, not thrown away.
func TestATabOfAnEarlierSignInLosesNothing(t *testing.T) {
	s, c, id := onTheLine(t)
	old := token(t, s, c)
	c = s.SignIn(adviser)
	form := url.Values{"csrf": {old}, "version": {"0"}, "said": {"They keep my passport."}}
	send := func(site string) pagetest.Answer {
		req, err := http.NewRequest("POST", s.Server.URL+"/line/"+id.String(), strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if site != "" {
			req.Header.Set("Sec-Fetch-Site", site)
		}
		res, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		return pagetest.Read(t, res)
	}
	send("").Want(403).Not("still here") // who sent it is not known
	send("cross-site").Want(403)
	to := send("same-origin").Want(303).Header.Get("Location")
	if !strings.HasPrefix(to, "/resume/") {
		t.Fatalf("leads to %q", to)
	}
	pagetest.Get(t, s, c, to).Want(200, "Your answers were kept", "They keep my passport.")
}
