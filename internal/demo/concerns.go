package demo

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"clew/internal/concern"
	"clew/internal/core"
	"clew/internal/language"
	"clew/internal/web/page"
)

// Concerns puts a few reports, calls and articles into the country, with the
// commands of the real one. Everybody in them is made up. It does nothing when
// there are some already.
func Concerns(ctx context.Context, s *concern.Service, site *page.Site) error {
	adviser, err := actorOf(ctx, site, "adviser")
	if err != nil {
		return err
	}
	admin, err := actorOf(ctx, site, "administrator")
	if err != nil {
		return err
	}
	there, err := s.List(ctx, adviser, core.Protect, concern.Query{Kind: concern.Report, Limit: 1})
	if err != nil || len(there) > 0 {
		return err
	}
	for _, a := range demoArticles {
		if _, err := s.SaveAdvice(ctx, admin, core.Administer, a); err != nil {
			return err
		}
	}
	for i, r := range demoReports {
		if err := demoReport(ctx, s, adviser, i, r); err != nil {
			return err
		}
	}
	return demoCalls(ctx, s, adviser, site.Clock.Now())
}

func actorOf(ctx context.Context, site *page.Site, login string) (core.Actor, error) {
	u, err := site.Auth.UserByLogin(ctx, login)
	if err != nil {
		return core.Actor{}, fmt.Errorf("demonstration: %w", err)
	}
	agency, err := site.Auth.Agency(ctx, u.AgencyID)
	if err != nil {
		return core.Actor{}, fmt.Errorf("demonstration: %w", err)
	}
	return core.Actor{UserID: u.ID, AgencyID: agency.ID, AgencyKind: agency.Kind, Roles: u.Roles, SteppedUp: true}, nil
}

var demoArticles = []concern.Article{
	{Lang: language.English, Active: true, Title: "The employer keeps the passport", Words: "documents papers identity card", Body: "A passport belongs to the person it was issued to. Nobody may keep it to control somebody.\n\nAsk: can you get it safely? If not, do not try. The embassy can issue another.\n\nSay: you can be helped without papers."},
	{Lang: language.English, Active: true, Title: "Wages are not paid", Words: "salary money debt unpaid", Body: "Work has to be paid even where the person has no permission to work.\n\nAsk: is the wage held against a debt? Who keeps the list? Is there a threat?"},
	{Lang: language.English, Active: true, Title: "A child calls", Words: "minor under eighteen young", Body: "Keep the child on the line. Ask whether they are safe now and whether somebody is listening.\n\nDo not promise to keep it secret. Say who you will tell, and why.\n\nAlert the local authority from the call’s own page."},
}

type demoWriting struct {
	lang  string
	words concern.Words
	look  bool
	reply core.Secret
}

var demoReports = []demoWriting{
	{language.English, concern.Words{What: "Every morning at five a van takes the same eight people from the house next door. They never go out otherwise. One of them asked me for food and looked frightened.", Where: "Orchard Lane, near the old mill", When: core.PartialDate{Year: 2026, Month: 9}}, false, ""},
	{"ro", concern.Words{What: "Lucrez la o spălătorie de mașini. Nu am primit bani de trei luni și șeful ne ține pașapoartele.", Where: "Westhaven", When: core.PartialDate{Year: 2026, Month: 8, About: true}}, true, "Mulțumim că ne-ați scris. Sunteți în siguranță acum?"},
	{language.English, concern.Words{What: "A girl who looks about fourteen opens the door at night to different men.", Where: "Harbour Street, above the shop", Danger: true, Child: true}, false, ""},
}

func demoReport(ctx context.Context, s *concern.Service, adviser core.Actor, i int, r demoWriting) error {
	d := s.Begin(r.words, r.lang)
	sent := concern.Sent{Draft: d, Proof: proof(d.ID), Address: core.Secret(fmt.Sprintf("demonstration %d", i))}
	if err := s.FileReport(ctx, core.SystemActor(), core.Identify, sent); err != nil {
		return err
	}
	if err := s.ConfirmReceipt(ctx, core.SystemActor(), core.Identify, concern.Talk{ID: d.ID, Receipt: d.Receipt}, d.Receipt.Digits); err != nil || !r.look {
		return err
	}
	if err := s.Move(ctx, adviser, core.Protect, d.ID, 0, concern.Open, ""); err != nil {
		return err
	}
	return s.Reply(ctx, adviser, core.Protect, d.ID, r.reply)
}

// proof does the work that the public's browsers do.
func proof(id core.ID) string {
	for n := 0; ; n++ {
		answer := fmt.Sprint(n)
		if sum := sha256.Sum256([]byte(id.String() + ":" + answer)); sum[0] == 0 && concern.Worked(id, answer) {
			return answer
		}
	}
}

func demoCalls(ctx context.Context, s *concern.Service, adviser core.Actor, now time.Time) error {
	for _, c := range []struct {
		record  concern.Record
		outcome string
	}{
		{concern.Record{Caller: "public", Lang: "eng", Said: "Saw young men sleeping in a nail bar. Wants to know whom to tell.", Advice: "Not to ask them anything. Noted the address and the hours."}, "advised"},
		{concern.Record{Caller: "worker", Lang: "eng", Said: "A nurse. Patient comes with a man who answers for her and will not leave the room.", Place: "Eastmouth"}, ""},
	} {
		id, err := s.TakeCall(ctx, adviser, core.Protect, "call")
		if err != nil {
			return err
		}
		if _, err := s.SaveRecord(ctx, adviser, core.Protect, id, 0, c.record); err != nil {
			return err
		}
		if c.outcome != "" {
			err = s.Move(ctx, adviser, core.Protect, id, 0, concern.Closed, c.outcome)
		} else {
			const soon = 48 * time.Hour
			err = s.AddFollowUp(ctx, adviser, core.Protect, id, "Ask the nurse whether the patient came back.", now.Add(soon))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// concernJumps lead to the public's door and the desk.
var concernJumps = []page.DemoCase{
	{Title: "The public’s door", Path: "/write/en", Login: "nobody needs to"}, {Title: "The same in Arabic", Path: "/write/ar", Login: "nobody needs to"},
	{Title: "Know your rights", Path: "/know/en", Login: "nobody needs to"}, {Title: "What the public wrote", Path: "/desk", Login: "adviser"}, {Title: "Advice line", Path: "/line", Login: "adviser"},
}
