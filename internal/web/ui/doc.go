// Package ui is how clew looks: the frame of every page, the components that
// pages are made of, the stylesheet, scripts and fonts, and Render, which sends
// a page whole or not at all.
//
// Every component is a plain struct whose HTML method gives safe markup, so a
// page's template writes {{.Summary.HTML}} and has no logic of its own; the same
// templates can be called by name, {{template "ui/summary-list" .Summary}}.
//
// It promises that pages work without JavaScript, need no inline script or
// style, hold WCAG 2.2 AA, and fit a window of 320 px. It refuses to know about
// cases, to read a request, or to let a half-rendered page out.
package ui
