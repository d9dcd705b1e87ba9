package concern

import (
	"context"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"clew/internal/access"
	"clew/internal/core"
	"clew/internal/evidence"
	"clew/internal/language"
	"clew/internal/ledger"
)

// Bounds of a report, in characters and bytes.
const (
	MaxWhat    = 4000
	MaxWhere   = 500
	MaxMessage = 4000
	MaxPhoto   = 10 << 20
	maxTalk    = 200 // messages of one report
)

// Begin starts a draft: its id and its receipt are drawn now, so that a form
// that is sent twice is filed once, under one receipt.
func (s *Service) Begin(words Words, lang string) Draft {
	return Draft{ID: s.ids.New(), Receipt: NewReceipt(), Words: words, Lang: lang, At: s.clock.Now()}
}

// CheckWords says what is wrong with the words of a report. The codes are those
// of the public's catalogue.
func (s *Service) CheckWords(w Words, lang string) error {
	var f []core.Field
	fail := func(name, code, msg string) { f = append(f, core.Field{Name: name, Code: code, Msg: msg}) }
	switch n := utf8.RuneCountInString(w.What.Reveal()); {
	case n == 0:
		fail("what", "what.required", "Write what you saw or know.")
	case n > MaxWhat:
		fail("what", "what.long", "Shorten this to 4,000 characters or fewer.")
	}
	if utf8.RuneCountInString(w.Where.Reveal()) > MaxWhere {
		fail("where", "where.long", "Shorten this to 500 characters or fewer.")
	}
	// Somewhere it is tomorrow already.
	if w.When.IsFuture(core.DateIn(s.clock.Now().Add(14*time.Hour), time.UTC)) {
		fail("when", "when.future", "Enter a day that has been.")
	}
	if _, ok := language.Find(lang); !ok {
		fail("language", "language.unknown", "Choose one of the languages.")
	}
	return core.InvalidFields(f)
}

// Photo is a picture as it was sent.
type Photo struct {
	Name    string
	Content []byte
}

// Sent is a report as it is sent.
type Sent struct {
	Draft
	Photo   *Photo
	Proof   string      // of work; "" without scripts
	Address core.Secret // counted against floods, and not kept
}

// FileReport files what somebody without an account wrote. The actor is clew
// itself, because nobody is signed in. Filing the same draft again changes
// nothing and is no error.
func (s *Service) FileReport(ctx context.Context, actor core.Actor, purpose core.Purpose, r Sent) error {
	if err := s.CheckWords(r.Words, r.Lang); err != nil {
		return err
	}
	photo, err := acceptPhoto(r.Photo)
	if err != nil {
		return err
	}
	if known, err := s.store.Concern(ctx, r.ID); err == nil && known.Kind == Report {
		return nil // a double click, or the way back and again
	}
	if err := s.admitReport(ctx, r); err != nil {
		return err
	}
	desk, err := s.store.Desk(ctx, s.desk)
	if err != nil {
		return core.E(core.Unavailable, "door.closed", "Nobody reads what is written here yet.")
	}
	c := &Concern{ID: r.ID, Rev: 1, Kind: Report, State: Quarantined, Desk: desk.ID, Lang: iso3(r.Lang), Channel: "web", Child: r.Words.Child, Danger: r.Words.Danger,
		Unread: true, Grading: Untested, CreatedAt: s.clock.Now(), UpdatedAt: s.clock.Now()}
	decision, err := s.policies.Require(actor, purpose, access.FileConcern, c.Resource())
	if err != nil {
		return err
	}
	if c.PersonID, err = s.vault.NewPerson(ctx); err != nil {
		return err
	}
	sealed, err := s.sealReport(ctx, c, r, photo)
	if err != nil {
		return err
	}
	err = s.store.Write(ctx, func(tx Tx) error {
		if err := sealed.add(ctx, tx, c); err != nil {
			return err
		}
		return s.trace(ctx, &turn{tx: tx, c: c, kind: "filed"}, actor, purpose, access.FileConcern, decision.Policies)
	})
	if core.KindOf(err) == core.Conflict { // the same draft came in by another request meanwhile
		if _, e := s.store.Concern(ctx, r.ID); e == nil {
			return nil
		}
	}
	return err
}

