package safecontact

import (
	"slices"

	"clew/internal/core"
)

// What SafeToReach says. The zero value is not yet asked, and counts as no.
const (
	Directly    = "yes"
	OnlyThrough = "only_through" // a person or organisation the person named
	NotAtAll    = "no"
)

// The channels.
const (
	Call   = "call"
	Text   = "text"
	Email  = "email"
	Post   = "post"
	Worker = "worker" // face to face, by a worker they know, or through whom they named
)

// Channels lists every channel.
var Channels = []string{Call, Text, Email, Post, Worker}

var channelLabels = map[string]string{Call: "call", Text: "text message", Email: "e-mail", Post: "letter", Worker: "in person, by a worker"}

// ChannelLabel returns a channel in plain words.
func ChannelLabel(channel string) string { return channelLabels[channel] }

// Terms is what a person said about being reached. It is stored only sealed.
type Terms struct {
	SafeToReach string      `json:"safeToReach,omitempty"` // Directly, OnlyThrough, NotAtAll
	Channels    []string    `json:"channels,omitempty"`
	Phone       core.Secret `json:"phone,omitempty"`
	Email       core.Secret `json:"email,omitempty"`
	Through     core.Secret `json:"through,omitempty"` // whom to go through instead
	Hours       core.Secret `json:"hours,omitempty"`
	NeverSay    core.Secret `json:"neverSay,omitempty"` // what must never be said or left in a message
	CodeWord    core.Secret `json:"codeWord,omitempty"`
	Language    string      `json:"language,omitempty"` // ISO 639-3
	Interpreter bool        `json:"interpreter,omitempty"`
	Aids        []string    `json:"aids,omitempty"`
}

// Open lists the channels that are open: none while it is not safe or was not
// asked, a worker alone when contact goes through somebody.
func (t Terms) Open() []string {
	switch t.SafeToReach {
	case Directly:
		return slices.Clone(t.Channels)
	case OnlyThrough:
		return []string{Worker}
	}
	return nil
}
