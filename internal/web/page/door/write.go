package door

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"clew/internal/concern"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/page"
)

// The actor of these pages is clew itself: nobody is signed in.
var (
	actor   = core.SystemActor()
	purpose = core.Identify
)

// typed is the first page's form as somebody typed it.
type typed struct {
	What, Where      string
	Day, Month, Year string
	About            bool
	Danger, Child    bool
}

func begin(_ *page.Request, s *screen) error { return s.start(typed{}, http.StatusOK, nil) }

func (s *screen) start(t typed, status int, err error) error {
	s.Data = t
	return s.show(status, "start", err)
}

// maxForm is what is read of a page: far more than may be written, so that what
// is too long comes back to be shortened.
const maxForm = 1 << 20

// words takes in the first page and shows the second.
func words(rq *page.Request, s *screen) error {
	t, w, faults, err := readWords(rq)
	if err != nil {
		return s.start(t, http.StatusRequestEntityTooLarge, err)
	}
	if err := rq.Site.Concerns.CheckWords(w, s.L.Tag); err != nil {
		faults = append(faults, core.FieldsOf(err)...)
	}
	if len(faults) > 0 {
		return s.start(t, http.StatusUnprocessableEntity, core.InvalidFields(faults))
	}
	return s.check(rq.Site.Concerns.Begin(w, s.L.Tag), http.StatusOK, nil)
}

// readWords reads the first page with the questions' own cleaning; what is wrong
// with an answer comes back as a code of the catalogue.
func readWords(rq *page.Request) (typed, concern.Words, []core.Field, error) {
	rq.Body = http.MaxBytesReader(rq.W, rq.Body, maxForm)
	f := form.New("", "")
	what, where := f.Textarea("what", "what", form.Max(0)), f.Text("where", "where", form.Max(0))
	when := f.PartialDate("when", "when")
	danger := f.Checkboxes("danger", "danger", []form.Option{{Value: "yes"}})
	child := f.Checkboxes("child", "child", []form.Option{{Value: "yes"}})
	if err := f.Parse(rq.Request); err != nil {
		return typed{}, concern.Words{}, nil, core.InvalidFields([]core.Field{{Name: "what", Code: "what.long"}})
	}
	t := typed{What: what.Text(), Where: where.Text(), Day: part(rq, "when-day"), Month: part(rq, "when-month"), Year: part(rq, "when-year"),
		About: rq.PostFormValue("when-about") != "", Danger: danger.Chose("yes"), Child: child.Chose("yes")}
	var faults []core.Field
	for name, field := range map[string]*form.Field{"what": what, "where": where} {
		if field.Error != "" {
			faults = append(faults, core.Field{Name: name, Code: "text.hidden"})
		}
	}
	if when.Error != "" {
		faults = append(faults, core.Field{Name: "when", Code: "when.bad"})
	}
	return t, concern.Words{What: what.Secret(), Where: where.Secret(), When: when.PartialDate(), Danger: t.Danger, Child: t.Child}, faults, nil
}

// part is one part of the date as typed, for showing it again.
func part(rq *page.Request, name string) string {
	const most = 12
	text := []rune(rq.PostFormValue(name))
	return string(text[:min(len(text), most)])
}

// checked is the second page.
type checked struct {
	State string
	Words concern.Words
	Work  string // what a proof of work is made for
	Bits  int
}

// Text is a part of what was written, for its own writer.
func (c checked) Text(s core.Secret) string { return s.Reveal() }

// When is the date in numbers, which every reader knows from having typed them.
func (c checked) When() string { return c.Words.When.ISO() }

func (s *screen) check(d concern.Draft, status int, err error) error {
	state, e := s.rq.Site.Concerns.CarryDraft(d)
	if e != nil {
		return e
	}
	s.Data = checked{State: state, Words: d.Words, Work: d.ID.String(), Bits: concern.WorkBits}
	return s.show(status, "check", err)
}