func iso3(tag string) string {
	l, _ := language.Find(tag)
	return l.ISO3
}

func (s *Service) admitReport(ctx context.Context, r Sent) error {
	if Worked(r.ID, r.Proof) {
		return s.flood.admit(provenLane, r.Address)
	}
	if err := s.flood.admit(plainLane, r.Address); err != nil {
		return err
	}
	return s.flood.turn(ctx)
}

// acceptPhoto looks at the bytes, takes out place, device and time, and refuses
// what is no picture.
func acceptPhoto(p *Photo) (*evidence.File, error) {
	if p == nil {
		return nil, nil
	}
	if len(p.Content) > MaxPhoto {
		return nil, errPhoto("photo.large", "The picture is larger than 10 MB. Choose a smaller one.")
	}
	f, err := evidence.Accept(p.Name, p.Content)
	var e *core.Error
	if errors.As(err, &e) && len(e.Fields) == 1 && slices.Contains([]string{"file.damaged", "file.bomb"}, e.Fields[0].Code) {
		return nil, errPhoto("photo.damaged", "The picture is damaged. Choose another one.")
	}
	if err != nil || !slices.Contains([]string{"image/jpeg", "image/png"}, f.MediaType) {
		return nil, errPhoto("photo.type", "This is not a JPEG or PNG picture. Choose another one.")
	}
	return &f, nil
}

func errPhoto(code, msg string) error {
	return core.InvalidFields([]core.Field{{Name: "photo", Code: code, Msg: msg}})
}

// sealedReport is everything of a new report, sealed.
type sealedReport struct {
	row     ReportRow
	message MessageRow
	photo   *PhotoRow
}

func (s *Service) sealReport(ctx context.Context, c *Concern, r Sent, photo *evidence.File) (*sealedReport, error) {
	d, err := s.keys.derive(ctx, r.Receipt)
	if err != nil {
		return nil, err
	}
	key := newContentKey()
	out := &sealedReport{row: ReportRow{ConcernID: c.ID, Locator: d.locator}, message: MessageRow{ConcernID: c.ID, At: c.CreatedAt}}
	if out.row.ReceiptSlot, err = forReceipt(d, c.ID, key); err != nil {
		return nil, err
	}
	forDesk, err := s.keys.forDesk(c.ID, key)
	if err != nil {
		return nil, err
	}
	if out.row.DeskSlot, err = s.vault.Seal(ctx, s.sealRef(c, "concern_report", c.ID.String(), "desk_slot", 1), forDesk); err != nil {
		return nil, err
	}
	if out.message.Sealed, err = sealJSON(key, place(c.ID, "report", 0), r.Words); err != nil {
		return nil, err
	}
	if photo != nil {
		out.photo = &PhotoRow{ConcernID: c.ID, MediaType: photo.MediaType, Size: len(photo.Content)}
		out.photo.Sealed, err = key.seal(place(c.ID, "photo", 0), photo.Content)
	}
	return out, err
}

func (r *sealedReport) add(ctx context.Context, tx Tx, c *Concern) error {
	if err := tx.AddConcern(ctx, c); err != nil {
		return err
	}
	if err := tx.AddReport(ctx, r.row); err != nil {
		return err
	}
	if err := tx.AddMessage(ctx, r.message); err != nil {
		return err
	}
	if r.photo == nil {
		return nil
	}
	return tx.AddPhoto(ctx, *r.photo)
}

// ConfirmReceipt takes the receipt that the reporter typed back. A wrong one is
// an error about the field "receipt", and may be typed again.
func (s *Service) ConfirmReceipt(ctx context.Context, actor core.Actor, purpose core.Purpose, t Talk, typed core.Secret) error {
	got, err := ParseReceipt(typed)
	if err != nil {
		return err
	}
	if !got.Same(t.Receipt) {
		return core.InvalidFields([]core.Field{{Name: "receipt", Code: "receipt.differs", Msg: "This is not the number above. Type it again."}})
	}
	row, err := s.store.Report(ctx, t.ID)
	if core.KindOf(err) == core.NotFound {
		return errReceipt
	}
	if err != nil || !row.ConfirmedAt.IsZero() { // a double click changes nothing, and leaves no second line
		return err
	}
	return s.fileMore(ctx, actor, purpose, t.ID, func(tx Tx, c *Concern) (string, error) {
		return "confirmed", tx.ConfirmReport(ctx, c.ID, s.clock.Now())
	})
}

