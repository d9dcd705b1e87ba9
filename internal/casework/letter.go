package casework

import (
	"fmt"
	"slices"

	"clew/internal/core"
	"clew/internal/scheme"
)

// Letter is what a decision says to the person, in words a screen or a printer
// lays out. The preview and the served letter are made by the same code, from
// the rules of the case's day.
type Letter struct {
	Title     string
	Reference string
	Date      core.Date
	Parts     []LetterPart
	Sources   []string // where the rules stand that the letter relies on
}

// LetterPart is one passage. A part without a title continues the one before.
type LetterPart struct {
	Title      string
	Paragraphs []core.Secret
	Items      []core.Secret
}

// PreviewLetter is the letter as it would be served today.
func PreviewLetter(f *File, kind DecisionKind, form *DecisionForm) Letter {
	d := Decision{Kind: kind, Outcome: form.Outcome, Status: Served, Act: form.Act, Means: form.Means, Purpose: form.Purpose,
		Indicators: form.Indicators, Evidence: form.Evidence, Ground: form.Ground}
	w := writer{f: f, d: d, words: form.Reasons, day: f.Today, outcome: form.Outcome}
	w.again, w.about = kind == Reconsidered, aboutOf(f.Decisions, kind)
	return w.write()
}

// LetterOf is the letter of a served decision of the file. The part with the
// decisions must be open; a decision that was not served has no letter.
func LetterOf(f *File, id core.ID) (Letter, error) {
	i := slices.IndexFunc(f.Decisions, func(d DecisionView) bool { return d.ID == id })
	if i < 0 || f.Decisions[i].ServedAt.IsZero() || f.Decisions[i].Words == nil {
		return Letter{}, core.E(core.NotFound, "letter.not_found", "There is no such letter.")
	}
	d := f.Decisions[i]
	w := writer{f: f, d: d.Decision, words: *d.Words, day: core.DateIn(d.ServedAt, f.Calendar.Location()), outcome: d.InForce(),
		again: d.Kind == Reconsidered, about: aboutOf(f.Decisions[:i], d.Kind)}
	return w.write(), nil
}

// InForce is the outcome that holds: an overturned decision is served with the
// other one.
func (d *Decision) InForce() Outcome {
	if d.Status == Overturned {
		return Positive
	}
	return d.Outcome
}

// aboutOf tells what a reconsideration is about from the decisions before it.
func aboutOf(before []DecisionView, kind DecisionKind) DecisionKind {
	if kind != Reconsidered {
		return kind
	}
	about := ReasonableGrounds
	for _, d := range before {
		if d.Kind == ConclusiveGrounds && !d.ServedAt.IsZero() {
			about = ConclusiveGrounds
		}
	}
	return about
}

// writer puts one letter together.
type writer struct {
	f       *File
	d       Decision
	words   Reasons
	day     core.Date // on which it is served
	outcome Outcome
	about   DecisionKind
	again   bool
	l       Letter
	keys    []string // of the rules relied on
}

func (w *writer) write() Letter {
	w.l.Reference, w.l.Date = w.f.Reference, w.day
	switch {
	case w.d.Kind == EndOfRecovery:
		w.endOfRecovery()
	case w.about == ReasonableGrounds:
		w.reasonableGrounds()
	default:
		w.conclusiveGrounds()
	}
	w.help()
	w.sources()
	return w.l
}

func (w *writer) part(title string, paragraphs ...string) *LetterPart {
	p := LetterPart{Title: title}
	for _, text := range paragraphs {
		p.Paragraphs = append(p.Paragraphs, core.Secret(text))
	}
	w.l.Parts = append(w.l.Parts, p)
	return &w.l.Parts[len(w.l.Parts)-1]
}

func (w *writer) rests(keys ...string) { w.keys = append(w.keys, keys...) }

func (w *writer) reasonableGrounds() {
	w.rests("rg_standard")
	if w.outcome == Positive {
		w.l.Title = "There are reasonable grounds to believe that you may be a victim of trafficking"
		w.part("", w.looked()+" We decided that there are reasonable grounds to believe that you may be a victim of trafficking in persons. You did not have to prove anything.")
		w.basis()
		w.recovery()
		return
	}
	w.l.Title = "We did not find reasonable grounds to believe that you are a victim of trafficking"
	w.part("", w.looked()+" We decided that there are not enough grounds to believe that you may be a victim of trafficking in persons. This does not mean that we think you did anything wrong, or that what happened to you was not serious.", w.secondPerson())
	w.basis()
	w.newLook()
}

func (w *writer) conclusiveGrounds() {
	if w.outcome == Positive {
		w.l.Title = "You are recognised as a victim of trafficking"
		w.part("", w.looked()+" We decided that it is more likely than not that you are a victim of trafficking in persons. This decision is final.")
		w.basis()
		w.afterConfirmed()
		return
	}
	w.l.Title = "We did not find that you are a victim of trafficking"
	w.part("", w.looked()+" We decided that, on the balance of probabilities, there are not enough grounds to say that you are a victim of trafficking in persons. This does not mean that we think you did anything wrong, or that what happened to you was not serious.", w.secondPerson())
	w.basis()
	w.newLook()
}

func (w *writer) endOfRecovery() {
	if w.outcome == Positive {
		w.l.Title = "Your recovery period goes on"
		w.part("", "It was proposed to end your recovery period early. A second person looked at this and decided that the period goes on as before.")
		w.part("Why", w.words.Review.Reveal())
		return
	}
	w.rests("end_early_grounds")
	ground, _ := scheme.ByCode(w.f.Rules.EndEarlyGrounds, w.d.Ground)
	w.l.Title = "Your recovery period ends early"
	w.part("", fmt.Sprintf("Your recovery and reflection period ends on %s, earlier than planned.", w.day.Long()), w.secondPerson())
	w.part("Why", "The ground is: "+ground.Label+".", w.words.Reasons.Reveal())
	w.part("What happens now", "We will still decide whether you are a victim of trafficking. Until that decision nobody may remove you from the country because of your immigration status.")
	w.rests("non_removal_states")
}