// change goes back to the first page with everything in it.
func change(rq *page.Request, s *screen) error {
	rq.Body = http.MaxBytesReader(rq.W, rq.Body, maxForm)
	r, err := rq.MultipartReader() // the button is one of the picture's form
	if err != nil {
		return errOld
	}
	p := readParts(r, nil)
	d, err := rq.Site.Concerns.TakeDraft(p.state)
	if err != nil {
		return err
	}
	w := d.Words
	t := typed{What: w.What.Reveal(), Where: w.Where.Reveal(), Day: digits(w.When.Day), Month: digits(w.When.Month), Year: digits(w.When.Year), About: w.When.About,
		Danger: w.Danger, Child: w.Child}
	return s.start(t, http.StatusOK, nil)
}

var errOld = core.E(core.Invalid, "state.old", "This page was open too long. Start again.")

// parts is the second page as it was sent, read as a stream: the words stand
// before the picture, so that they are known when the picture is too large.
type parts struct {
	state, work string
	photo       *concern.Photo
	large       bool
	err         error // of the picture: there is no room for it just now, or it did not arrive
}

const (
	maxState = 128 << 10
	maxWork  = 32
	maxParts = 8
)

// readParts reads the words, and the picture where there is a place for it.
func readParts(r *multipart.Reader, place *place) parts {
	var p parts
	for range maxParts {
		part, err := r.NextPart()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				p.err = errCut
			}
			return p
		}
		switch part.FormName() {
		case "state":
			p.state = string(readMost(part, maxState))
		case "work":
			p.work = string(readMost(part, maxWork))
		case "photo":
			if place == nil || part.FileName() == "" {
				return p
			}
			var content []byte
			if content, p.err = place.read(part, concern.MaxPhoto+1); p.err != nil {
				return p
			}
			if p.large = len(content) > concern.MaxPhoto; p.large {
				return p
			}
			if len(content) > 0 {
				p.photo = &concern.Photo{Name: part.FileName(), Content: content}
			}
		}
	}
	return p
}

// readMost reads no more than n bytes.
func readMost(r io.Reader, n int64) []byte {
	b, _ := io.ReadAll(io.LimitReader(r, n)) // what was cut off fails to open, or to be a picture
	return b
}

// send takes in the second page: the picture, and the proof of work. Nothing of
// a picture that is too large is read beyond the bound, and whatever is wrong,
// what was written is shown again.
func send(rq *page.Request, s *screen) error {
	r, err := rq.MultipartReader()
	if err != nil {
		return errOld
	}
	at := album.place(address(rq))
	defer at.leave()
	p := readParts(r, at)
	d, err := rq.Site.Concerns.TakeDraft(p.state)
	if err != nil {
		return err
	}
	d.Lang = s.L.Tag
	if p.large {
		return s.refusePhoto(d, http.StatusRequestEntityTooLarge, core.InvalidFields([]core.Field{{Name: "photo", Code: "photo.large"}}))
	}
	if p.err != nil {
		return s.refusePhoto(d, page.StatusOf(p.err), p.err)
	}
	if err := rq.Site.Concerns.FileReport(rq.Context(), actor, purpose, concern.Sent{Draft: d, Photo: p.photo, Proof: p.work, Address: address(rq)}); err != nil {
		s.note(err)
		return s.check(d, page.StatusOf(err), err)
	}
	return s.receipt(concern.Talk{ID: d.ID, Receipt: d.Receipt}, http.StatusOK, nil)
}

// refusePhoto answers while the browser is still sending. The connection is
// closed behind the answer, and a little more is read, because a browser that
// cannot write any more may not read either.
func (s *screen) refusePhoto(d concern.Draft, status int, why error) error {
	s.rq.W.Header().Set("Connection", "close")
	err := s.check(d, status, why)
	const little = 64 << 20
	_, _ = io.CopyN(io.Discard, s.rq.Body, little)
	return err
}

// given is the third page.
type given struct{ State, Number string }

// receipt shows the number, as long as it may be shown.
func (s *screen) receipt(t concern.Talk, status int, err error) error {
	may, e := s.rq.Site.Concerns.Showing(s.rq.Context(), t.ID)
	switch {
	case e != nil:
		return e
	case may == concern.ShowThanks:
		return s.show(http.StatusOK, "done", nil)
	case may == concern.ShowNothing:
		return errOld
	}
	state, e := s.rq.Site.Concerns.CarryTalk(t)
	if e != nil {
		return e
	}
	s.Data = given{State: state, Number: t.Receipt.Groups().Reveal()}
	return s.show(status, "number", err)
}

