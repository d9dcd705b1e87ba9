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

// maxForm is the first page at its fullest: 4,500 characters of four bytes,
// percent-encoded.
const maxForm = 256 << 10

// words takes in the first page and shows the second.
func words(rq *page.Request, s *screen) error {
	t, w, faults := readWords(rq)
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
func readWords(rq *page.Request) (typed, concern.Words, []core.Field) {
	rq.Body = http.MaxBytesReader(rq.W, rq.Body, maxForm)
	f := form.New("", "")
	what, where := f.Textarea("what", "what", form.Max(0)), f.Text("where", "where", form.Max(0))
	when := f.PartialDate("when", "when")
	danger := f.Checkboxes("danger", "danger", []form.Option{{Value: "yes"}})
	child := f.Checkboxes("child", "child", []form.Option{{Value: "yes"}})
	if err := f.Parse(rq.Request); err != nil {
		return typed{}, concern.Words{}, []core.Field{{Name: "what", Code: "what.long"}}
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
	return t, concern.Words{What: what.Secret(), Where: where.Secret(), When: when.PartialDate(), Danger: t.Danger, Child: t.Child}, faults
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
	p := readParts(r, false)
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
	large, cut  bool
}

const (
	maxState = 128 << 10
	maxWork  = 32
	maxParts = 8
)

func readParts(r *multipart.Reader, withPhoto bool) parts {
	var p parts
	for range maxParts {
		part, err := r.NextPart()
		if err != nil {
			p.cut = !errors.Is(err, io.EOF)
			return p
		}
		switch part.FormName() {
		case "state":
			p.state = string(readMost(part, maxState))
		case "work":
			p.work = string(readMost(part, maxWork))
		case "photo":
			if !withPhoto {
				return p
			}
			content := readMost(part, concern.MaxPhoto+1)
			if p.large = len(content) > concern.MaxPhoto; p.large {
				return p
			}
			if part.FileName() != "" && len(content) > 0 {
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

// pictures bounds how many pictures are held in memory at once.
var pictures = make(chan struct{}, 4)

// send takes in the second page: the picture, and the proof of work. Nothing of
// a picture that is too large is read beyond the bound.
func send(rq *page.Request, s *screen) error {
	select {
	case pictures <- struct{}{}:
		defer func() { <-pictures }()
	case <-rq.Context().Done():
		return rq.Context().Err()
	}
	r, err := rq.MultipartReader()
	if err != nil {
		return errOld
	}
	p := readParts(r, true)
	d, err := rq.Site.Concerns.TakeDraft(p.state)
	if err != nil {
		return err
	}
	d.Lang = s.L.Tag
	if p.large {
		return s.refusePhoto(d)
	}
	err = rq.Site.Concerns.FileReport(rq.Context(), actor, purpose, concern.Sent{Draft: d, Photo: p.photo, Proof: p.work, Address: address(rq)})
	switch core.KindOf(err) {
	case 0:
		return s.receipt(concern.Talk{ID: d.ID, Receipt: d.Receipt}, http.StatusOK, nil)
	case core.Invalid, core.TooMany, core.Unavailable:
		return s.check(d, page.StatusOf(err), err)
	}
	return err
}

// refusePhoto answers while the browser is still sending. The connection is
// closed behind the answer, and a little more is read, because a browser that
// cannot write any more may not read either.
func (s *screen) refusePhoto(d concern.Draft) error {
	s.rq.W.Header().Set("Connection", "close")
	err := s.check(d, http.StatusRequestEntityTooLarge, core.InvalidFields([]core.Field{{Name: "photo", Code: "photo.large"}}))
	const little = 64 << 20
	_, _ = io.CopyN(io.Discard, s.rq.Body, little)
	return err
}

// given is the third page.
type given struct{ State, Number string }

func (s *screen) receipt(t concern.Talk, status int, err error) error {
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
	err = rq.Site.Concerns.ConfirmReceipt(rq.Context(), actor, purpose, t, core.Secret(rq.PostFormValue("receipt")))
	if core.KindOf(err) == core.Invalid {
		return s.receipt(t, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
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

func answer(_ *page.Request, s *screen) error {
	s.Rest = "/answer"
	return s.show(http.StatusOK, "answer", nil)
}

// openAnswer opens the messages of a receipt.
func openAnswer(rq *page.Request, s *screen) error {
	s.Rest = "/answer"
	if err := small(rq); err != nil {
		return err
	}
	t, err := rq.Site.Concerns.OpenByReceipt(rq.Context(), actor, purpose, core.Secret(rq.PostFormValue("receipt")), address(rq))
	if kind := core.KindOf(err); kind == core.Invalid || kind == core.TooMany {
		return s.show(page.StatusOf(err), "answer", err)
	}
	if err != nil {
		return err
	}
	return s.talk(t, talked{}, http.StatusOK, nil)
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
		return err
	}
	if text.Error != "" {
		return s.talk(t, talked{Text: text.Text()}, http.StatusUnprocessableEntity, core.InvalidFields([]core.Field{{Name: "text", Code: "text.hidden"}}))
	}
	err = rq.Site.Concerns.Write(rq.Context(), actor, purpose, t, text.Secret(), address(rq))
	if kind := core.KindOf(err); kind == core.Invalid || kind == core.TooMany {
		return s.talk(t, talked{Text: text.Text()}, page.StatusOf(err), err)
	}
	if err != nil {
		return err
	}
	return s.talk(t, talked{Sent: true}, http.StatusOK, nil)
}
