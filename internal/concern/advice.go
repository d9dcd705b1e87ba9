package concern

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/language"
	"clew/internal/ledger"
	"clew/internal/vault"
)

// Bounds of an article, in characters.
const (
	maxTitle    = 150
	maxBody     = 20_000
	maxKeywords = 500
	maxFound    = 50
)

// FindAdvice looks articles up by words that must all occur, in title, body or
// key words, whatever their accents and case. No words: the newest articles.
func (s *Service) FindAdvice(ctx context.Context, actor core.Actor, purpose core.Purpose, words, lang string) ([]Article, error) {
	if _, err := s.policies.Require(actor, purpose, access.UseAdvice, access.Whole()); err != nil {
		return nil, err
	}
	return s.store.Articles(ctx, foldWords(words), lang, false, maxFound)
}

const maxWords = 8

func foldWords(text string) []string {
	words := vault.NormaliseName(text)
	return words[:min(len(words), maxWords)]
}

// Advice returns an article: the version given, or the newest when it is 0.
func (s *Service) Advice(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, version int) (*Article, error) {
	if !s.mayReadAdvice(actor, purpose) {
		_, err := s.policies.Require(actor, purpose, access.UseAdvice, access.Whole())
		return nil, err
	}
	if version == 0 {
		return s.store.Article(ctx, id)
	}
	return s.store.ArticleVersion(ctx, id, version)
}

func (s *Service) mayReadAdvice(actor core.Actor, purpose core.Purpose) bool {
	return s.policies.Check(actor, purpose, access.UseAdvice, access.Whole()).Allowed || s.policies.Check(actor, purpose, access.KeepAdvice, access.Whole()).Allowed
}

// AllAdvice lists every article, withdrawn ones included, for those who keep
// them.
func (s *Service) AllAdvice(ctx context.Context, actor core.Actor, purpose core.Purpose) ([]Article, error) {
	if _, err := s.policies.Require(actor, purpose, access.KeepAdvice, access.Whole()); err != nil {
		return nil, err
	}
	const most = 500
	return s.store.Articles(ctx, nil, "", true, most)
}

// SaveAdvice adds an article (zero ID) or a version of one that was read at its
// Version.
func (s *Service) SaveAdvice(ctx context.Context, actor core.Actor, purpose core.Purpose, a Article) (core.ID, error) {
	decision, err := s.policies.Require(actor, purpose, access.KeepAdvice, access.Whole())
	if err != nil {
		return core.ID{}, err
	}
	a.Title, a.Body, a.Words = strings.TrimSpace(a.Title), strings.TrimSpace(a.Body), strings.TrimSpace(a.Words)
	if err := checkArticle(&a); err != nil {
		return core.ID{}, err
	}
	a.Author, a.At = actor.UserID, s.clock.Now()
	err = s.store.Write(ctx, func(tx Tx) error {
		if a.ID.IsZero() {
			a.ID, a.Version = s.ids.New(), 0
		} else if last, err := tx.Article(ctx, a.ID); err != nil {
			return err
		} else if last.Version != a.Version {
			return core.E(core.Conflict, "advice.changed_meanwhile", "Somebody else changed this article meanwhile. Both versions are shown below.")
		}
		a.Version++
		if err := tx.AddArticle(ctx, a, strings.Join(vault.NormaliseName(a.Title+" "+a.Words+" "+a.Body), " ")); err != nil {
			return err
		}
		e := s.entry(ledger.Write, actor, purpose, access.KeepAdvice, core.ID{}, decision.Policies)
		e.Object = "advice:" + a.ID.String()
		return tx.Append(ctx, e, []byte(a.Title+"\n"+a.Body))
	})
	return a.ID, err
}

func checkArticle(a *Article) error {
	var f []core.Field
	fail := func(name, msg string) { f = append(f, core.Field{Name: name, Code: "required", Msg: msg}) }
	if n := utf8.RuneCountInString(a.Title); n == 0 || n > maxTitle {
		fail("title", "Enter a title of up to 150 characters.")
	}
	if n := utf8.RuneCountInString(a.Body); n == 0 || n > maxBody {
		fail("body", "Write the advice, in up to 20,000 characters.")
	}
	if utf8.RuneCountInString(a.Words) > maxKeywords {
		fail("words", "Shorten the other words to 500 characters or fewer.")
	}
	if _, ok := language.Find(a.Lang); !ok {
		fail("lang", "Choose a language from the list.")
	}
	return core.InvalidFields(f)
}

// CallFigures counts the calls of the actor's own line by month, caller and
// outcome. The figures are as they are, so nobody but the line's own staff has
// them: what is published goes through disclosure.
func (s *Service) CallFigures(ctx context.Context, actor core.Actor, purpose core.Purpose, from, until time.Time) ([]Figure, error) {
	if _, err := s.policies.Require(actor, purpose, access.CountCalls, access.Whole()); err != nil {
		return nil, err
	}
	return s.store.Figures(ctx, actor.AgencyID, Call, from, until)
}