// number takes the receipt that was typed back; a wrong one is asked again.
func number(rq *page.Request, s *screen) error {
	if err := small(rq); err != nil {
		return err
	}
	t, err := rq.Site.Concerns.TakeTalk(rq.PostFormValue("state"))
	if err != nil {
		return err
	}
	if err := rq.Site.Concerns.ConfirmReceipt(rq.Context(), actor, purpose, t, core.Secret(rq.PostFormValue("receipt"))); err != nil {
		s.note(err)
		return s.receipt(t, page.StatusOf(err), err)
	}
	return s.show(http.StatusOK, "done", nil)
}

func small(rq *page.Request) error {
	rq.Body = http.MaxBytesReader(rq.W, rq.Body, maxForm)
	if err := rq.ParseForm(); err != nil {
		return errOld
	}
	return nil
}

// asked is the page that asks for a receipt, with a message that was written
// before its page was open too long.
type asked struct{ Text string }

func (s *screen) ask(text string, status int, err error) error {
	s.Rest, s.Data = "/answer", asked{text}
	return s.show(status, "answer", err)
}

func answer(_ *page.Request, s *screen) error { return s.ask("", http.StatusOK, nil) }

// openAnswer opens the messages of a receipt.
func openAnswer(rq *page.Request, s *screen) error {
	if err := small(rq); err != nil {
		return err
	}
	text := form.Clean(rq.PostFormValue("text"))
	t, err := rq.Site.Concerns.OpenByReceipt(rq.Context(), actor, purpose, core.Secret(rq.PostFormValue("receipt")), address(rq))
	if err != nil {
		s.note(err)
		return s.ask(text, page.StatusOf(err), err)
	}
	return s.talk(t, talked{Text: text}, http.StatusOK, nil)
}

// talked is the page of messages.
type talked struct {
	State    string
	Messages []concern.Message
	Answered bool
	Sent     bool
	Text     string // that was not taken
}

// Words is the text of a message, for whoever holds the receipt.
func (t talked) Words(m concern.Message) string { return m.Text.Reveal() }

// Day is the day of a message.
func (t talked) Day(m concern.Message) string { return m.At.UTC().Format("2006-01-02") }

func (s *screen) talk(t concern.Talk, data talked, status int, err error) error {
	var e error
	if data.Messages, e = s.rq.Site.Concerns.Conversation(s.rq.Context(), t); e != nil {
		return e
	}
	for _, m := range data.Messages {
		data.Answered = data.Answered || m.FromDesk
	}
	if data.State, e = s.rq.Site.Concerns.CarryTalk(t); e != nil {
		return e
	}
	s.Rest, s.Data = "/answer", data
	return s.show(status, "talk", err)
}

// message adds to the messages.
func message(rq *page.Request, s *screen) error {
	rq.Body = http.MaxBytesReader(rq.W, rq.Body, maxForm)
	f := form.New("", "")
	text, state := f.Textarea("text", "text", form.Max(0)), f.Hidden("state", "")
	if err := f.Parse(rq.Request); err != nil {
		return errOld
	}
	_ = state
	t, err := rq.Site.Concerns.TakeTalk(rq.PostFormValue("state"))
	if err != nil {
		return s.ask(text.Text(), page.StatusOf(err), err)
	}
	if text.Error != "" {
		return s.talk(t, talked{Text: text.Text()}, http.StatusUnprocessableEntity, core.InvalidFields([]core.Field{{Name: "text", Code: "text.hidden"}}))
	}
	if err = rq.Site.Concerns.Write(rq.Context(), actor, purpose, t, text.Secret(), address(rq)); err == nil {
		return s.talk(t, talked{Sent: true}, http.StatusOK, nil)
	}
	s.note(err)
	if e := s.talk(t, talked{Text: text.Text()}, page.StatusOf(err), err); e == nil {
		return nil
	}
	return s.ask(text.Text(), page.StatusOf(err), err)
}