// Showing is what a page may say about a receipt that it carries.
type Showing uint8

// The receipt may be shown, was typed back, or is not to be shown any more.
const (
	ShowNumber Showing = iota
	ShowThanks
	ShowNothing
)

// Showing says whether the receipt of a filed report may be shown again to a page
// that is sent a second time. A browser keeps what it sent in its history, for
// whoever holds the device next: so not once it was typed back, and not for long.
func (s *Service) Showing(ctx context.Context, id core.ID) (Showing, error) {
	row, err := s.store.Report(ctx, id)
	if core.KindOf(err) == core.NotFound {
		return ShowNothing, nil
	}
	if err != nil {
		return ShowNothing, err
	}
	if !row.ConfirmedAt.IsZero() {
		return ShowThanks, nil
	}
	c, err := s.store.Concern(ctx, id)
	if err != nil || s.old(c.CreatedAt, talkFor) {
		return ShowNothing, err
	}
	return ShowNumber, nil
}

// fileMore adds to a report on behalf of whoever made it.
func (s *Service) fileMore(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, add func(tx Tx, c *Concern) (kind string, err error)) error {
	const tries = 5
	for try := 1; ; try++ {
		err := s.fileOnce(ctx, actor, purpose, id, add)
		if core.KindOf(err) != core.Conflict || try == tries { // the desk changed the row meanwhile: the reporter need not know
			return err
		}
	}
}

func (s *Service) fileOnce(ctx context.Context, actor core.Actor, purpose core.Purpose, id core.ID, add func(tx Tx, c *Concern) (kind string, err error)) error {
	return s.store.Write(ctx, func(tx Tx) error {
		c, err := tx.Concern(ctx, id)
		if err != nil {
			return errReceipt
		}
		decision, err := s.policies.Require(actor, purpose, access.FileConcern, c.Resource())
		if err != nil {
			return err
		}
		readRev := c.Rev
		kind, err := add(tx, c)
		if err != nil {
			return err
		}
		c.Rev, c.UpdatedAt = readRev+1, s.clock.Now()
		if err := tx.SaveConcern(ctx, c, readRev); err != nil {
			return err
		}
		return s.trace(ctx, &turn{tx: tx, c: c, kind: kind}, actor, purpose, access.FileConcern, decision.Policies)
	})
}

// errReceipt is the one answer to every receipt that opens nothing: never given
// out, mistyped, or of a report that was erased.
var errReceipt = core.InvalidFields([]core.Field{{Name: "receipt", Code: "receipt.unknown", Msg: "Nothing can be opened with this number. Check it and try again."}})

// OpenByReceipt opens a report for whoever holds its receipt. Every receipt that
// has the form of one costs the same slow derivation and one look by key, found
// or not.
func (s *Service) OpenByReceipt(ctx context.Context, actor core.Actor, purpose core.Purpose, typed, address core.Secret) (Talk, error) {
	if err := s.flood.admit(receiptLane, address); err != nil {
		return Talk{}, err
	}
	receipt, err := ParseReceipt(typed)
	if err != nil {
		return Talk{}, err
	}
	d, err := s.keys.derive(ctx, receipt)
	if err != nil {
		return Talk{}, err
	}
	row, err := s.store.ReportByLocator(ctx, d.locator)
	if core.KindOf(err) == core.NotFound {
		return Talk{}, errReceipt
	}
	if err != nil {
		return Talk{}, err
	}
	c, err := s.store.Concern(ctx, row.ConcernID)
	if err != nil {
		return Talk{}, err
	}
	if _, err := s.policies.Require(actor, purpose, access.FileConcern, c.Resource()); err != nil {
		return Talk{}, err
	}
	key, err := fromReceipt(d, row.ConcernID, row.ReceiptSlot)
	return Talk{ID: row.ConcernID, Key: key}, err
}

