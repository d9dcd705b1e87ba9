package demo

import (
	"context"
	"time"

	"clew/internal/access"
	"clew/internal/casework"
	"clew/internal/core"
)

// twin is somebody who is referred twice, by two agencies that wrote them down in
// two ways. The first three share a key to the letter and are found while the story
// is told; the last two are merely alike, and are found when the demonstration is
// served and its likeness index is whole.
type twin struct {
	nationality, gender string
	first, second       casework.Identity
	alike               bool
}

func named(given, family string) []casework.Name {
	return []casework.Name{{Given: core.Secret(given), Family: core.Secret(family), Kind: "main"}}
}

func born(year, month, day int) core.PartialDate {
	return core.PartialDate{Year: year, Month: month, Day: day}
}

func passport(country, number string) []casework.IdentityDocument {
	return []casework.IdentityDocument{{Type: "passport", Number: core.Secret(number), Country: country}}
}

var twins = []twin{
	{nationality: "BGR", gender: "feminine",
		first:  casework.Identity{Names: named("Desislava", "Dimitrova"), BirthDate: born(1994, 4, 9), Documents: passport("BGR", "BG4471902")},
		second: casework.Identity{Names: named("Десислава", "Димитрова"), BirthDate: born(1994, 9, 4), Documents: passport("BGR", "BG4471902")}},
	{nationality: "VNM", gender: "feminine",
		first:  casework.Identity{Names: named("Thị Hương", "Nguyễn"), BirthDate: born(1999, 11, 2), Phones: []core.Secret{"+44 7700 900471"}},
		second: casework.Identity{Names: named("Nguyen Thi", "Huong"), BirthDate: born(1999, 11, 2), Phones: []core.Secret{"07700 900471"}}},
	{nationality: "ALB", gender: "masculine",
		first:  casework.Identity{Names: named("Besnik", "Hoxha"), BirthDate: born(1990, 1, 17), Documents: passport("ALB", "AL7730148")},
		second: casework.Identity{Names: named("Arben", "Shehu"), BirthDate: core.PartialDate{Year: 1991}, Documents: passport("ALB", "AL7730148")}},
	{nationality: "SDN", gender: "masculine", alike: true,
		first:  casework.Identity{Names: named("Abdelrahman", "Elamin Bashir"), BirthDate: born(1997, 6, 23)},
		second: casework.Identity{Names: named("Abd al-Rahman", "El Amin Bashir"), BirthDate: born(1997, 6, 23)}},
	{nationality: "POL", gender: "feminine", alike: true,
		first:  casework.Identity{Names: named("Agnieszka", "Wójcikowska"), BirthDate: born(1986, 12, 30)},
		second: casework.Identity{Names: named("Agneszka", "Wojcikowski"), BirthDate: born(1986, 12, 30)}},
}

// planTwins lets each come in a year before the story's end and again in its last
// days.
func (s *simulation) planTwins() {
	for i, t := range twins {
		before := s.parts.Now.AddDate(-1, i, 2*i).Truncate(24 * time.Hour).Add(10 * time.Hour)
		lately := s.parts.Now.AddDate(0, 0, -2-i).Truncate(24 * time.Hour).Add(14 * time.Hour)
		s.planTwin(before, "charity", t, t.first, false)
		s.planTwin(lately, "responder", t, t.second, t.alike)
	}
}

// planTwin plans one of the two referrals; again asks for another comparison when
// the story is over.
func (s *simulation) planTwin(at time.Time, responder string, t twin, who casework.Identity, again bool) {
	l := &life{s: s, responder: s.country.actors[responder], caseworker: s.country.actors["caseworker"]}
	s.at(at, func(ctx context.Context) error {
		l.writeAdult(t, who)
		r, err := s.cases.Submit(ctx, l.responder, core.Identify, access.ImportReferrals, casework.Submission{Form: l.form})
		if err != nil {
			return err
		}
		l.id = r.CaseID
		s.at(at.Add(3*time.Hour), l.assign)
		if !again {
			return nil
		}
		return s.cases.CompareAgain(ctx, s.store, r.CaseID, s.parts.Now.Add(time.Second))
	})
}

// writeAdult makes up the referral of an adult who agreed, around who they are.
func (l *life) writeAdult(t twin, who casework.Identity) {
	today := core.DateIn(l.s.clock.Now(), time.UTC)
	who.Gender, who.Nationality = t.gender, t.nationality
	l.form = casework.ReferralForm{Jurisdiction: "england-wales", Identity: who, Age: casework.Age{Stated: "adult"},
		Consent: casework.ConsentGiven{Explained: "yes", Answer: "yes", NoticeVersion: "2", Language: languageOf[t.nationality], Interpreter: "yes", On: today}}
	l.writeFacts(&l.form, "adult", today)
}