func (w *writer) looked() string {
	if w.again {
		return fmt.Sprintf("You asked us to look at our decision again. Somebody who had no part in it did so, and decided on %s.", w.day.Long())
	}
	return fmt.Sprintf("We looked at everything that was reported about you, and decided on %s.", w.day.Long())
}

func (w *writer) secondPerson() string {
	return "Before this letter was sent, a second person who had no part in the decision read it and confirmed it."
}

// basis says what was found and why. An overturned decision rests on the second
// reviewer's words, not on the findings that were overturned.
func (w *writer) basis() {
	reasons := w.words.Reasons
	if w.d.Status == Overturned {
		// What the caseworker wrote was for the other outcome.
		reasons, w.words.Act, w.words.Means, w.words.Purpose = w.words.Review, "", "", ""
	}
	w.part("Why we decided this", reasons.Reveal())
	if w.d.Status == Overturned && (w.d.Act == NotFound || w.d.Means == NotFound || w.d.Purpose == NotFound) {
		return // overturned before findings were asked of the second reviewer
	}
	found := w.part("What we found", "Trafficking has three parts. This is what we found on each.")
	found.Items = []core.Secret{
		w.finding("What was done to you", w.d.Act, w.words.Act),
		w.finding("How you were made to do it", w.d.Means, w.words.Means),
		w.finding("What it was for", w.d.Purpose, w.words.Purpose),
	}
	if items := w.reliedOn(); len(items) > 0 {
		w.part("What we relied on").Items = items
	}
}

var findingWords = map[Finding]string{Found: "we found this part", NotFound: "we did not find this part",
	NotRequired: "this part is not needed, because you are under 18 or treated as such"}

func (w *writer) finding(what string, f Finding, words core.Secret) core.Secret {
	text := what + ": " + findingWords[f] + "."
	if words != "" {
		text += " " + words.Reveal()
	}
	return core.Secret(text)
}

func (w *writer) reliedOn() []core.Secret {
	var items []core.Secret
	for _, code := range w.d.Indicators {
		if ind, ok := w.f.Catalogue.ByCode(code); ok {
			items = append(items, core.Secret("A sign that was observed: "+ind.Label))
		}
	}
	for _, id := range w.d.Evidence {
		for _, d := range w.f.Documents {
			if d.ID == id {
				items = append(items, "A document: "+d.Name)
			}
		}
	}
	return items
}

func (w *writer) recovery() {
	days := w.f.Rules.Recovery.Value
	p := w.part("What this means for you", fmt.Sprintf("You have a recovery and reflection period of %d days, from %s to %s. It is time to rest, to get help, and to think about what you want.", days, w.day.Long(), w.day.AddDays(days).Long()))
	p.Items = []core.Secret{"Nobody may remove you from the country in this time.", "You can have a safe place to stay, health care, and somebody to advise you.",
		"The period can be made longer if you need it. Ask whoever supports you."}
	w.rests("recovery", "non_removal_states")
	next := "After that we decide a second time, with everything we know by then. You may tell us more at any time, and you do not have to."
	if w.f.Rules.CG.NegativeNotBeforeRecoveryEnds.Value {
		next += " We will not decide against you before the period ends."
		w.rests("cg_negative_waits_for_recovery")
	}
	w.part("What happens next", next)
}

func (w *writer) afterConfirmed() {
	p := w.part("What this means for you", "You can go on getting help. You can ask for compensation, and for permission to stay in the country on these grounds:")
	for _, g := range w.f.Rules.Permit.Grounds {
		p.Items = append(p.Items, core.Secret(g.Label))
	}
	w.part("", "Nothing of this happens by itself, and nobody sends you anywhere because of this letter. Ask whoever supports you, or a legal adviser.")
	w.rests("permit_grounds")
}

// newLook explains the right to a reconsideration. A reconsideration that stays
// negative opens no second window.
func (w *writer) newLook() {
	if w.again {
		w.part("What you can do now", "This was the second look, and it ends the procedure here. You can ask a legal adviser whether a court can look at the decision. If new facts come up, you can be referred again.")
		return
	}
	until := w.day.AddDays(w.f.Rules.ReconsiderationWindow.Value)
	p := w.part("You can ask for a new look", fmt.Sprintf("You can ask us to look at this decision again until %s. It costs nothing.", until.Long()))
	p.Items = []core.Secret{"You can ask yourself, or whoever supports you or referred you can ask for you.", "Say what you think is wrong, or what we did not know. You do not need a lawyer, and you may have one.",
		"Somebody who had no part in this decision will decide.", "If you cannot ask in time, ask later and say why. Being late alone is no reason to refuse."}
	w.rests("reconsideration_window")
}

func (w *writer) help() {
	text := "You do not have to speak to the police or to a court to get help."
	if w.f.Rules.HelpWithoutTestimony.Value {
		text += " Help never depends on giving evidence."
		w.rests("help_without_testimony")
	}
	w.part("If you need help", text, "If you are in danger now, call the emergency number. If this letter is hard to read, ask for it to be explained in your own language; that costs nothing.")
}

func (w *writer) sources() {
	for _, key := range w.keys {
		if p, ok := w.f.Rules.Source(key); ok {
			w.l.Sources = append(w.l.Sources, p.Label+": "+p.Source)
		}
	}
}