// Conversation opens every message of a talk, the report first. What the
// reporter reads leaves no entry in the ledger: it would say when they looked.
func (s *Service) Conversation(ctx context.Context, t Talk) ([]Message, error) {
	rows, err := s.store.Messages(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errReceipt
	}
	list := make([]Message, len(rows))
	for i, m := range rows {
		if list[i], err = openMessage(t.Key, m); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func openMessage(key contentKey, m MessageRow) (Message, error) {
	out := Message{N: m.N, FromDesk: m.FromDesk, Author: m.Author, At: m.At}
	if m.N == 0 {
		w, err := openJSON[Words](key, place(m.ConcernID, "report", 0), m.Sealed)
		out.Text = w.What
		return out, err
	}
	text, err := key.open(messagePlace(m.ConcernID, m.N, m.FromDesk), m.Sealed)
	out.Text = core.Secret(text)
	return out, err
}

func messagePlace(id core.ID, n int, fromDesk bool) []byte {
	if fromDesk {
		return place(id, "answer", n)
	}
	return place(id, "message", n)
}

// Write adds a message of the reporter.
func (s *Service) Write(ctx context.Context, actor core.Actor, purpose core.Purpose, t Talk, text, address core.Secret) error {
	if err := checkMessage(text); err != nil {
		return err
	}
	if err := s.flood.admit(messageLane, address); err != nil {
		return err
	}
	return s.fileMore(ctx, actor, purpose, t.ID, func(tx Tx, c *Concern) (string, error) {
		c.Unread = true
		if c.State == Closed {
			c.State, c.ClosedAt = Open, time.Time{}
		}
		return "wrote", s.addMessage(ctx, tx, c, t.Key, text, core.ID{})
	})
}

func checkMessage(text core.Secret) error {
	switch n := utf8.RuneCountInString(text.Reveal()); {
	case n == 0:
		return core.InvalidFields([]core.Field{{Name: "text", Code: "text.required", Msg: "Write a message."}})
	case n > MaxMessage:
		return core.InvalidFields([]core.Field{{Name: "text", Code: "text.long", Msg: "Shorten the message to 4,000 characters or fewer."}})
	}
	return nil
}

// addMessage seals and adds the next message: by is zero for the reporter.
func (s *Service) addMessage(ctx context.Context, tx Tx, c *Concern, key contentKey, text core.Secret, by core.ID) error {
	rows, err := tx.Messages(ctx, c.ID)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return errReceipt
	}
	if len(rows) > maxTalk {
		return core.E(core.TooMany, "door.full", "This conversation is full. Make a new report.")
	}
	m := MessageRow{ConcernID: c.ID, N: len(rows), FromDesk: !by.IsZero(), Author: by, At: s.clock.Now()}
	if m.Sealed, err = key.seal(messagePlace(c.ID, m.N, m.FromDesk), []byte(text.Reveal())); err != nil {
		return err
	}
	return tx.AddMessage(ctx, m)
}

// deskKey opens a report's content key with the desk's key.
func (s *Service) deskKey(ctx context.Context, r Reader, c *Concern) (contentKey, error) {
	row, err := r.Report(ctx, c.ID)
	if err != nil {
		return contentKey{}, err
	}
	slot, err := s.vault.Open(ctx, s.sealRef(c, "concern_report", c.ID.String(), "desk_slot", 1), row.DeskSlot)
	if err != nil {
		return contentKey{}, err
	}
	return s.keys.fromDesk(c.ID, slot)
}

// read leaves the entry of somebody having opened a concern.
func (s *Service) read(ctx context.Context, actor core.Actor, purpose core.Purpose, action access.Action, id core.ID, policies []string) error {
	return s.store.Write(ctx, func(tx Tx) error {
		return tx.Append(ctx, s.entry(ledger.Read, actor, purpose, action, id, policies), nil)
	})
}
